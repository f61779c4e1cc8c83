import type { Attributes, Times } from "../filesystem/file_system.ts";
import type {
  DiskSpace,
  EntryStatus,
  OpenPurpose,
  ServedFile,
  ServedFileSystem,
} from "../filesystem/served_file_system.ts";
import { attempt } from "./attempt.ts";
import { LocalFileSystem } from "./local_file_system.ts";
import { PlacedFile } from "./placed_file.ts";
import type { ServerCalls, ServerFile } from "./server_calls.ts";

/** The local disk, or a part of it, as a server of SFTP shows it. */
export class ServedDisk extends LocalFileSystem implements ServedFileSystem {
  readonly link?: NonNullable<ServedFileSystem["link"]>;
  readonly #calls: ServerCalls;

  constructor(calls: ServerCalls) {
    super(calls);
    this.#calls = calls;
    if (calls.link !== undefined) {
      this.link = async (from, path) =>
        attempt(path, () => calls.link!(from, path));
    }
  }

  async homeOf(user: string): Promise<string | undefined> {
    return attempt(`~${user}`, () => this.#calls.homeOf(user));
  }

  look(
    path: string,
    options: { readonly followsLink: boolean },
  ): EntryStatus {
    return attempt(path, () => this.#calls.look(path, options));
  }

  open(path: string, purpose: OpenPurpose, mode: number): ServedFile {
    const file = attempt(path, () => this.#calls.open(path, purpose, mode));
    return new ServedLocalFile(path, file);
  }

  async rmdir(path: string): Promise<void> {
    attempt(path, () => this.#calls.rmdir(path));
  }

  async rename(from: string, path: string): Promise<void> {
    attempt(path, () => this.#calls.renameNew(from, path));
  }

  async setLinkTimes(path: string, times: Times): Promise<void> {
    attempt(`${path}: set times`, () => this.#calls.setLinkTimes(path, times));
  }

  async canonical(path: string): Promise<string> {
    return attempt(path, () => this.#calls.canonical(path));
  }

  async space(path: string): Promise<DiskSpace> {
    return attempt(path, () => this.#calls.space(path));
  }
}

/** An open file of a client on the local disk. */
class ServedLocalFile extends PlacedFile implements ServedFile {
  readonly #path: string;
  readonly #file: ServerFile;

  constructor(path: string, file: ServerFile) {
    super(path, file);
    this.#path = path;
    this.#file = file;
  }

  look(): EntryStatus {
    return attempt(this.#path, () => this.#file.look());
  }

  identify(): Pick<Attributes, "identity"> {
    return this.stat();
  }

  sync(): void {
    attempt(`${this.#path}: fsync`, () => this.#file.sync());
  }
}
