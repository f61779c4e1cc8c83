import { assertEquals } from "@std/assert";
import { toBytes } from "@std/streams/to-bytes";
import { toText } from "@std/streams/to-text";

Deno.test("toBytes(): gives all bytes of a stream", async () => {
  const parts = [[1, 2], [], [255]].map((part) => new Uint8Array(part));
  assertEquals(
    await toBytes(ReadableStream.from(parts)),
    new Uint8Array([1, 2, 255]),
  );
  assertEquals(await toBytes(ReadableStream.from([])), new Uint8Array());
});

Deno.test("toText(): gives all text of a stream, wherever it is cut", async () => {
  const bytes = new TextEncoder().encode("a 天 🦕\n");
  const parts = [...bytes].map((byte) => new Uint8Array([byte]));
  assertEquals(await toText(ReadableStream.from(parts)), "a 天 🦕\n");
  assertEquals(await toText(ReadableStream.from([])), "");
});

Deno.test("toText(): has a replacement character for bytes that are no text", async () => {
  const parts = [new Uint8Array([0x61, 0xff, 0xe5])];
  assertEquals(await toText(ReadableStream.from(parts)), "a\ufffd\ufffd");
});
