import type { OpenFile } from "../../../lib/filesystem/file_system.ts";
import { EntryError } from "../../../lib/errors.ts";

/** An open file that is bytes in memory. */
export class MemoryFile implements OpenFile {
  content: Uint8Array;

  constructor(content: Uint8Array = new Uint8Array()) {
    this.content = content;
  }

  stat(): Promise<never> {
    return unsupported();
  }

  identify(): Promise<never> {
    return unsupported();
  }

  async read(buffer: Uint8Array, at: number): Promise<number> {
    const part = this.content.subarray(at, at + buffer.length);
    buffer.set(part);
    return part.length;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    const end = Math.max(this.content.length, at + bytes.length);
    const grown = new Uint8Array(end);
    grown.set(this.content);
    grown.set(bytes, at);
    this.content = grown;
  }

  truncate(): Promise<void> {
    return unsupported();
  }

  setMode(): Promise<void> {
    return unsupported();
  }

  setTimes(): Promise<void> {
    return unsupported();
  }

  async close(): Promise<void> {}

  [Symbol.dispose](): void {}
}

async function unsupported(): Promise<never> {
  throw new EntryError("memory: Operation not supported");
}
