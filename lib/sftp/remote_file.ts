import { asEntryError, EntryError, NotCutError } from "../errors.ts";
import type { Attributes, OpenFile, Times } from "../filesystem/file_system.ts";
import { attributesFrom, type WireAttributes } from "./wire/attributes.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { Requests, Subject } from "./remote_requests.ts";
import type { Request } from "./wire/requests.ts";
import { type DataTaker, takerInto } from "./session.ts";
import { Status } from "./wire/status.ts";

/** What one request may ask for, in bytes. */
export interface BlockLimits {
  readonly read: number;
  readonly write: number;
}

/** A file that is open on a server. */
export class SftpFile implements OpenFile {
  readonly handle: Handle;
  readonly path: string;
  readonly #requests: Requests;
  readonly #limits: BlockLimits;
  /** Length that it has by now, at most, in bytes. */
  #length: number;
  /** Resolves when its length is what it should be, or cannot be set. */
  #cut: Promise<void> | undefined;
  #isOpen = true;

  /** @param length How long the file is, in bytes, if it is written to. */
  constructor(
    handle: Handle,
    path: string,
    { requests, limits, length }: {
      requests: Requests;
      limits: BlockLimits;
      length: number;
    },
  ) {
    this.#length = length;
    this.handle = handle;
    this.path = path;
    this.#requests = requests;
    this.#limits = limits;
  }

  /** Asks for them by the path where the server refuses them by the handle. */
  async stat(): Promise<Attributes> {
    const { handle, path } = this;
    const requests = this.#requests;
    const told = await requests.attributes({ kind: "fstat", handle }, path)
      .catch(asEntryError);
    return attributesFrom(
      told instanceof EntryError
        ? await requests.attributes({ kind: "stat", path }, path)
        : told,
    );
  }

  /** No server tells it of what is open. */
  async identify(): Promise<undefined> {}

  async read(buffer: Uint8Array, at: number): Promise<number> {
    return await this.#read(
      at,
      takerInto(buffer.subarray(0, this.#limits.read)),
    );
  }

  async readTo(to: OpenFile, at: number, length: number): Promise<number> {
    return await this.#read(at, {
      most: Math.min(length, this.#limits.read),
      take: (part, start) => to.write(part, at + start),
    });
  }

  async #read(at: number, taker: DataTaker): Promise<number> {
    const { session, label } = this.#requests;
    for (let tries = 0; tries < 2; tries++) {
      const response = await session.read(this.handle, taker, at);
      if (response.kind === "status" && response.code === Status.EOF) return 0;
      if (response.kind !== "data") {
        throw await this.#requests.failure({ path: this.path }, response);
      }
      if (response.length > 0) return response.length;
    }
    // That is no end of a file, and could be asked for for ever.
    throw new EntryError(`${label}${this.path}: the server sent no data`);
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    const { write: limit } = this.#limits;
    this.#length = Math.max(this.#length, at + bytes.length);
    const writes: Promise<void>[] = [];
    for (let start = 0; start < bytes.length; start += limit) {
      writes.push(this.#requests.done({
        kind: "write",
        handle: this.handle,
        offset: at + start,
        data: bytes.subarray(start, start + limit),
      }, { path: this.path, attempt: "write" }));
    }
    // While one of them is in flight, the bytes may not change.
    const outcomes = await Promise.allSettled(writes);
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  /** Notes that the server may have written up to that byte by itself. */
  grew(length: number): void {
    this.#length = Math.max(this.#length, length);
  }

  /**
   * Cuts a longer file to one byte less than it is to have: broken off before
   * its last byte is written, it is not of the right length.
   */
  async shorten(size: number): Promise<void> {
    if (size >= this.#length) return;
    const least = Math.max(0, size - 1);
    this.#length = await this.#setLength(least, (length) => length <= least);
  }

  /** Asks nothing of the server where the file has that length already. */
  async truncate(size: number): Promise<void> {
    if (size === this.#length) return;
    const cut = this.#setLength(size, (length) => length === size);
    this.#cut = cut.then(() => {}, () => {});
    this.#length = await cut;
  }

  /**
   * Sets the length, by the path if not by the handle. Some servers say that
   * they did and did not, or emptied the file: FSTAT alone tells.
   *
   * @param isRight Whether the length that it has then will do.
   */
  async #setLength(
    size: number,
    isRight: (length: number) => boolean,
  ): Promise<number> {
    const { handle, path } = this;
    const attributes = { size };
    const subject = { path, doing: "truncate" };
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
    throw new NotCutError(
      refusal?.message ??
        `${label}${path}: truncate: the server did not do what it says`,
    );
  }

  /** Asks for something and for the length then, which is `NaN` if not told. */
  async #lengthAfter(
    request: Request,
    subject: Subject,
  ): Promise<{ refusal: EntryError | undefined; length: number }> {
    const { session } = this.#requests;
    const [refusal, told] = await Promise.all([
      this.#try(request, subject),
      session.request({ kind: "fstat", handle: this.handle }),
    ]);
    if (told.kind === "attributes") {
      return { refusal, length: told.attributes.size ?? NaN };
    }
    if (told.kind !== "status") throw session.violation(told);
    return { refusal, length: NaN };
  }

  async setMode(mode: number): Promise<void> {
    await this.#set({ permissions: mode }, "set mode");
  }

  async setTimes(times: Times): Promise<void> {
    await this.#set({ times }, "set times");
  }

  /** Sets attributes, by the path where the server does not by the handle. */
  async #set(attributes: WireAttributes, doing: string): Promise<void> {
    const { handle, path } = this;
    const subject = { path, doing };
    // To be cut changes the times, and what it does to the mode nobody knows.
    if (this.#cut !== undefined) await this.#cut;
    const refusal = await this.#try(
      { kind: "fsetstat", handle, attributes },
      subject,
    );
    if (refusal === undefined) return;
    const isRefused = await this.#try(
      { kind: "setstat", path, attributes },
      subject,
    );
    if (isRefused) throw refusal;
  }

  /** Gives why something cannot be done. */
  async #try(
    request: Request,
    subject: Subject,
  ): Promise<EntryError | undefined> {
    return await this.#requests.done(request, subject)
      .then(() => undefined, asEntryError);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#cut !== undefined) await this.#cut;
    const { handle, path } = this;
    await this.#requests.done(
      { kind: "close", handle },
      { path, doing: "close" },
    );
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#requests.closeLater(this.handle);
    this.#isOpen = false;
  }
}
