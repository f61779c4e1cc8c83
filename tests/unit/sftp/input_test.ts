import { assertEquals } from "@std/assert";
import { ExactInput } from "../../../lib/sftp/input.ts";
import { unwire, wire } from "../../support/sftp_bytes.ts";
import { SftpChannel } from "../../support/sftp_channel.ts";
import { pattern } from "../../support/tree.ts";

Deno.test("fill() fills buffers one after the other, in chunks of any size", async () => {
  for (const grain of [1, 2, 5, Infinity]) {
    const channel = new SftpChannel({ grain });
    channel.say(wire("abcdefg"));
    channel.fallSilent();
    const input = new ExactInput(channel);
    const parts = [];
    for (const length of [3, 0, 1, 3]) {
      const buffer = new Uint8Array(length);
      assertEquals(await input.fill(buffer), length);
      parts.push(unwire(buffer));
    }
    assertEquals(parts, ["abc", "", "d", "efg"]);
    assertEquals(await input.fill(new Uint8Array(1)), 0);
  }
});

Deno.test("fill() tells how much there was before the end, and leaves the rest", async () => {
  const channel = new SftpChannel({ grain: 2 });
  channel.say(wire("abc"));
  channel.fallSilent();
  const input = new ExactInput(channel);
  const buffer = wire("......");
  assertEquals(await input.fill(buffer), 3);
  assertEquals(unwire(buffer), "abc...");
  assertEquals(await input.fill(buffer), 0);
});

Deno.test("fill() waits for what has yet to come", async () => {
  const channel = new SftpChannel();
  const input = new ExactInput(channel);
  const buffer = new Uint8Array(4);
  const filled = input.fill(buffer);
  channel.say(wire("ab"));
  await undefined;
  channel.say(wire("cd"));
  assertEquals(await filled, 4);
  assertEquals(unwire(buffer), "abcd");
});

Deno.test("fill() takes what is longer than any read gives", async () => {
  const content = pattern(500_000);
  const channel = new SftpChannel();
  channel.say(content, wire("next"));
  const input = new ExactInput(channel);
  const buffer = new Uint8Array(content.length);
  assertEquals(await input.fill(buffer), content.length);
  assertEquals(buffer, content);
  const next = new Uint8Array(4);
  await input.fill(next);
  assertEquals(unwire(next), "next");
});
