import { EntryError } from "../errors.ts";
import type { Attributes, OpenFile, Times } from "../files/files.ts";
import { attributesFrom, type WireAttributes } from "./attributes.ts";
import type { Handle } from "./handle_packets.ts";
import type { Requests } from "./remote_requests.ts";
import { type DataTaker, takerInto } from "./session.ts";
import { Status } from "./status.ts";

/** What one request may ask for, in bytes. */
export interface BlockLimits {
  readonly read: number;
  readonly write: number;
}

/** A file that is open on a server. */
export class RemoteFile implements OpenFile {
  readonly handle: Handle;
  readonly path: string;
  readonly #requests: Requests;
  readonly #limits: BlockLimits;
  #isOpen = true;

  constructor(
    handle: Handle,
    path: string,
    { requests, limits }: { requests: Requests; limits: BlockLimits },
  ) {
    this.handle = handle;
    this.path = path;
    this.#requests = requests;
    this.#limits = limits;
  }

  async attributes(): Promise<Attributes> {
    const { handle } = this;
    return attributesFrom(
      await this.#requests.attributes({ kind: "stat open", handle }, this.path),
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
    const writes: Promise<void>[] = [];
    for (let start = 0; start < bytes.length; start += limit) {
      writes.push(this.#requests.done({
        kind: "write",
        handle: this.handle,
        offset: at + start,
        data: bytes.subarray(start, start + limit),
      }, { path: this.path, attempt: "write" }));
    }
    // While one of them is under way, the bytes may not change.
    const outcomes = await Promise.allSettled(writes);
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async truncate(size: number): Promise<void> {
    await this.#set({ size }, "truncate");
  }

  async setMode(mode: number): Promise<void> {
    await this.#set({ permissions: mode }, "set mode");
  }

  async setTimes(times: Times): Promise<void> {
    await this.#set({ times }, "set times");
  }

  async #set(attributes: WireAttributes, doing: string): Promise<void> {
    const { handle, path } = this;
    await this.#requests.done(
      { kind: "set open", handle, attributes },
      { path, doing },
    );
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
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
