/**
 * SFTP servers that refuse requests which a copy can do without, or say that
 * they did what they did not: nothing is lost, and nothing fails falsely.
 */

import { assertEquals } from "@std/assert";
import { Fields } from "../support/hostile_sftp_fields.ts";
import { attack } from "../support/hostile_sftp_attack.ts";
import {
  type Exchange,
  type Hook,
  type Hooks,
  type HostileSftpServer,
  instead,
  packetFor,
} from "../support/hostile_sftp_server.ts";
import type { HeldEntry } from "../support/hostile_sftp_tree.ts";
import { status } from "../support/sftp_server.ts";

const SIZE = 0x1;

const denied = instead(status(3, "Permission denied"));
const unsupported = instead(status(8, "Operation unsupported"));

/** Whether a FSETSTAT or SETSTAT has a size in it. */
function setsSize({ fields }: Exchange): boolean {
  const asked = new Fields(fields.rest);
  asked.string();
  return (asked.uint32() & SIZE) !== 0;
}

/** A hook that answers what sets a size, and does not do it. */
function forSize(answer: Hook): Hook {
  return (exchange) => setsSize(exchange) ? answer(exchange) : undefined;
}

const notDone = instead(status(0));

/** Copies `new content` over what is longer, to a server that can be hooked. */
async function overwriteLonger(
  hooks: (held: () => HeldEntry) => Hooks,
  expected = "new content",
): Promise<readonly string[]> {
  let server: HostileSftpServer | undefined;
  const held = () => server!.tree.entries.get("/in/d/f")!;
  const { told } = await attack("a tree that goes", {
    entries: [{ path: "d/f", content: "new content" }],
    held: [{ path: "in/d/f", content: "old content, which is longer" }],
    expected: new Map([["d/", ""], ["d/f", expected]]),
    hooks: hooks(held),
    blockBytes: 5,
    beside: (running) => {
      server = running;
      return Promise.resolve();
    },
  });
  return told;
}

interface Row {
  readonly name: string;
  readonly hooks: Hooks;
}

const ALL_LOOKUPS: Hooks = {
  STAT: denied,
  LSTAT: denied,
  FSTAT: denied,
  REALPATH: denied,
};

const ROWS: readonly Row[] = [
  { name: "is a good one", hooks: {} },
  { name: "does not cut a file by its handle", hooks: { FSETSTAT: denied } },
  {
    name: "knows no FSETSTAT",
    hooks: { FSETSTAT: unsupported },
  },
  { name: "refuses SETSTAT", hooks: { SETSTAT: denied } },
  {
    name: "refuses FSETSTAT and SETSTAT",
    hooks: { FSETSTAT: denied, SETSTAT: unsupported },
  },
  {
    name: "says that it has cut a file, and has not",
    hooks: { FSETSTAT: forSize(notDone) },
  },
  {
    name: "says so by the path alone, and has not",
    hooks: { FSETSTAT: denied, SETSTAT: forSize(notDone) },
  },
  { name: "refuses FSTAT", hooks: { FSTAT: denied } },
  { name: "refuses LSTAT", hooks: { LSTAT: denied } },
  { name: "knows no LSTAT", hooks: { LSTAT: unsupported } },
  { name: "refuses STAT", hooks: { STAT: denied } },
  { name: "refuses STAT and LSTAT", hooks: { STAT: denied, LSTAT: denied } },
  { name: "refuses REALPATH", hooks: { REALPATH: denied } },
  { name: "refuses all that tells of an entry", hooks: ALL_LOOKUPS },
];

/** What is there before, over each of which `new content` is written. */
const OLD: Readonly<Record<string, string>> = {
  longer: "old content, which is longer".repeat(100),
  "as long": "old content",
  shorter: "old",
  empty: "",
};

for (const { name, hooks } of ROWS) {
  for (const [old, content] of Object.entries(OLD)) {
    Deno.test(`A server that ${name} has what is written over a file that is ${old}`, async () => {
      const { told } = await attack("a tree that goes", {
        entries: [
          { path: "d/f", content: "new content" },
          { path: "d/g", content: "another" },
          { path: "d/e", content: "" },
        ],
        held: [
          { path: "in/d/f", content },
          { path: "in/d/e", content },
        ],
        hooks,
        blockBytes: 5,
      });
      assertEquals(told, []);
    });
  }
}

Deno.test("A server that empties a file when it is to cut it gets the file once more", async () => {
  const told = await overwriteLonger((held) => ({
    FSETSTAT: forSize(({ id }) => {
      held().content = "";
      return packetFor(id, status(0));
    }),
  }));
  assertEquals(told, []);
});

Deno.test("A server that neither cuts nor empties a file is told of", async () => {
  const told = await overwriteLonger((held) => ({
    FSETSTAT: forSize(denied),
    SETSTAT: forSize(denied),
    OPEN: (exchange) => {
      const { content } = held();
      const { packet } = exchange;
      held().content = content;
      return packet;
    },
  }), "new content, which is longer");
  assertEquals(told, [
    "scp: in/d/f: truncate: the server does not",
  ]);
});

Deno.test("A target that nothing tells of is taken for no directory, and filled if it is one", async () => {
  const { told } = await attack("a tree that goes", {
    entries: [{ path: "d/f", content: "new content" }],
    held: [{ path: "in/f", content: "old content, which is longer" }],
    expected: new Map([["f", "new content"]]),
    hooks: { ...ALL_LOOKUPS, OPENDIR: denied },
  });
  assertEquals(told, []);
});
