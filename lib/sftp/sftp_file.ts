import { asEntryError, EntryError, NotCutError } from "../errors.ts";
import type { Attributes, OpenFile, Times } from "../filesystem/file_system.ts";
import type { CheckedRequests, Subject } from "./checked_requests.ts";
import { type DataReceiver, receiverInto } from "./data_receiver.ts";
import { FilePart } from "./file_part.ts";
import { attributesFrom, type WireAttributes } from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { Access } from "./wire/open_packets.ts";
import type { Request } from "./wire/requests.ts";
import { Status } from "./wire/status.ts";

/** Limits of the requests that move a file's data. */
export interface BlockLimits {
  /** Most bytes that one READ may move. */
  readonly read: number;
  /** Most bytes that one WRITE may move. */
  readonly write: number;
  /** True where the data of a WRITE are best taken from the file they come from. */
  readonly takesParts: boolean;
}

/** Open file on a server. */
export class SftpFile implements OpenFile {
  readonly handle: Handle;
  readonly path: string;
  /** The file as the subject of a request. */
  readonly subject: Subject;
  readonly spread?: NonNullable<OpenFile["spread"]>;
  readonly #requests: CheckedRequests;
  readonly #limits: BlockLimits;
  /** Most that the file's length may be by now, in bytes. */
  #length: number;
  /** Resolves once `truncate` is done or has failed; absent before the call. */
  #truncated: Promise<void> | undefined;
  #isOpen = true;

  /**
   * @param name Path by which messages name the file; its own, if absent.
   * @param access Purpose for which the file is open.
   * @param blocks Most of its blocks that are in flight in one session.
   * @param length The file's length in bytes; 0 where it is only read.
   */
  constructor(
    handle: Handle,
    path: string,
    { name, requests, limits, access, blocks, length }: {
      name?: string | undefined;
      requests: CheckedRequests;
      limits: BlockLimits;
      access: Access;
      blocks: number;
      length: number;
    },
  ) {
    this.#length = length;
    this.handle = handle;
    this.path = path;
    this.subject = { path, name };
    this.#requests = requests;
    this.#limits = limits;
    const { session } = requests;
    if (session.spread !== undefined) {
      this.spread = (interrupted) =>
        session.spread!(handle, {
          path,
          access: access === "read" ? access : "write existing",
          blocks,
          interrupted,
        });
    }
  }

  /** Sends a STAT of the path where the server refuses FSTAT. */
  async stat(): Promise<Attributes> {
    const { handle, path } = this;
    const requests = this.#requests;
    const found = await requests
      .expectAttributes({ kind: "fstat", handle }, path)
      .catch(asEntryError);
    return attributesFrom(
      found instanceof EntryError
        ? await requests.expectAttributes({ kind: "stat", path }, path)
        : found,
    );
  }

  /** Gives nothing: no request tells the identity of an open file. */
  async identify(): Promise<undefined> {}

  async read(buffer: Uint8Array, at: number): Promise<number> {
    return await this.#read(
      at,
      receiverInto(buffer.subarray(0, this.#limits.read)),
    );
  }

  async readTo(
    to: Pick<OpenFile, "write">,
    at: number,
    length: number,
  ): Promise<number> {
    return await this.#read(at, {
      most: Math.min(length, this.#limits.read),
      take: (part, start) => to.write(part, at + start),
    });
  }

  async #read(at: number, receiver: DataReceiver): Promise<number> {
    const { session, label } = this.#requests;
    for (let tries = 0; tries < 2; tries++) {
      const response = await session.read(this.handle, receiver, at);
      if (response.kind === "status" && response.code === Status.EOF) return 0;
      if (response.kind !== "data") {
        throw await this.#requests.failure(this.subject, response);
      }
      if (response.length > 0) return response.length;
    }
    // Empty data are not the end of a file, and could go on forever.
    throw new EntryError(`${label}${this.path}: the server sent no data`);
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    await this.#writeBlocks(at, bytes.length, (offset, length) => ({
      kind: "write",
      handle: this.handle,
      offset,
      data: bytes.subarray(offset - at, offset - at + length),
    }));
  }

  get writeFrom(): OpenFile["writeFrom"] {
    return this.#limits.takesParts ? this.#writeFrom : undefined;
  }

  async #writeFrom(
    file: Pick<OpenFile, "descriptor" | "read">,
    at: number,
    length: number,
  ): Promise<number> {
    const parts: FilePart[] = [];
    await this.#writeBlocks(at, length, (offset, length) => {
      const part = new FilePart(file, offset, length);
      parts.push(part);
      return { kind: "write-from", handle: this.handle, offset, part };
    });
    const { session } = this.#requests;
    let count = 0;
    for (const part of parts) {
      const sent = await session.decode(() => part.sentBytes());
      count += sent;
      if (sent < part.length) break;
    }
    return count;
  }

  /** Sends WRITEs for a range of the file, of as many bytes as the server takes. */
  async #writeBlocks(
    at: number,
    length: number,
    requestFor: (offset: number, length: number) => Request,
  ): Promise<void> {
    const { write: limit } = this.#limits;
    const end = at + length;
    this.grew(end);
    const subject = { ...this.subject, attempt: "write" } as const;
    const writes: Promise<void>[] = [];
    for (let offset = at; offset < end; offset += limit) {
      const request = requestFor(offset, Math.min(limit, end - offset));
      writes.push(this.#requests.expectOk(request, subject));
    }
    // The caller may change the bytes once no WRITE is in flight.
    const outcomes = await Promise.allSettled(writes);
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  /** Notes that the server may extend the file to that length by itself. */
  grew(length: number): void {
    this.#length = Math.max(this.#length, length);
  }

  /**
   * Cuts a longer file to one byte less than its new size. An upload that breaks
   * off before the last byte then leaves a file of the wrong length.
   */
  async shorten(size: number): Promise<void> {
    if (size >= this.#length) return;
    const least = Math.max(0, size - 1);
    this.#length = await this.#setLength(least, (length) => length <= least);
  }

  /** Sends nothing where the file has that length already. */
  async truncate(size: number): Promise<void> {
    if (size === this.#length) return;
    const done = this.#setLength(size, (length) => length === size);
    this.#truncated = done.then(() => {}, () => {});
    this.#length = await done;
  }

  /**
   * Sets the length by FSETSTAT, else by SETSTAT. Some servers report success and
   * did nothing, or emptied the file: FSTAT alone tells.
   *
   * @param isRight Tells whether a resulting length will do.
   */
  async #setLength(
    size: number,
    isRight: (length: number) => boolean,
  ): Promise<number> {
    const { handle, path } = this;
    const attributes = { size };
    const subject = { ...this.subject, action: "truncate" };
    if (!this.#isOpen) {
      // By now another file may have the handle.
      await this.#requests.expectOk(
        { kind: "setstat", path, attributes },
        subject,
      );
      return size;
    }
    const byHandle = await this.#lengthAfter(
      { kind: "fsetstat", handle, attributes },
      subject,
    );
    if (isRight(byHandle.length)) return byHandle.length;
    const { refusal } = byHandle;
    if (refusal !== undefined) {
      const { length } = await this.#lengthAfter(
        { kind: "setstat", path, attributes },
        subject,
      );
      if (isRight(length)) return length;
    }
    const { label } = this.#requests;
    const { name = path } = this.subject;
    throw new NotCutError(
      refusal?.message ??
        `${label}${name}: truncate: the server did not do what it says`,
    );
  }

  /** Sends a request and an FSTAT; the length is `NaN` where FSTAT fails. */
  async #lengthAfter(
    request: Request,
    subject: Subject,
  ): Promise<{ refusal: EntryError | undefined; length: number }> {
    const { session } = this.#requests;
    const [refusal, found] = await Promise.all([
      this.#requests.refusalOf(request, subject),
      session.request({ kind: "fstat", handle: this.handle }),
    ]);
    if (found.kind === "attributes") {
      return { refusal, length: found.attributes.size ?? NaN };
    }
    if (found.kind !== "status") throw session.violation(found);
    return { refusal, length: NaN };
  }

  async setMode(mode: number): Promise<void> {
    await this.#set({ permissions: mode }, "set mode");
  }

  async setTimes(times: Times): Promise<void> {
    await this.#set({ times }, "set times");
  }

  /** Sets attributes by FSETSTAT, else by SETSTAT. */
  async #set(attributes: WireAttributes, action: string): Promise<void> {
    const { handle, path } = this;
    const subject = { ...this.subject, action };
    // Truncation changes the times, and on some servers perhaps the mode.
    if (this.#truncated !== undefined) await this.#truncated;
    const refusal = await this.#requests.refusalOf(
      { kind: "fsetstat", handle, attributes },
      subject,
    );
    if (refusal === undefined) return;
    const again = await this.#requests.refusalOf(
      { kind: "setstat", path, attributes },
      subject,
    );
    if (again !== undefined) throw refusal;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#truncated !== undefined) await this.#truncated;
    const { handle, subject } = this;
    await this.#requests.expectOk(
      { kind: "close", handle },
      { ...subject, action: "close" },
    );
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#requests.closeLater(this.handle);
    this.#isOpen = false;
  }
}
