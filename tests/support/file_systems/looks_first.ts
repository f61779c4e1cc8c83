import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";

/** The local disk, where no file is made before a look at what is there. */
export class LooksFirst extends LocalFileSystem {
  override readonly storeWhole = undefined;

  override async create(): Promise<undefined> {}
}
