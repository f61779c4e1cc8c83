/**
 * SFTP servers that refuse requests which a copy can do without, or say that
 * they did what they did not: nothing is lost, and nothing fails falsely.
 */

import { assertEquals } from "@std/assert";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
  Listing,
  OpenFile,
} from "../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../lib/disk/local_file_system.ts";
import { withFaults } from "../support/file_systems/faulty_file.ts";
import { Fields } from "../support/hostile/sftp_fields.ts";
import { attack } from "../support/hostile/sftp_attack.ts";
import {
  type Exchange,
  type Hook,
  type Hooks,
  type HostileSftpServer,
  instead,
  packetFor,
} from "../support/hostile/sftp_server.ts";
import type { HeldEntry } from "../support/hostile/sftp_tree.ts";
import { listingOf } from "../support/fixtures/listed_entries.ts";
import { status } from "../support/sftp/server.ts";

const denied = instead(status(3, "Permission denied"));
const unsupported = instead(status(8, "Operation unsupported"));

/** The size that a FSETSTAT or SETSTAT sets, if it does. */
function sizeIn({ fields }: Exchange): number | undefined {
  const asked = new Fields(fields.rest);
  asked.string();
  return asked.attributes().size;
}

/** A hook that answers what sets a size, and does not do it. */
function forSize(answer: Hook): Hook {
  return (exchange) =>
    sizeIn(exchange) !== undefined ? answer(exchange) : undefined;
}

const notDone = instead(status(0));

/** Copies `new content` over what is longer, to a server that can be hooked. */
async function overwriteLonger(
  hooks: (held: () => HeldEntry) => Hooks,
  { expected = "new content", files = new LocalFileSystem() }: {
    expected?: string;
    files?: FileSystem;
  } = {},
): Promise<readonly string[]> {
  let server: HostileSftpServer | undefined;
  const held = () => server!.tree.entries.get("/in/d/f")!;
  const { told } = await attack("a tree that goes", {
    entries: [{ path: "d/f", content: "new content" }],
    held: [{ path: "in/d/f", content: "old content, which is longer" }],
    expected: new Map([["d/", ""], ["d/f", expected]]),
    hooks: hooks(held),
    blockBytes: 5,
    files,
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

/** Files that are there before; `new content` is written over each. */
const OLD: Readonly<Record<string, string>> = {
  longer: "old content, which is longer".repeat(100),
  "as long": "old content",
  shorter: "old",
  empty: "",
};

for (const { name, hooks } of ROWS) {
  for (const [old, content] of Object.entries(OLD)) {
    Deno.test(`SFTP writes: a server that ${name} has what is written over a file that is ${old}`, async () => {
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

/** Results of a truncation on different servers. */
const CUTS: Readonly<Record<string, (held: HeldEntry, size: number) => void>> =
  {
    "empties a file": (held) => void (held.content = ""),
    // Paramiko's stub server does.
    "fills a file with zeros": (held, size) =>
      void (held.content = "\0".repeat(size)),
    "leaves a file as it is": () => {},
    "makes a file longer": (held) => void (held.content += "more"),
  };

for (const [name, cut] of Object.entries(CUTS)) {
  Deno.test(`SFTP writes: a server that ${name} when it is to cut it holds what was written`, async () => {
    const told = await overwriteLonger((held) => ({
      FSETSTAT: (exchange) => {
        const size = sizeIn(exchange);
        if (size === undefined) return undefined;
        cut(held(), size);
        return packetFor(exchange.id, status(0));
      },
    }));
    assertEquals(told, []);
  });
}

/** Tells that files are longer than they are, as /sys does. */
class Boasting extends LocalFileSystem {
  override async stat(path: string): Promise<Attributes> {
    return longer(await super.stat(path));
  }

  override async readdir(path: string): Promise<Listing> {
    const listing = await super.readdir(path);
    return listingOf(untold(listing));
  }

  override async openToRead(path: string): Promise<OpenFile> {
    const file = await super.openToRead(path);
    return withFaults(file, {
      stat: async () => longer(await file.stat()),
    });
  }
}

function longer(attributes: Attributes): Attributes {
  return { ...attributes, size: 4096 };
}

async function* untold(listing: Listing): AsyncIterable<DirectoryEntry> {
  for await (const { name } of listing) yield { name };
}

for (const name of ["empties a file", "leaves a file as it is"]) {
  Deno.test(`SFTP writes: a server that ${name} when it is to cut it gets what was shorter than it was told to be once more`, async () => {
    let opened = 0;
    const told = await overwriteLonger((held) => ({
      OPEN: () => void opened++,
      FSETSTAT: (exchange) => {
        const size = sizeIn(exchange);
        if (size === undefined) return undefined;
        CUTS[name]!(held(), size);
        return packetFor(exchange.id, status(0));
      },
    }), { files: new Boasting() });
    assertEquals(told, []);
    assertEquals(opened, 2);
  });
}

Deno.test("SFTP writes: a server that neither cuts nor empties a file is told of, and keeps it", async () => {
  const told = await overwriteLonger((held) => ({
    FSETSTAT: forSize(denied),
    SETSTAT: forSize(denied),
    OPEN: (exchange) => {
      const { content } = held();
      const { packet } = exchange;
      held().content = content;
      return packet;
    },
  }), { expected: "old content, which is longer" });
  assertEquals(told, [
    "scp: in/d/f: truncate: the server neither cuts nor empties it",
  ]);
});

Deno.test("SFTP writes: a target that nothing tells of is taken for no directory, and filled if it is one", async () => {
  const { told } = await attack("a tree that goes", {
    entries: [{ path: "d/f", content: "new content" }],
    held: [{ path: "in/f", content: "old content, which is longer" }],
    expected: new Map([["f", "new content"]]),
    hooks: { ...ALL_LOOKUPS, OPENDIR: denied },
  });
  assertEquals(told, []);
});
