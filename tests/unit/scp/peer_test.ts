import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "../../../lib/channel/turns.ts";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import type {
  Acknowledgement,
  ScpRecord,
} from "../../../lib/scp/wire/records.ts";
import { ScpPeer } from "../../../lib/scp/peer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** The longest error text that fits in a line. */
const LONGEST_TEXT = 2047 - "\x01\n".length;

Deno.test("ScpPeer: sends records, acknowledgements and failures as bytes", async () => {
  const script = new ScriptedPeer()
    .weSay("\0")
    .weSay("E\n")
    .weSay("\x01scp: a: Is a directory\n");
  const peer = new ScpPeer(script);
  await peer.sendOk();
  await peer.send({ kind: "end" });
  await peer.sendFailure("a: Is a directory");
  script.assertDone();
});

Deno.test("nextRecord(): reads glued records one by one, up to the end", async () => {
  const script = new ScriptedPeer().peerSays("T1 0 2 0\nC0644 3 a\nE\n");
  const peer = new ScpPeer(script);
  const kinds: (string | undefined)[] = [];
  for (let count = 0; count < 4; count++) {
    kinds.push((await peer.nextRecord())?.kind);
  }
  assertEquals(kinds, ["times", "file", "end", undefined]);
});

/** Reads the next record at once, now that others have had their turn. */
async function recordNow(peer: ScpPeer): Promise<ScpRecord | undefined> {
  // On a busy machine another turn may be due by then.
  for (let tries = 0; tries < 100; tries++) {
    await new Turns().give();
    const record = peer.nextRecordNow();
    if (record !== undefined) return record;
  }
  return undefined;
}

Deno.test("nextRecordNow(): reads the records that have come, and leaves all else", async () => {
  const script = new ScriptedPeer().peerSays("C0644 3 a\nE\nC0644");
  const lines: string[] = [];
  const peer = new ScpPeer(script, {
    onRecord: (line) => lines.push(new TextDecoder().decode(line)),
  });
  assertEquals(await recordNow(peer), {
    kind: "file",
    mode: 0o644,
    size: 3,
    name: "a",
  });
  assertEquals(await recordNow(peer), { kind: "end" });
  assertEquals(await recordNow(peer), undefined);
  assertEquals(lines, ["C0644 3 a", "E"]);
  assertEquals(await script.read(9), new TextEncoder().encode("C0644"));
});

Deno.test("nextRecordNow(): leaves what is malformed, and what is too long, to nextRecord()", async () => {
  const long = "a".repeat(65536);
  for (const said of ["Cx\n", "\n", `C0644 3 ${long}\n`]) {
    const script = new ScriptedPeer().peerSays(said);
    assertEquals(await recordNow(new ScpPeer(script)), undefined);
    assertEquals(script.arrived?.length, said.length);
  }
  const unknown = new ScriptedPeer(1).peerSays("E\n");
  assertEquals(await recordNow(new ScpPeer(unknown)), undefined);
});

Deno.test("wholeBody(): gives a body that is told to be whole, once all of it has come", () => {
  const cases: [string, number, string | undefined][] = [
    ["abc\0E\n", 3, "abc"],
    ["\0", 0, ""],
    ["\0\0\0", 2, "\0\0"],
    ["abc", 3, undefined],
    ["ab", 3, undefined],
    ["", 0, undefined],
    ["abc\x01scp: a: Input/output error\n", 3, undefined],
  ];
  for (const [said, size, body] of cases) {
    const script = new ScriptedPeer().peerSays(said);
    const peer = new ScpPeer(script);
    const bytes = peer.wholeBody(size);
    assertEquals(bytes && new TextDecoder().decode(bytes), body);
    assertEquals([script.arrived?.length, peer.isConfirmed], [
      said.length,
      false,
    ]);
    if (bytes === undefined) continue;
    peer.skipBody(size);
    assertEquals([script.arrived?.length, peer.isConfirmed], [
      said.length - size - 1,
      true,
    ]);
  }
});

Deno.test("nextRecord(): refuses a record that is cut, at each byte", async () => {
  const line = "C0644 3 a\n";
  for (let length = 1; length < line.length; length++) {
    const script = new ScriptedPeer()
      .peerSays(line.slice(0, length)).peerEnds()
      .weSay("\x01scp: protocol error: lost connection\n");
    await assertRejects(
      () => new ScpPeer(script).nextRecord(),
      SessionError,
      "lost connection in the middle of",
    );
  }
});

Deno.test("nextRecord(): refuses a line of more than 64 KiB", async () => {
  const name = "a".repeat(65536 - "C0644 3 \n".length);
  const longest = new ScriptedPeer().peerSays(`C0644 3 ${name}\n`);
  assertEquals(
    await new ScpPeer(longest).nextRecord(),
    { kind: "file", mode: 0o644, size: 3, name },
  );
  const longer = new ScriptedPeer().peerSays(`C0644 3 ${name}a\n`)
    .weSay("\x01scp: protocol error: line longer than 65536 bytes\n");
  await assertRejects(
    () => new ScpPeer(longer).nextRecord(),
    ProtocolError,
    "protocol error: line longer than 65536 bytes",
  );
});

for (const length of [2044, 2045, 2046, 65534]) {
  const sent = "a".repeat(length);
  const kept = length <= 2045 ? sent : `${sent.slice(0, 2045)}…`;

  Deno.test(`nextRecord(): keeps 2045 bytes of a message of ${length}, and reads all of it`, async () => {
    for (
      const [letter, kind] of [["\x01", "warning"], ["\x02", "fatal"]] as const
    ) {
      const script = new ScriptedPeer(1000).peerSays(`${letter}${sent}\nE\n`);
      const peer = new ScpPeer(script);
      const record = await peer.nextRecord();
      assertEquals(record, { kind, text: kept });
      assertEquals(await peer.nextRecord(), { kind: "end" });
    }
  });

  Deno.test(`nextAcknowledgement(): keeps 2045 bytes of a message of ${length}, and reads all of it`, async () => {
    const script = new ScriptedPeer(1000).peerSays(`\x01${sent}\n\0`);
    const peer = new ScpPeer(script);
    assertEquals(await peer.nextAcknowledgement(), {
      kind: "warning",
      text: kept,
    });
    assertEquals(await peer.nextAcknowledgement(), { kind: "ok" });
  });
}

const REPLIES: readonly (readonly [string, Acknowledgement])[] = [
  ["\0", { kind: "ok" }],
  ["\x01\n", { kind: "warning", text: "" }],
  ["\x01scp: é: no\n", { kind: "warning", text: "scp: é: no" }],
  [
    `\x01${"a".repeat(LONGEST_TEXT)}\n`,
    { kind: "warning", text: "a".repeat(LONGEST_TEXT) },
  ],
  ["\x02bye\n", { kind: "fatal", text: "bye" }],
];

Deno.test("nextAcknowledgement(): reads every kind of reply and nothing after it", async () => {
  for (const [words, reply] of REPLIES) {
    const script = new ScriptedPeer().peerSays(words + "\0");
    const row = JSON.stringify(words);
    const peer = new ScpPeer(script);
    assertEquals(await peer.nextAcknowledgement(), reply, row);
    assertEquals(await peer.nextAcknowledgement(), { kind: "ok" }, row);
    assertEquals(await peer.nextAcknowledgement(), undefined, row);
  }
});

Deno.test("nextAcknowledgement(): gives the bytes that came where they are no reply, newline or not", async () => {
  for (const text of ["hello\n\0", "hello", "\n", "\n\0", "Été"]) {
    const peer = new ScpPeer(new ScriptedPeer().peerSays(text));
    assertEquals(await peer.nextAcknowledgement(), { kind: "unknown", text });
  }
});

Deno.test("nextAcknowledgement(): refuses a reply that is cut, at each byte", async () => {
  for (const line of ["\x01scp: no\n", "\x02bye\n"]) {
    for (let length = 1; length < line.length; length++) {
      const script = new ScriptedPeer().peerSays(line.slice(0, length));
      await assertRejects(
        () => new ScpPeer(script).nextAcknowledgement(),
        SessionError,
        "lost connection",
      );
    }
  }
});

Deno.test("nextAcknowledgement(): refuses a reply of more than 64 KiB", async () => {
  const words = `\x01${"a".repeat(65535)}\n`;
  await assertRejects(
    () => new ScpPeer(new ScriptedPeer().peerSays(words)).nextAcknowledgement(),
    ProtocolError,
    "protocol error: line longer than",
  );
});
