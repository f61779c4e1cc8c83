import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import type { EntryRules } from "../../../lib/scp/entry_rules.ts";
import type { Received } from "../../../lib/scp/entry_reader.ts";
import { Relay, type RelayOptions } from "../../../lib/scp/relay.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";

/** Options of a relay that differ from `-r` and any name. */
type Options = Partial<
  EntryRules & Pick<RelayOptions, "modeBits" | "topName">
>;

/** A dialogue with both hosts, each from its own side. */
interface Dialogue {
  /** The host `from`, whose scp sends. */
  readonly source: ScriptedPeer;
  /** The host `to`, whose scp stores. */
  readonly target: ScriptedPeer;
}

/** A source that may begin. */
function source(grain?: number): ScriptedPeer {
  return new ScriptedPeer(grain).weSay("\0");
}

/** A sink that is ready. */
function target(grain?: number): ScriptedPeer {
  return new ScriptedPeer(grain).peerSays("\0");
}

function relayOf(
  { source, target }: Dialogue,
  { modeBits = 0o6777, topName, ...rules }: Options,
): { relay: Relay; observer: RecordingObserver } {
  const observer = new RecordingObserver();
  const relay = new Relay(
    { host: "from", channel: source },
    { host: "to", channel: target },
    {
      modeBits,
      ...(topName === undefined ? {} : { topName }),
      rules: {
        recursive: true,
        top: "named",
        objectionTo: () => undefined,
        ...rules,
      },
    },
    observer,
  );
  return { relay, observer };
}

/** Relays two dialogues to their ends; all that is said in them fits. */
async function relayed(
  dialogue: Dialogue,
  options: Options = {},
): Promise<Received & { observer: RecordingObserver }> {
  const { relay, observer } = relayOf(dialogue, options);
  const received = await relay.run();
  assertEquals(relay.isTargetBroken, false);
  dialogue.source.assertDone();
  dialogue.target.assertDone();
  return { ...received, observer };
}

/** End of a relay that broke. */
interface Broken {
  readonly kind: string;
  readonly message: string;
  readonly by: "source" | "target";
}

/** Relays two dialogues until it breaks off; all that is said in them fits. */
async function broken(
  dialogue: Dialogue,
  options: Options = {},
): Promise<Broken> {
  const { relay } = relayOf(dialogue, options);
  const error = await assertRejects(() => relay.run(), Error);
  const isKnown = error instanceof ProtocolError ||
    error instanceof SessionError;
  if (!isKnown) throw error;
  dialogue.source.assertDone();
  dialogue.target.assertDone();
  return {
    kind: error.name,
    message: error.message,
    by: relay.isTargetBroken ? "target" : "source",
  };
}

Deno.test("Relay: forwards a file, in chunks of any size", async () => {
  for (const grain of [1, 2, Infinity]) {
    const dialogue = {
      source: source(grain).peerSays("C0644 3 a\n")
        .weSay("\0").peerSays("abc\0")
        .weSay("\0"),
      target: target(grain).weSay("C0644 3 a\n")
        .peerSays("\0").weSay("abc\0")
        .peerSays("\0"),
    };
    const { entries, isToldEnd, endedInside, observer } = await relayed(
      dialogue,
    );
    assertEquals({ entries, isToldEnd, endedInside }, {
      entries: 1,
      isToldEnd: false,
      endedInside: undefined,
    });
    assertEquals(observer.bodies, ["a 3/3"]);
    assertEquals(observer.failures, []);
  }
});

Deno.test("Relay: forwards an empty file", async () => {
  const dialogue = {
    source: source().peerSays("C0600 0 a\n").weSay("\0").peerSays("\0")
      .weSay("\0"),
    target: target().weSay("C0600 0 a\n").peerSays("\0").weSay("\0")
      .peerSays("\0"),
  };
  assertEquals((await relayed(dialogue)).observer.bodies, ["a 0/0"]);
});

Deno.test("Relay: forwards a tree, the times of each entry before it", async () => {
  const dialogue = {
    source: source().peerSays("T1000000000 0 1000000001 0\n")
      .weSay("\0").peerSays("D0755 0 d\n")
      .weSay("\0").peerSays("T7 0 8 500000\n")
      .weSay("\0").peerSays("C0600 1 f\n")
      .weSay("\0").peerSays("x\0")
      .weSay("\0").peerSays("D0700 0 e\n")
      .weSay("\0").peerSays("E\n")
      .weSay("\0").peerSays("E\n")
      .weSay("\0").peerSays("C0644 1 g\n")
      .weSay("\0").peerSays("y\0")
      .weSay("\0"),
    // Some sinks take one message from each packet.
    target: target().weSay("T1000000000 0 1000000001 0\n")
      .peerSays("\0").weSay("D0755 0 d\n")
      .peerSays("\0").weSay("T7 0 8 500000\n")
      .peerSays("\0").weSay("C0600 1 f\n")
      .peerSays("\0").weSay("x\0D0700 0 e\n")
      .peerSays("\0\0").weSay("E\n")
      .peerSays("\0").weSay("E\n")
      .peerSays("\0").weSay("C0644 1 g\n")
      .peerSays("\0").weSay("y\0")
      .peerSays("\0"),
  };
  const { entries, endedInside, observer } = await relayed(dialogue);
  assertEquals(entries, 4);
  assertEquals(endedInside, undefined);
  assertEquals(observer.bodies, ["f 1/1", "g 1/1"]);
});

Deno.test("Relay: forwards a body of many blocks whole", async () => {
  const size = 700_001;
  const body = Uint8Array.from({ length: size }, (_, at) => at ^ (at >> 8));
  for (const grain of [100_000, Infinity]) {
    const { observer } = await relayed({
      source: source(grain).peerSays(`C0644 ${size} a\n`)
        .weSay("\0").peerSays(body).peerSays("\0")
        .weSay("\0"),
      target: target().weSay(`C0644 ${size} a\n`)
        .peerSays("\0").weSay(body).weSay("\0")
        .peerSays("\0"),
    });
    assertEquals(observer.bodies, [`a ${size}/${size}`]);
  }
});

Deno.test("Relay: formats records again, without sticky bits and the text after an E", async () => {
  await relayed({
    source: source().peerSays("D1777 12 d\n").weSay("\0").peerSays("E so\n")
      .weSay("\0"),
    target: target().weSay("D0777 0 d\n").peerSays("\0").weSay("E\n")
      .peerSays("\0"),
  });
});

Deno.test("Relay: drops a small file that the target refuses, and goes on", async () => {
  const { entries, observer } = await relayed({
    source: source().peerSays("C0644 12 a\n")
      .weSay("\0").peerSays("C0644 1 evil\0")
      .weSay("\0").peerSays("C0644 1 b\n")
      .weSay("\0").peerSays("y\0")
      .weSay("\0"),
    target: target().weSay("C0644 12 a\n")
      .peerSays("\x01scp: a: Is a directory\n").weSay("C0644 1 b\n")
      .peerSays("\0").weSay("y\0")
      .peerSays("\0"),
  });
  assertEquals(entries, 2);
  assertEquals(observer.failures, ["to: scp: a: Is a directory"]);
  assertEquals(observer.failedPaths, ["a"]);
  assertEquals(observer.outcomes, ["a failed", "b copied"]);
});

Deno.test("Relay: has the source send no large body that the target refuses", async () => {
  const { observer } = await relayed({
    source: source().peerSays("C0644 1000000 a\n")
      .weSay("\x01scp: a: Is a directory\n").peerSays("C0644 1 b\n")
      .weSay("\0").peerSays("y\0")
      .weSay("\0"),
    target: target().weSay("C0644 1000000 a\n")
      .peerSays("\x01scp: a: Is a directory\n").weSay("C0644 1 b\n")
      .peerSays("\0").weSay("y\0")
      .peerSays("\0"),
  });
  assertEquals(observer.failures, ["to: scp: a: Is a directory"]);
});

Deno.test("Relay: forwards the refusal of a directory to the source", async () => {
  const { endedInside, observer } = await relayed({
    source: source().peerSays("D0755 0 d\n")
      .weSay("\x01scp: d: Not a directory\n").peerSays("C0644 1 b\n")
      .weSay("\0").peerSays("y\0")
      .weSay("\0"),
    target: target().weSay("D0755 0 d\n")
      .peerSays("\x01scp: d: Not a directory\n").weSay("C0644 1 b\n")
      .peerSays("\0").weSay("y\0")
      .peerSays("\0"),
  });
  assertEquals(endedInside, undefined);
  assertEquals(observer.failures, ["to: scp: d: Not a directory"]);
});

Deno.test("Relay: reports once each refusal of the target after a body or a directory", async () => {
  const { observer } = await relayed({
    source: source().peerSays("D0755 0 d\n")
      .weSay("\0").peerSays("C0644 1 a\n")
      .weSay("\0").peerSays("x\0")
      .weSay("\0").peerSays("E\n")
      .weSay("\0"),
    target: target().weSay("D0755 0 d\n")
      .peerSays("\0").weSay("C0644 1 a\n")
      .peerSays("\0").weSay("x\0E\n")
      .peerSays("\x01scp: a: No space left on device\n")
      .peerSays("\x01scp: d: set mode: Operation not permitted\n"),
  });
  assertEquals(observer.failures, [
    "to: scp: a: No space left on device",
    "to: scp: d: set mode: Operation not permitted",
  ]);
});

Deno.test("Relay: reports a source's warning between records, and does not forward it", async () => {
  const { entries, observer } = await relayed({
    source: source().peerSays("\x01scp: x: Permission denied\nC0644 1 a\n")
      .weSay("\0").peerSays("x\0\x01scp: y: Permission denied\n")
      .weSay("\0"),
    target: target().weSay("C0644 1 a\n").peerSays("\0").weSay("x\0")
      .peerSays("\0"),
  });
  assertEquals(entries, 1);
  assertEquals(observer.failures, [
    "from: scp: x: Permission denied",
    "from: scp: y: Permission denied",
  ]);
});

Deno.test("Relay: forwards a source's warning at the end of a body", async () => {
  const { observer } = await relayed({
    source: source().peerSays("C0644 2 a\n")
      .weSay("\0").peerSays("x\0\x01scp: a: Input/output error\n")
      .weSay("\0"),
    target: target().weSay("C0644 2 a\n")
      .peerSays("\0").weSay("x\0\x01scp: a: Input/output error\n")
      .peerSays("\0"),
  });
  assertEquals(observer.failures, ["from: scp: a: Input/output error"]);
});

Deno.test("Relay: drops times that no clock holds, with a warning", async () => {
  const { observer } = await relayed({
    source: source().peerSays("T9223372036854775807 0 1 0\n")
      .weSay("\0").peerSays("C0644 0 a\n")
      .weSay("\0").peerSays("\0")
      .weSay("\0"),
    target: target().weSay("C0644 0 a\n").peerSays("\0").weSay("\0")
      .peerSays("\0"),
  });
  assertEquals(observer.warnings, ["times out of range are not set"]);
});

Deno.test("Relay: warns of a name that may hold an encoded newline, if it is told to", async () => {
  const dialogue = () => ({
    source: source().peerSays("C0644 0 a\\^Jb\n").weSay("\0").peerSays("\0")
      .weSay("\0"),
    target: target().weSay("C0644 0 a\\^Jb\n").peerSays("\0").weSay("\0")
      .peerSays("\0"),
  });
  for (const warnsOfEncoded of [true, false]) {
    const { observer } = await relayed(dialogue(), { warnsOfEncoded });
    assertEquals(
      observer.warnings.filter((warning) => warning.includes("newline")),
      warnsOfEncoded
        ? [
          "a\\^Jb: scp may have encoded a newline so: -s copies the name as it is",
        ]
        : [],
    );
  }
});

Deno.test("Relay: gives an entry no times but its own", async () => {
  await relayed({
    source: source().peerSays("T1 0 1 0\n")
      .weSay("\0").peerSays("C0644 0 refused\n")
      .weSay("\0").peerSays("\0")
      .weSay("\0").peerSays("D0755 0 d\n")
      .weSay("\0").peerSays("T2 0 2 0\n")
      .weSay("\0").peerSays("E\n")
      .weSay("\0").peerSays("C0644 0 b\n")
      .weSay("\0").peerSays("\0")
      .weSay("\0"),
    target: target().weSay("T1 0 1 0\n")
      .peerSays("\0").weSay("C0644 0 refused\n")
      .peerSays("\x01no\n").weSay("D0755 0 d\n")
      // What is inside of a directory does not reach beyond its end.
      .peerSays("\0").weSay("T2 0 2 0\n")
      .peerSays("\0").weSay("E\n")
      .peerSays("\0").weSay("C0644 0 b\n")
      .peerSays("\0").weSay("\0")
      .peerSays("\0"),
  });
});

Deno.test("Relay: ends at an E that ends no directory, and does not forward it", async () => {
  const { entries, isToldEnd } = await relayed({
    source: source().peerSays("E\n"),
    target: target(),
  });
  assertEquals({ entries, isToldEnd }, { entries: 0, isToldEnd: true });
});

Deno.test("Relay: gives the directory that the source ended in", async () => {
  const { entries, endedInside } = await relayed({
    source: source().peerSays("D0755 0 d\n").weSay("\0"),
    target: target().weSay("D0755 0 d\n").peerSays("\0"),
  });
  assertEquals(entries, 1);
  assert(endedInside !== undefined);
});

/** A sink that stops listening, but said why. */
class DeafSink extends ScriptedPeer {
  #writesLeft: number;

  constructor(writes: number) {
    super();
    this.#writesLeft = writes;
  }

  override async write(bytes: Uint8Array): Promise<void> {
    if (this.#writesLeft-- <= 0) throw new SessionError("lost connection");
    await super.write(bytes);
  }
}

Deno.test("Relay: reports the last refusal of a target that stops reading", async () => {
  const dialogue = {
    source: source().peerSays("C0644 3 a\n").weSay("\0").peerSays("abc\0"),
    target: new DeafSink(1).peerSays("\0").weSay("C0644 3 a\n")
      .peerSays("\0\x01scp: a: Disk quota exceeded\n"),
  };
  const { relay, observer } = relayOf(dialogue, {});
  await assertRejects(() => relay.run(), SessionError, "a: lost connection");
  assertEquals(relay.isTargetBroken, true);
  assertEquals(observer.failures, ["to: scp: a: Disk quota exceeded"]);
  assertEquals(observer.bodies.length, 1);
});

/** Names that are none; each is refused at the top and in a directory. */
const BAD_NAMES = ["", ".", "..", "../x", "/x", "a/b", "x/", "x\0y"];

Deno.test("Relay: refuses a name that is none, and forwards nothing of it", async () => {
  for (const name of BAD_NAMES) {
    for (const letter of ["C", "D"]) {
      const message = `error: unexpected filename: ${name}`;
      assertEquals(
        await broken({
          source: source().peerSays(`${letter}0755 0 ${name}\n`)
            .weSay(`\x01scp: ${message}\n`),
          target: target(),
        }),
        { kind: "ProtocolError", message, by: "source" },
      );
      assertEquals(
        await broken({
          source: source().peerSays("D0755 0 d\n")
            .weSay("\0").peerSays(`${letter}0755 0 ${name}\n`)
            .weSay(`\x01scp: ${message}\n`),
          target: target().weSay("D0755 0 d\n").peerSays("\0"),
        }),
        { kind: "ProtocolError", message, by: "source" },
      );
    }
  }
});

Deno.test("Relay: refuses at the top what was not asked for, with -r too", async () => {
  const objectionTo = (name: string) =>
    name === "d" ? undefined : `${name} for d`;
  const reply = "protocol error: filename does not match request";
  const message = `${reply}: e for d`;
  for (const letter of ["C", "D"]) {
    const { kind, by } = await broken({
      source: source().peerSays(`${letter}0755 0 e\n`)
        .weSay(`\x01scp: ${reply}\n`),
      target: target(),
    }, { objectionTo });
    assertEquals({ kind, by }, { kind: "ProtocolError", by: "source" });
  }
  const after = await broken({
    source: source().peerSays("D0755 0 d\n")
      .weSay("\0").peerSays("C0644 0 e\n")
      .weSay("\0").peerSays("\0")
      .weSay("\0").peerSays("E\n")
      .weSay("\0").peerSays("C0644 0 e\n")
      .weSay(`\x01scp: ${reply}\n`),
    target: target().weSay("D0755 0 d\n")
      .peerSays("\0").weSay("C0644 0 e\n")
      .peerSays("\0").weSay("\0E\n")
      .peerSays("\0\0"),
  }, { objectionTo });
  assertEquals(after, {
    kind: "ProtocolError",
    message,
    by: "source",
  });
});

Deno.test("Relay: refuses a directory without -r", async () => {
  const message = "protocol error: received directory without -r";
  assertEquals(
    await broken({
      source: source().peerSays("D0755 0 d\n").weSay(`\x01scp: ${message}\n`),
      target: target(),
    }, { recursive: false }),
    { kind: "ProtocolError", message, by: "source" },
  );
});

Deno.test("Relay: takes a record for a shell's output where the source does not wait for its reply", async () => {
  const reply = "protocol error: filename does not match request";
  const { kind } = await broken({
    source: source().peerSays("C0644 4 e\nC")
      .weSay(`\x01scp: ${reply}\n`),
    target: target(),
  }, { objectionTo: () => "not e" });
  assertEquals(kind, "UnexpectedOutputError");
});

Deno.test("Relay: blames the target whose connection is lost at the end of a body", async () => {
  class LostAtBodyEnd extends ScriptedPeer {
    override async write(bytes: Uint8Array): Promise<void> {
      if (bytes.length === 1) throw new SessionError("lost connection");
      await super.write(bytes);
    }
  }
  const lost = new LostAtBodyEnd().peerSays("\0");
  const end = await broken({
    source: source().peerSays("C0644 0 a\n").weSay("\0").peerSays("\0")
      .weSay("\0"),
    target: lost.weSay("C0644 0 a\n").peerSays("\0"),
  });
  assertEquals(end, {
    kind: "SessionError",
    message: "lost connection",
    by: "target",
  });
});

Deno.test("Relay: forwards the mode bits that it is told to", async () => {
  for (const [modeBits, mode] of [[0o6777, "6755"], [0o777, "0755"]] as const) {
    const { observer } = await relayed({
      source: source().peerSays("C6755 0 e\n").weSay("\0").peerSays("\0")
        .weSay("\0"),
      target: target().weSay(`C${mode} 0 e\n`).peerSays("\0").weSay("\0")
        .peerSays("\0"),
    }, { modeBits });
    assertEquals(observer.failures, []);
  }
});

/** A dialogue that one side breaks, and its end. */
interface Break {
  readonly name: string;
  dialogue(): Dialogue;
  readonly kind: string;
  readonly message: string;
  readonly by: "source" | "target";
}

/** A dialogue up to the first file's body. */
function begunFile(): Dialogue {
  return {
    source: source().peerSays("C0644 3 a\n").weSay("\0"),
    target: target().weSay("C0644 3 a\n").peerSays("\0"),
  };
}

/** One file, up to its pending reply from the target. */
function sentFile(): Dialogue {
  const { source, target } = begunFile();
  return {
    source: source.peerSays("abc\0").weSay("\0"),
    target: target.weSay("abc\0"),
  };
}

/** One file that is whole, with the next record that the source says. */
function wholeFile(next: string): Dialogue {
  const { source, target } = sentFile();
  return { source: source.peerSays(next), target };
}

const BREAKS: readonly Break[] = [
  {
    name: "the source gives up before anything else",
    dialogue: () => ({
      source: source().peerSays("\x02bye\n"),
      target: target(),
    }),
    kind: "RefusalError",
    message: "bye",
    by: "source",
  },
  {
    name: "the source gives up after a file",
    dialogue: () => wholeFile("\x02bye\n"),
    kind: "RefusalError",
    message: "bye",
    by: "source",
  },
  {
    name: "the source gives up in place of a verdict",
    dialogue: () => {
      const { source, target } = begunFile();
      return {
        source: source.peerSays("abc\x02bye\n"),
        target: target.weSay("abc"),
      };
    },
    kind: "RefusalError",
    message: "bye",
    by: "source",
  },
  {
    name: "the source says something else in place of a verdict",
    dialogue: () => {
      const { source, target } = begunFile();
      return {
        source: source.peerSays("abcC0644 1 b\n"),
        target: target.weSay("abc"),
      };
    },
    kind: "UnexpectedOutputError",
    message: 'the remote said "C0644 1 b\n" instead of an ' +
      "acknowledgement",
    by: "source",
  },
  {
    name: "a shell's words come in the source's place",
    dialogue: () => ({
      source: source().peerSays("Welcome to far\n"),
      target: target(),
    }),
    kind: "UnexpectedOutputError",
    message: 'the remote said "Welcome to far" instead of a record',
    by: "source",
  },
  {
    name: "the source says no record after a file",
    dialogue: () => wholeFile("Welcome to far\n"),
    kind: "ProtocolError",
    message: 'the remote said "Welcome to far" instead of a record',
    by: "source",
  },
  {
    name: "the source says no record after a warning",
    dialogue: () => ({
      source: source().peerSays("\x01scp: x: no\nWelcome\n"),
      target: target(),
    }),
    kind: "ProtocolError",
    message: 'the remote said "Welcome" instead of a record',
    by: "source",
  },
  {
    name: "the source's record is malformed",
    dialogue: () => ({
      source: source().peerSays("C644 1 a\n")
        .weSay("\x01scp: protocol error: bad mode\n"),
      target: target(),
    }),
    kind: "UnexpectedOutputError",
    message: "protocol error: bad mode",
    by: "source",
  },
  {
    name: "the source ends in a record",
    dialogue: () => ({
      source: source().peerSays("C0644").peerEnds()
        .weSay("\x01scp: protocol error: lost connection\n"),
      target: target(),
    }),
    kind: "SessionError",
    message: "lost connection",
    by: "source",
  },
  {
    name: "the source ends in a body",
    dialogue: () => {
      const { source, target } = begunFile();
      return { source: source.peerSays("ab"), target: target.weSay("ab") };
    },
    kind: "SessionError",
    message: "a: lost connection after 2 of 3 bytes",
    by: "source",
  },
  {
    name: "the source ends before its verdict",
    dialogue: () => {
      const { source, target } = begunFile();
      return { source: source.peerSays("abc"), target: target.weSay("abc") };
    },
    kind: "SessionError",
    message: "lost connection",
    by: "source",
  },
  {
    name: "the target refuses to begin",
    dialogue: () => ({
      source: new ScriptedPeer(),
      target: new ScriptedPeer().peerSays("\x01scp: t: Not a directory\n"),
    }),
    kind: "RefusalError",
    message: "scp: t: Not a directory",
    by: "target",
  },
  {
    name: "the target gives up before it begins",
    dialogue: () => ({
      source: new ScriptedPeer(),
      target: new ScriptedPeer().peerSays("\x02bye\n"),
    }),
    kind: "RefusalError",
    message: "bye",
    by: "target",
  },
  {
    name: "a shell's words come in the target's place",
    dialogue: () => ({
      source: new ScriptedPeer(),
      target: new ScriptedPeer().peerSays("Welcome to far\n"),
    }),
    kind: "UnexpectedOutputError",
    message: 'the remote said "Welcome to far\n" instead of an acknowledgement',
    by: "target",
  },
  {
    name: "the target ends before it begins",
    dialogue: () => ({
      source: new ScriptedPeer(),
      target: new ScriptedPeer().peerEnds(),
    }),
    kind: "SessionError",
    message: "lost connection",
    by: "target",
  },
  {
    name: "the target replies to a record with something else",
    dialogue: () => ({
      source: source().peerSays("C0644 3 a\n").weSay("\0"),
      target: target().weSay("C0644 3 a\n").peerSays("hello\n"),
    }),
    kind: "UnexpectedOutputError",
    message: 'the remote said "hello\n" instead of an acknowledgement',
    by: "target",
  },
  {
    name: "the target gives up in place of a record's reply",
    dialogue: () => ({
      source: source().peerSays("C0644 3 a\n").weSay("\0"),
      target: target().weSay("C0644 3 a\n").peerSays("\x02bye\n"),
    }),
    kind: "RefusalError",
    message: "bye",
    by: "target",
  },
  {
    name: "the target ends in place of a record's reply",
    dialogue: () => ({
      source: source().peerSays("D0755 0 d\n"),
      target: target().weSay("D0755 0 d\n").peerEnds(),
    }),
    kind: "SessionError",
    message: "lost connection",
    by: "target",
  },
  {
    name: "the target ends in place of a body's reply",
    dialogue: () => {
      const { source, target } = sentFile();
      return { source, target: target.peerEnds() };
    },
    kind: "SessionError",
    message: "lost connection",
    by: "target",
  },
  {
    name: "the target gives up after a body",
    dialogue: () => {
      const { source, target } = sentFile();
      return { source, target: target.peerSays("\x02disk full\n") };
    },
    kind: "RefusalError",
    message: "disk full",
    by: "target",
  },
  {
    name: "the target says something else after a directory",
    dialogue: () => ({
      source: source().peerSays("D0755 0 d\n").weSay("\0").peerSays("E\n")
        .weSay("\0"),
      target: target().weSay("D0755 0 d\n").peerSays("\0").weSay("E\n")
        .peerSays("hello"),
    }),
    kind: "ProtocolError",
    message: 'the remote said "hello" instead of an acknowledgement',
    by: "target",
  },
];

for (const { name, dialogue, kind, message, by } of BREAKS) {
  Deno.test(`Relay: ends where ${name}, and knows the host`, async () => {
    const how = await broken(dialogue());
    assertEquals({ kind: how.kind, by: how.by }, { kind, by });
    assert(how.message.includes(message), how.message);
  });
}

for (const name of ["..\\..\\x", "C:\\x", "C:x", "f:stream"]) {
  Deno.test(`Relay: warns once that a Windows server would take ${name} for a path, and forwards it`, async () => {
    const { observer } = await relayed({
      source: source().peerSays(`C0644 0 ${name}\n`)
        .weSay("\0").peerSays("\0")
        .weSay("\0").peerSays(`C0644 0 ${name}\n`)
        .weSay("\0").peerSays("\0")
        .weSay("\0"),
      target: target().weSay(`C0644 0 ${name}\n`)
        .peerSays("\0").weSay(`\0C0644 0 ${name}\n`)
        .peerSays("\0\0").weSay("\0")
        .peerSays("\0"),
    });
    assertEquals(observer.warnings, [
      `to: ${name}: a Windows server would take such a name for a path`,
    ]);
  });
}
