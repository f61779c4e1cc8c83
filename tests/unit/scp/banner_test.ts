import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Channel } from "../../../lib/channel/channel.ts";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { skipBanner } from "../../../lib/scp/banner.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { stalledAfter } from "../../support/scp/stalled_channel.ts";

/** Time for a banner, in milliseconds. */
const PATIENCE = 10_000;

const MARKER = "seacp-0b7e5d35-64f5-4a5f-8ad1-6b9c1f2a3e4d";

/** Longest banner that is skipped, in bytes. */
const LONGEST = 64 * 1024;

/** Output of a shell, and the banner in it. */
interface Banner {
  readonly name: string;
  readonly said: string;
  readonly banner: string;
}

const BANNERS: readonly Banner[] = [
  { name: "nothing", said: `${MARKER}\n`, banner: "" },
  {
    name: "a line",
    said: `Welcome to far\n${MARKER}\n`,
    banner: "Welcome to far\n",
  },
  {
    name: "text without a newline",
    said: `Password expires soon ${MARKER}\n`,
    banner: "Password expires soon ",
  },
  {
    name: "lines of a terminal",
    said: `Welcome\r\n${MARKER}\r\n`,
    banner: "Welcome\r\n",
  },
  { name: "a newline", said: `\n${MARKER}\n`, banner: "\n" },
  {
    name: "what looks like an acknowledgement",
    said: `\0${MARKER}\n`,
    banner: "\0",
  },
  {
    name: "what looks like a record",
    said: `C0644 1 f\nx\0${MARKER}\n`,
    banner: "C0644 1 f\nx\0",
  },
  {
    name: "a part of the marker",
    said: `${MARKER.slice(0, 20)}\n${MARKER.slice(1)}\n${MARKER}\n`,
    banner: `${MARKER.slice(0, 20)}\n${MARKER.slice(1)}\n`,
  },
  {
    name: "the marker with more on its line",
    said: `+ echo ${MARKER}; exec scp -t f\n${MARKER}\n`,
    banner: `+ echo ${MARKER}; exec scp -t f\n`,
  },
];

for (const { name, said, banner } of BANNERS) {
  Deno.test(`skipBanner(): skips ${name} and reads nothing more, in chunks of any size`, async () => {
    for (const grain of [1, 2, 7, Infinity]) {
      const peer = new ScriptedPeer(grain).peerSays(`${said}\0after`);
      assertEquals(await skipBanner(peer, MARKER, PATIENCE), banner);
      assertEquals((await peer.read(1))[0], 0);
    }
  });
}

Deno.test("skipBanner(): gives bytes that are no UTF-8 as names give them", async () => {
  const latin = Uint8Array.of(0xe9, 0x0a);
  const peer = new ScriptedPeer().peerSays(latin).peerSays(`${MARKER}\n`);
  assertEquals(await skipBanner(peer, MARKER, PATIENCE), "\udce9\n");
});

Deno.test("skipBanner(): ends where the stream does, the marker cut at any byte", async () => {
  const said = `Welcome\n${MARKER}\n`;
  for (let length = 0; length < said.length; length++) {
    const peer = new ScriptedPeer().peerSays(said.slice(0, length));
    await assertRejects(
      () => skipBanner(peer, MARKER, PATIENCE),
      ProtocolError,
      `the remote does not speak SCP: it said "${said.slice(0, length)}"`,
    );
  }
});

Deno.test("skipBanner(): skips 64 KiB, the marker included, and no byte more", async () => {
  const room = LONGEST - `\n${MARKER}\n`.length;
  const longest = new ScriptedPeer()
    .peerSays(`${"x".repeat(room)}\n${MARKER}\n`);
  assertEquals(
    (await skipBanner(longest, MARKER, PATIENCE)).length,
    room + 1,
  );
  const longer = new ScriptedPeer()
    .peerSays(`${"x".repeat(room + 1)}\n${MARKER}\n\0`);
  await assertRejects(
    () => skipBanner(longer, MARKER, PATIENCE),
    ProtocolError,
  );
  assertEquals(new TextDecoder().decode(await longer.read(9)), "\n\0");
});

for (
  const [shell, said] of [
    ["a shell that stops before the marker", "Password: "],
    ["a login that prints nothing", ""],
  ] as const
) {
  Deno.test(`skipBanner(): gives up on ${shell} once its time is over`, async () => {
    using time = new FakeTime();
    const skipped = skipBanner(stalledAfter(said), MARKER, PATIENCE);
    let isOver = false;
    skipped.catch(() => isOver = true);
    await time.tickAsync(PATIENCE - 1);
    await time.runMicrotasks();
    assertEquals(isOver, false);
    await time.tickAsync(1);
    await assertRejects(
      () => skipped,
      ProtocolError,
      `the remote does not speak SCP: it said "${said}"`,
    );
  });
}

Deno.test("skipBanner(): throws a SessionError where the connection is lost", async () => {
  const lost: Channel = {
    blockBytes: 1,
    read: async () => {
      throw new SessionError("lost connection");
    },
    write: async () => {},
    flush: async () => {},
    close: async () => {},
  };
  await assertRejects(() => skipBanner(lost, MARKER, PATIENCE), SessionError);
});
