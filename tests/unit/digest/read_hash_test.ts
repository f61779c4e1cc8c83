import { assertEquals, assertRejects } from "@std/assert";
import { hashByReading } from "../../../lib/digest/read_hash.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { OpenFile } from "../../../lib/filesystem/file_system.ts";

const ATTRIBUTES = {
  kind: "file",
  size: 6,
  mode: 0o644,
  modified: 0,
  accessed: 0,
} as const;

/** Gives a file of these bytes, of which a read gives two at most. */
function fileOf(content: string): OpenFile {
  const bytes = new TextEncoder().encode(content);
  const file: Partial<OpenFile> = {
    stat: async () => ATTRIBUTES,
    read: async (buffer, at) => {
      const part = bytes.subarray(at, at + Math.min(2, buffer.length));
      buffer.set(part);
      return part.length;
    },
  };
  return file as OpenFile;
}

for (const atOnce of [1, 3]) {
  Deno.test(`hashByReading(): hashes what comes in small parts, ${atOnce} blocks at once`, async () => {
    const options = { path: "f", blockBytes: 4, atOnce };
    assertEquals(
      await hashByReading(fileOf("abcdef"), options),
      "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721",
    );
    assertEquals(
      await hashByReading(fileOf("abcdef"), { ...options, length: 3 }),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
}

Deno.test("hashByReading(): fails where the file ends sooner than it said", async () => {
  await assertRejects(
    () => hashByReading(fileOf("abc"), { path: "f", blockBytes: 4, atOnce: 2 }),
    EntryError,
    "f: the file shrank while it was read back",
  );
});
