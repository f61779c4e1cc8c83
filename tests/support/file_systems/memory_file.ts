import type {
  Attributes,
  OpenFile,
  Times,
} from "../../../lib/filesystem/file_system.ts";

/** A file in memory, open all the time. */
export class MemoryFile implements OpenFile {
  content: Uint8Array;
  mode: number;
  readonly #identity: string | undefined;
  #times: Times = now();

  constructor(
    content: Uint8Array = new Uint8Array(),
    { mode = 0o644, identity }: {
      readonly mode?: number;
      readonly identity?: string;
    } = {},
  ) {
    this.content = content;
    this.mode = mode;
    this.#identity = identity;
  }

  get attributes(): Attributes {
    return {
      kind: "file",
      size: this.content.length,
      mode: this.mode,
      ...this.#times,
      ...(this.#identity === undefined ? {} : { identity: this.#identity }),
    };
  }

  async stat(): Promise<Attributes> {
    return this.attributes;
  }

  async identify(): Promise<Attributes> {
    return this.attributes;
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    const part = this.content.subarray(at, at + buffer.length);
    buffer.set(part);
    return part.length;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    this.#resize(Math.max(this.content.length, at + bytes.length));
    this.content.set(bytes, at);
  }

  async truncate(size: number): Promise<void> {
    this.#resize(size);
  }

  #resize(size: number): void {
    this.#times = { ...this.#times, modified: Date.now() };
    if (size === this.content.length) return;
    const resized = new Uint8Array(size);
    resized.set(this.content.subarray(0, size));
    this.content = resized;
  }

  async setMode(mode: number): Promise<void> {
    this.mode = mode;
  }

  async setTimes({ modified, accessed }: Times): Promise<void> {
    this.#times = { modified, accessed };
  }

  async close(): Promise<void> {}

  [Symbol.dispose](): void {}
}

/** Gives the times of an entry that is new. */
export function now(): Times {
  const time = Date.now();
  return { modified: time, accessed: time };
}
