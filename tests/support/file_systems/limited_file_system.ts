import { TooManyOpenError } from "../../../lib/errors.ts";
import type { Listing, OpenFile } from "../../../lib/filesystem/file_system.ts";
import { HeldFileSystem } from "./held_file_system.ts";
import { withFaults } from "./faulty_file.ts";

/** A held disk with a limit of files and directories that are open at once. */
export class LimitedFileSystem extends HeldFileSystem {
  /** Most files and directories that were open at once. */
  mostOpen = 0;
  readonly #limit: number;
  #open = 0;

  constructor(root: string, limit: number, entries = 8) {
    super(root, entries);
    this.#limit = limit;
  }

  override async readdir(path: string): Promise<Listing> {
    const close = this.#enter(path);
    const listing = await super.readdir(path);
    return {
      async *[Symbol.asyncIterator]() {
        try {
          yield* listing;
        } finally {
          close();
        }
      },
      [Symbol.dispose]: () => {
        listing[Symbol.dispose]();
        close();
      },
    };
  }

  override async openToRead(path: string): Promise<OpenFile> {
    const close = this.#enter(path);
    return closing(await super.openToRead(path), close);
  }

  override async openToWrite(path: string, mode: number): Promise<OpenFile> {
    const close = this.#enter(path);
    return closing(await super.openToWrite(path, mode), close);
  }

  #enter(path: string): () => void {
    if (this.#open >= this.#limit) {
      throw new TooManyOpenError(`${path}: Too many open files`);
    }
    this.#open++;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    let isOpen = true;
    return () => {
      if (isOpen) this.#open--;
      isOpen = false;
    };
  }
}

function closing(file: OpenFile, close: () => void): OpenFile {
  return withFaults(file, {
    close: async () => {
      close();
      await file.close();
    },
    [Symbol.dispose]: () => {
      close();
      file[Symbol.dispose]();
    },
  });
}
