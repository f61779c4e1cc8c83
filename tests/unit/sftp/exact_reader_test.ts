import { assert, assertEquals } from "@std/assert";
import { ExactReader } from "../../../lib/sftp/exact_reader.ts";
import { unwire, wire } from "../../support/sftp/bytes.ts";
import { SftpChannel } from "../../support/sftp/channel.ts";
import { pattern } from "../../support/fixtures/tree.ts";

Deno.test("take(): gives exact lengths from chunks of any size", async () => {
  for (const grain of [1, 2, 5, Infinity]) {
    const channel = new SftpChannel({ grain });
    channel.say(wire("abcdefg"));
    channel.fallSilent();
    const input = new ExactReader(channel);
    const parts = [];
    for (const length of [3, 0, 1, 3]) {
      parts.push(unwire(await input.take(length)));
    }
    assertEquals(parts, ["abc", "", "d", "efg"]);
    assertEquals(await input.take(1), new Uint8Array());
  }
});

Deno.test("take(): gives fewer bytes at the end of the stream", async () => {
  const channel = new SftpChannel({ grain: 2 });
  channel.say(wire("abc"));
  channel.fallSilent();
  const input = new ExactReader(channel);
  assertEquals(unwire(await input.take(6)), "abc");
  assertEquals(await input.take(6), new Uint8Array());
});

Deno.test("take(): waits for missing bytes", async () => {
  const channel = new SftpChannel();
  const input = new ExactReader(channel);
  const taken = input.take(4);
  channel.say(wire("ab"));
  await undefined;
  channel.say(wire("cd"));
  assertEquals(unwire(await taken), "abcd");
});

Deno.test("take(): gives more bytes than any read", async () => {
  const content = pattern(500_000);
  const channel = new SftpChannel();
  channel.say(content, wire("next"));
  const input = new ExactReader(channel);
  assertEquals(await input.take(content.length), content);
  assertEquals(unwire(await input.take(4)), "next");
});

Deno.test("next(): gives the bytes that come, up to a limit, and none at the end", async () => {
  for (const grain of [1, 3, Infinity]) {
    const channel = new SftpChannel({ grain });
    channel.say(wire("abcdefg"));
    channel.fallSilent();
    const input = new ExactReader(channel);
    let text = unwire(await input.take(1));
    for (let part; (part = await input.next(4)).length > 0;) {
      assert(part.length <= 4);
      text += unwire(part);
    }
    assertEquals(text, "abcdefg");
  }
});

Deno.test("takeNow(): gives what comes at once, and leaves the rest to take()", async () => {
  const now = ["abc", "d"].map((text) => wire(text));
  const later = [wire("efg")];
  const end = new Uint8Array();
  const input = new ExactReader({
    blockBytes: 16,
    readNow: () => now.shift(),
    read: async () => later.shift() ?? end,
    write: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
  assertEquals(unwire(input.takeNow(2)!), "ab");
  assertEquals(input.takeNow(2), undefined);
  assertEquals(unwire(await input.take(1)), "c");
  assertEquals(unwire(input.takeNow(1)!), "d");
  assertEquals(input.takeNow(1), undefined);
  assertEquals(unwire(await input.take(9)), "efg");
});

Deno.test("ExactReader: gives bytes that were read before those of the channel", async () => {
  const channel = new SftpChannel();
  channel.say(wire("cdef"));
  const input = new ExactReader(channel, wire("ab"));
  assertEquals(input.takeReceived(1), wire("a"));
  assertEquals(await input.take(3), wire("bcd"));
  assertEquals(await input.take(2), wire("ef"));
});
