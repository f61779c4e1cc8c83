import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { readHandshake } from "../../../lib/sftp/handshake.ts";
import { MAX_BANNER_BYTES } from "../../../lib/sftp/wire/banner.ts";
import {
  packet,
  string,
  uint32,
  unwire,
  VERSION,
  wire,
} from "../../support/sftp/bytes.ts";
import { SftpChannel } from "../../support/sftp/channel.ts";
import { turn } from "../../support/turn.ts";

/** Options with a patience that no test exhausts. */
const PATIENCE = { patience: 10_000 };

Deno.test("readHandshake(): gives the banner and the version", async () => {
  for (const grain of [1, 2, 7, Infinity]) {
    const channel = new SftpChannel({ grain });
    channel.say(wire("Welcome\n"), VERSION);
    assertEquals(await readHandshake(channel, PATIENCE), {
      banner: wire("Welcome\n"),
      server: { version: 3, extensions: new Map() },
      rest: wire(),
    });
  }
});

Deno.test("readHandshake(): gives what has come of the answers to what was asked ahead", async () => {
  const answers = wire(
    unwire(packet("\x65", uint32(1), uint32(0), string(""), string(""))),
    "\x00\x00",
  );
  const channel = new SftpChannel();
  channel.say(wire("Welcome\n"), VERSION, answers);
  const handshake = await readHandshake(channel, { ...PATIENCE, asked: 2 });
  assertEquals(handshake.banner, wire("Welcome\n"));
  assertEquals(handshake.rest, answers);
});

Deno.test("readHandshake(): quotes output that ends without a first packet", async () => {
  for (
    const said of [
      "sh: 1: exec: no such thing\n",
      "\x00",
      unwire(VERSION.subarray(0, 8)),
      unwire(VERSION) + "\n",
    ]
  ) {
    const channel = new SftpChannel();
    channel.say(wire(said));
    channel.fallSilent();
    const error = await assertRejects(
      () => readHandshake(channel, PATIENCE),
      ProtocolError,
    );
    assertEquals(
      error.message,
      `the remote does not speak SFTP: it said "${said}"`,
    );
  }
});

Deno.test("readHandshake(): throws where the stream ends without a byte", async () => {
  const channel = new SftpChannel();
  channel.fallSilent();
  await assertRejects(
    () => readHandshake(channel, PATIENCE),
    SessionError,
    "lost connection",
  );
});

Deno.test("readHandshake(): gives up on a banner that goes silent", async () => {
  using time = new FakeTime();
  const channel = new SftpChannel({ grain: 1 });
  channel.say(wire("Password: "));
  const rejected = assertRejects(
    () => readHandshake(channel, { patience: 3000 }),
    ProtocolError,
    'the remote does not speak SFTP: it said "Password: "',
  );
  await turn();
  time.tick(3000);
  await rejected;
  // Ends the read that is still waiting.
  channel.fallSilent();
  await turn();
});

Deno.test("readHandshake(): gives up on a banner without an end", async () => {
  using time = new FakeTime();
  const channel = new SftpChannel();
  const rejected = assertRejects(
    () => readHandshake(channel, { patience: 3000 }),
    ProtocolError,
    'the remote does not speak SFTP: it said "more\nmore\nmore\n"',
  );
  for (let second = 0; second < 3; second++) {
    channel.say(wire("more\n"));
    await turn();
    time.tick(1000);
  }
  await rejected;
});

Deno.test("readHandshake(): gives up on a first packet that stays incomplete", async () => {
  using time = new FakeTime();
  const channel = new SftpChannel();
  channel.say(VERSION.subarray(0, 5));
  const rejected = assertRejects(
    () => readHandshake(channel, { patience: 3000 }),
    ProtocolError,
  );
  await turn();
  time.tick(3000);
  await rejected;
});

Deno.test("readHandshake(): waits for the first byte without a limit", async () => {
  using time = new FakeTime();
  const channel = new SftpChannel();
  const handshake = readHandshake(channel, { patience: 3000 });
  await turn();
  time.tick(24 * 60 * 60 * 1000);
  channel.say(VERSION);
  assertEquals((await handshake).banner, wire());
});

Deno.test("readHandshake(): accepts 64 KiB up to the end of the first packet, and no byte more", async () => {
  const bannerBytes = MAX_BANNER_BYTES - VERSION.length;
  const longest = new SftpChannel();
  longest.say(wire("x".repeat(bannerBytes)), VERSION);
  const { banner } = await readHandshake(longest, PATIENCE);
  assertEquals(banner.length, bannerBytes);
  const longer = new SftpChannel();
  longer.say(wire("x".repeat(bannerBytes + 1)), VERSION);
  await assertRejects(() => readHandshake(longer, PATIENCE), ProtocolError);
});

Deno.test("readHandshake(): throws for a server of another version", async () => {
  for (const version of ["\x02", "\x04", "\x06"]) {
    const channel = new SftpChannel();
    channel.say(packet("\x02", "\x00\x00\x00", version));
    await assertRejects(
      () => readHandshake(channel, PATIENCE),
      ProtocolError,
      `the remote speaks version ${version.charCodeAt(0)} of SFTP, not 3`,
    );
  }
});
