import type { OpenFile } from "../../lib/files/files.ts";
import { EntryError } from "../../lib/errors.ts";

/** An open file that is bytes in memory. */
export class MemoryFile implements OpenFile {
  content: Uint8Array;
  #position = 0;

  constructor(content: Uint8Array = new Uint8Array()) {
    this.content = content;
  }

  attributes(): Promise<never> {
    return unsupported();
  }

  async read(buffer: Uint8Array): Promise<number> {
    const part = this.content.subarray(
      this.#position,
      this.#position + buffer.length,
    );
    buffer.set(part);
    this.#position += part.length;
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const grown = new Uint8Array(this.content.length + bytes.length);
    grown.set(this.content);
    grown.set(bytes, this.content.length);
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

  [Symbol.dispose](): void {}
}

async function unsupported(): Promise<never> {
  throw new EntryError("memory: Operation not supported");
}
