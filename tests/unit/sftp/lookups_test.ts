/** Lookups on servers that refuse some of the requests. */

import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import {
  type Answer,
  attributes,
  handle,
  names,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";

const FILE = attributes(0o100644);
const DIRECTORY = attributes(0o040755);
const LINK = attributes(0o120777);
const MISSING = status(2, "No such file");
const DENIED = status(3, "Permission denied");
const FAILED = status(4, "Failure");
const UNSUPPORTED = status(8, "Operation unsupported");

/** Responses of a server, which does not support the absent ones. */
type World = Readonly<Record<string, Answer>>;

async function filesOf(world: World): Promise<{
  files: SftpFileSystem;
  server: SftpServer;
}> {
  const server = new SftpServer().on("CLOSE", () => status(0));
  for (const [name, answer] of Object.entries(world)) {
    server.on(name, () => answer);
  }
  const session = await SftpSession.begin(server.channel);
  const files = await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes: 1024,
  });
  return { files, server };
}

interface Row {
  readonly name: string;
  readonly world: World;
  /** Kind that `find` gives; `undefined` where there is no entry. */
  readonly found: string | undefined;
  /** Kind that `stat` gives, or the message of its error. */
  readonly source: string;
}

const ROWS: readonly Row[] = [
  {
    name: "tells all",
    world: { LSTAT: FILE, STAT: FILE },
    found: "file",
    source: "file",
  },
  {
    name: "has nothing there",
    world: { LSTAT: MISSING, STAT: MISSING },
    found: undefined,
    source: "scp: f: No such file or directory",
  },
  {
    name: "knows no LSTAT",
    world: { STAT: DIRECTORY },
    found: "directory",
    source: "directory",
  },
  {
    name: "knows no LSTAT, and has nothing there",
    world: { STAT: MISSING },
    found: undefined,
    source: "scp: f: No such file or directory",
  },
  {
    name: "fails at LSTAT",
    world: { LSTAT: FAILED, STAT: FILE },
    found: "file",
    source: "file",
  },
  {
    name: "refuses STAT",
    world: { LSTAT: FILE, STAT: DENIED },
    found: "file",
    source: "file",
  },
  {
    name: "refuses STAT of a link to a directory",
    world: { LSTAT: LINK, STAT: DENIED, OPENDIR: handle("h") },
    found: "directory",
    source: "directory",
  },
  {
    name: "refuses STAT, and has nothing there",
    world: { LSTAT: MISSING, STAT: DENIED },
    found: undefined,
    source: "scp: f: No such file or directory",
  },
  {
    name: "refuses both for a directory",
    world: { LSTAT: DENIED, STAT: DENIED, OPENDIR: handle("h") },
    found: "directory",
    source: "directory",
  },
  {
    name: "refuses both for a file",
    world: {
      LSTAT: DENIED,
      STAT: DENIED,
      OPENDIR: MISSING,
      OPEN: handle("h"),
      FSTAT: FILE,
    },
    found: "unknown",
    source: "file",
  },
  {
    name: "refuses all but to open a file",
    world: { LSTAT: DENIED, STAT: DENIED, FSTAT: DENIED, OPEN: handle("h") },
    found: "unknown",
    source: "file",
  },
  {
    name: "refuses both, and has nothing there",
    world: {
      LSTAT: DENIED,
      STAT: DENIED,
      OPENDIR: MISSING,
      OPEN: MISSING,
    },
    found: "unknown",
    source: "scp: f: No such file or directory",
  },
  {
    name: "refuses everything",
    world: {
      LSTAT: UNSUPPORTED,
      STAT: DENIED,
      OPENDIR: DENIED,
      OPEN: DENIED,
      REALPATH: DENIED,
    },
    found: "unknown",
    source: "scp: f: Permission denied",
  },
  {
    name: "does not tell the kind of a directory",
    world: {
      LSTAT: attributes(0o755),
      STAT: attributes(0o755),
      OPENDIR: handle("h"),
    },
    found: "directory",
    source: "directory",
  },
  {
    name: "tells nothing of a file",
    world: { LSTAT: attributes(), STAT: attributes(), OPENDIR: FAILED },
    found: "file",
    source: "file",
  },
];

for (const { name, world, found, source } of ROWS) {
  Deno.test(`find() and stat(): cope with a server that ${name}`, async () => {
    const { files, server } = await filesOf(world);
    assertEquals((await files.find("f"))?.kind, found);
    const told = await files.stat("f").then(
      ({ kind }) => kind,
      (error: Error) => error.message,
    );
    assertEquals(told, source);
    // Every handle of a lookup is closed.
    await files.find("other");
    const count = (asked: RegExp) =>
      server.asked.filter((line) => asked.test(line)).length;
    const opens = world["OPENDIR"]?.type === "\x66" ||
      world["OPEN"]?.type === "\x66";
    assertEquals(count(/^CLOSE/) > 0, opens);
  });

  Deno.test(`findSource(): copes with a server that ${name}`, async () => {
    const { files } = await filesOf(world);
    const isKind = !source.startsWith("scp:");
    assertEquals(
      (await files.findSource("f"))?.kind,
      isKind ? source as "file" : undefined,
    );
  });
}

Deno.test("find(): sends one request where LSTAT answers", async () => {
  const { files, server } = await filesOf({ LSTAT: FILE });
  await files.find("f");
  assertEquals(server.asked, ["LSTAT f"]);
});

Deno.test("find(): gives the identity behind a link", async () => {
  const { files } = await filesOf({
    LSTAT: DENIED,
    STAT: FILE,
    REALPATH: names(["/real/f"]),
  });
  assertEquals((await files.find("f"))?.identity, "/real/f");
});

Deno.test("identify(): gives no path of more than 32 KiB", async () => {
  for (const [length, isKnown] of [[32 * 1024, true], [32 * 1024 + 1, false]]) {
    const path = "p".repeat(length as number);
    const { files } = await filesOf({ REALPATH: names([path]) });
    assertEquals(await files.identify("f"), isKnown ? path : undefined);
  }
});

Deno.test("readlink(): throws for a target of more than 32 KiB", async () => {
  const { files } = await filesOf({
    LSTAT: LINK,
    READLINK: names(["p".repeat(32 * 1024 + 1)]),
  });
  const error = await assertRejects(() => files.readlink("f"), EntryError);
  assertEquals(
    error.message,
    "scp: f: the server answers with a name of more than 32768 bytes",
  );
});
