import type { Listing } from "../filesystem/file_system.ts";
import type { ServedFile } from "../filesystem/served_file_system.ts";
import type { Handle } from "../sftp/wire/handle_packets.ts";
import { Status } from "../sftp/wire/status.ts";
import { RequestRefusal } from "./sftp_failures.ts";

/** File that a client has open. */
export interface ClientFile {
  readonly kind: "file";
  readonly path: string;
  readonly file: ServedFile;
}

/** Directory that a client lists. */
export interface ClientDirectory {
  readonly kind: "directory";
  readonly path: string;
  readonly listing: Listing;
  /** Entries that were not sent yet. */
  readonly entries: AsyncIterator<{ readonly name: string }>;
}

/** Entry that a client has open. */
export type ClientEntry = ClientFile | ClientDirectory;

/** Bytes of a handle. */
const HANDLE_BYTES = 4;

/**
 * Entries that a client has open. A handle is the entry's number in the session, and
 * is given once.
 */
export class ClientHandles implements Disposable {
  readonly #most: number;
  readonly #entries = new Map<number, ClientEntry>();
  #last = 0;

  /** @param most Most entries that are open at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws {RequestRefusal} If no more may be open. */
  checkRoom(): void {
    if (this.#entries.size < this.#most) return;
    throw new RequestRefusal(Status.FAILURE, "too many open handles");
  }

  /** Gives the handle of an entry that was opened. */
  add(entry: ClientEntry): Handle {
    this.#last++;
    this.#entries.set(this.#last, entry);
    const handle = new Uint8Array(HANDLE_BYTES);
    new DataView(handle.buffer).setUint32(0, this.#last);
    return handle;
  }

  /** @throws {RequestRefusal} If it is no handle of an open file. */
  file(handle: Handle): ClientFile {
    const entry = this.#entries.get(numberOf(handle));
    if (entry?.kind === "file") return entry;
    throw unknown();
  }

  /** @throws {RequestRefusal} If it is no handle of an open directory. */
  directory(handle: Handle): ClientDirectory {
    const entry = this.#entries.get(numberOf(handle));
    if (entry?.kind === "directory") return entry;
    throw unknown();
  }

  /** Gives the path that a handle was opened by; `undefined` if it is none. */
  pathOf(handle: Handle): string | undefined {
    return this.#entries.get(numberOf(handle))?.path;
  }

  /**
   * Takes an entry out, which the caller closes.
   *
   * @throws {RequestRefusal} If the handle is none of an open entry.
   */
  take(handle: Handle): ClientEntry {
    const number = numberOf(handle);
    const entry = this.#entries.get(number);
    if (entry === undefined) throw unknown();
    this.#entries.delete(number);
    return entry;
  }

  /** Closes all that is open. */
  [Symbol.dispose](): void {
    for (const entry of this.#entries.values()) {
      if (entry.kind === "file") entry.file[Symbol.dispose]();
      else entry.listing[Symbol.dispose]();
    }
    this.#entries.clear();
  }
}

function numberOf(handle: Handle): number {
  if (handle.length !== HANDLE_BYTES) return 0;
  return new DataView(handle.buffer, handle.byteOffset).getUint32(0);
}

/** Gives the refusal of a handle that is none, with OpenSSH's code for it. */
function unknown(): RequestRefusal {
  return new RequestRefusal(Status.FAILURE, "this handle is not open");
}
