/** Ends of a sink: a source that breaks the protocol, gives up or is cut. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  messageOf,
  only,
  protocolErrorOf,
  receive,
} from "../../support/scp/scripted_sink.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("Sink: ends at a fatal record without a reply", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer().weSay("\0").peerSays("\x02bye\n");
  assertEquals(await messageOf(peer, directory.path), "bye");
});

Deno.test("Sink: ends without a reply where nonsense follows a body", async () => {
  for (const words of ["Zzz\n", "\x02Zzz\n", "\n"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays("C0644 3 e\n")
      .weSay("\0").peerSays("abc" + words);
    const message = await messageOf(peer, directory.path);
    assert(message.includes(words.slice(1, -1)), JSON.stringify(words));
  }
});

Deno.test("Sink: cuts a file to the bytes that came where the stream ends in its body, and says so", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "an older, longer file" }]);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 5 a\n")
    .weSay("\0").peerSays("ab").peerEnds()
    .weSay("\x01scp: Broken pipe\n");
  await assertRejects(
    () => receive(peer, directory.path),
    SessionError,
    `${directory.path}/a: lost connection after 2 of 5 bytes`,
  );
  peer.assertDone();
  assertEquals(listing(directory.path), ['a = "ab"']);
});

Deno.test("Sink: throws a SessionError where the stream ends before a verdict", async () => {
  using directory = new TempDirectory();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 2 a\n")
    .weSay("\0").peerSays("ab");
  await assertRejects(
    () => receive(peer, directory.path),
    SessionError,
    "lost connection",
  );
});

/** Lines that break the protocol, the one reply to each, and the error's message. */
const VIOLATIONS: readonly (readonly [string, string, string])[] = [
  ...[
    ["\n", "unexpected <newline>"],
    ["C644 3 a\n", "bad mode"],
    ["C0644 9223372036854775808 a\n", "size out of range"],
    ["T1 0 1\n", "atime.sec not delimited"],
  ].map(([words, why]) =>
    [
      words!,
      `protocol error: ${why}`,
      `protocol error: ${why}: the remote said "${words!.trimEnd()}"`,
    ] as const
  ),
  ...["Welcome to far", "sh: scp: not found", "\x03"].map((words) =>
    [
      `${words}\n`,
      words,
      `the remote said "${words}" instead of a record`,
    ] as const
  ),
];

for (const [words, reply, message] of VIOLATIONS) {
  Deno.test(`Sink: replies to ${JSON.stringify(words)} once and ends`, async () => {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(words)
      .weSay(`\x01scp: ${reply}\n`);
    assertEquals(await messageOf(peer, directory.path), message);
    assertEquals(listing(directory.path), []);
  });
}

Deno.test("Sink: throws a SessionError where the stream ends in a record, and says so", async () => {
  for (const words of ["C0644 3", "T1 0 1 0", "\x01oo", "\x02oo", "Welcome"]) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(words).peerEnds()
      .weSay("\x01scp: protocol error: lost connection\n");
    await assertRejects(
      () => receive(peer, directory.path),
      SessionError,
      `lost connection in the middle of "${words}"`,
    );
    peer.assertDone();
    assertEquals(listing(directory.path), []);
  }
});

Deno.test("Sink: repeats a line that is no record only at the start of a directory", async () => {
  const expected = "protocol error: expected control record";
  for (
    const [before, replies, refusal] of [
      ["D0755 0 d\n", "\0", "Welcome"],
      ["C0644 0 a\n\0", "\0\0", expected],
      ["T1 0 1 0\n", "\0", expected],
      ["D0755 0 d\nE\n", "\0\0", expected],
      ["\x01oops\n", "", expected],
    ] as const
  ) {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(`${before}Welcome\n`)
      .weSay(`${replies}\x01scp: ${refusal}\n`);
    assertEquals(
      await messageOf(peer, directory.path),
      'the remote said "Welcome" instead of a record',
      before,
    );
  }
});

/** Messages of a source, the replies, and the class of the error at the end. */
const ENDS: readonly (readonly [
  words: string,
  replies: string,
  name: "UnexpectedOutputError" | "ProtocolError" | "RefusalError",
])[] = [
  ...VIOLATIONS.map(([words, reply]) =>
    [words, `\x01scp: ${reply}\n`, "UnexpectedOutputError"] as const
  ),
  [
    "C0644 1 other\n",
    "\x01scp: protocol error: filename does not match request\n",
    "ProtocolError",
  ],
  [
    "C0644 1 other\nC",
    "\x01scp: protocol error: filename does not match request\n",
    "UnexpectedOutputError",
  ],
  [
    "C0644 1 ..\n",
    "\x01scp: error: unexpected filename: ..\n",
    "ProtocolError",
  ],
  [
    "T1 0 1 0\nWelcome\n",
    "\0\x01scp: protocol error: expected control record\n",
    "UnexpectedOutputError",
  ],
  ["C0644 1 f\naWelcome\n", "\0", "UnexpectedOutputError"],
  ["C0644 1 f\na\x02bye\n", "\0", "RefusalError"],
  ["\x02bye\n", "", "RefusalError"],
  [
    "\x01oops\nWelcome\n",
    "\x01scp: protocol error: expected control record\n",
    "ProtocolError",
  ],
  ["D0755 0 f\nWelcome\n", "\0\x01scp: Welcome\n", "ProtocolError"],
  ["D0755 0 f\nC0644 1 x\naWelcome\n", "\0\0", "ProtocolError"],
  [
    "C0644 1 f\na\0C0644 1 other\n",
    "\0\0\x01scp: protocol error: filename does not match request\n",
    "ProtocolError",
  ],
  [
    "C0644 1 f\na\0Welcome\n",
    "\0\0\x01scp: protocol error: expected control record\n",
    "ProtocolError",
  ],
  [
    "C0644 1 f\na\x01scp: f: Input/output error\n\n",
    "\0\0\x01scp: protocol error: unexpected <newline>\n",
    "ProtocolError",
  ],
];

for (const [words, replies, name] of ENDS) {
  Deno.test(`Sink: throws a ${name} at the end of ${JSON.stringify(words)}`, async () => {
    using directory = new TempDirectory();
    const peer = new ScriptedPeer()
      .weSay("\0").peerSays(words)
      .weSay(replies);
    const error = await protocolErrorOf(peer, directory.path, {
      objectionTo: only("f"),
    });
    assertEquals(error.name, name);
  });
}

Deno.test("Sink: throws an UnexpectedOutputError after an entry that was refused", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "isdir/" }]);
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 3 isdir\nabc\n")
    .weSay(`\x01scp: ${directory.path}/isdir: Is a directory\n`)
    .weSay("\x01scp: protocol error: expected control record\n");
  const error = await protocolErrorOf(peer, directory.path);
  assertEquals(error.name, "UnexpectedOutputError");
});

Deno.test("Sink: quotes the beginning of a line that is long", async () => {
  using directory = new TempDirectory();
  const line = "Welcome ".repeat(50).trimEnd();
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays(`${line}\n`)
    .weSay(`\x01scp: ${line}\n`);
  assertEquals(
    await messageOf(peer, directory.path),
    `the remote said "${line.slice(0, 240)}…" instead of a record`,
  );
});

Deno.test("Sink: refuses a line of more than 64 KiB, and creates nothing", async () => {
  using directory = new TempDirectory();
  const refusal = "protocol error: line longer than 65536 bytes";
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 " + "a".repeat(65528))
    .weSay(`\x01scp: ${refusal}\n`);
  assertEquals(await messageOf(peer, directory.path), refusal);
  assertEquals(listing(directory.path), []);
});
