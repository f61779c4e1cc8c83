/** `SftpFileSystem` over servers in memory, with responses that sshd never sends. */

import type { SftpTuning } from "../../../lib/options/copy_options.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  EntryError,
  ProtocolError,
  SessionError,
  TooManyOpenError,
} from "../../../lib/errors.ts";
import type {
  Concurrency,
  FileSystem,
} from "../../../lib/filesystem/file_system.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { uint64, wire } from "../../support/sftp/bytes.ts";
import {
  type Answer,
  attributes,
  data,
  extended,
  handle,
  names,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";

async function assertFails(
  call: () => Promise<unknown>,
  message: string,
): Promise<void> {
  const error = await assertRejects(call, EntryError);
  assertEquals(error.message, message);
}

/** Gives the files of a server in memory. */
async function filesOf(
  server: SftpServer,
  tuning: SftpTuning = {},
  blockBytes = 256 * 1024,
): Promise<SftpFileSystem> {
  const session = await SftpSession.begin(server.channel);
  return await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning,
    blockBytes,
  });
}

/** Gives a server with limits; 0 where it tells none. */
function limitedServer(
  { read = 0, write = 0, handles = 0 },
): SftpServer {
  return new SftpServer({ "limits@openssh.com": "1" })
    .on(
      "limits@openssh.com",
      () => extended([0, read, write, handles].map(uint64).join("")),
    );
}

interface ConcurrencyRow {
  readonly name: string;
  readonly server: SftpServer;
  readonly tuning?: SftpTuning;
  readonly blockBytes?: number;
  readonly concurrency: Concurrency;
}

const KIB = 1024;

const CONCURRENCIES: readonly ConcurrencyRow[] = [
  {
    name: "a server that does not tell what it takes",
    server: new SftpServer(),
    concurrency: {
      entries: 64,
      mostEntries: 64,
      blocks: 64,
      blockBytes: 32 * KIB,
    },
  },
  {
    name: "a server that says it does, and refuses",
    server: new SftpServer({ "limits@openssh.com": "1" }),
    concurrency: {
      entries: 128,
      mostEntries: 128,
      blocks: 64,
      blockBytes: 32 * KIB,
    },
  },
  {
    name: "OpenSSH's server",
    server: limitedServer({
      read: 255 * KIB,
      write: 255 * KIB,
      handles: 1019,
    }),
    concurrency: {
      entries: 128,
      mostEntries: 128,
      blocks: 10,
      blockBytes: 255 * KIB,
    },
  },
  {
    name: "a server without limits",
    server: limitedServer({}),
    concurrency: {
      entries: 128,
      mostEntries: 128,
      blocks: 64,
      blockBytes: 32 * KIB,
    },
  },
  {
    name: "a server whose limits are very high",
    server: limitedServer({
      read: 2 ** 52,
      write: 2 ** 52,
      handles: 2 ** 52,
    }),
    concurrency: {
      entries: 128,
      mostEntries: 128,
      blocks: 10,
      blockBytes: 255 * KIB,
    },
  },
  {
    name: "a server that takes little, and holds little open",
    server: limitedServer({ read: 40_000, write: 30_000, handles: 9 }),
    concurrency: { entries: 7, mostEntries: 7, blocks: 64, blockBytes: 30_000 },
  },
  {
    name: "a server that takes next to nothing",
    server: limitedServer({ read: 1, write: 1, handles: 1 }),
    concurrency: { entries: 1, mostEntries: 1, blocks: 64, blockBytes: 64 },
  },
  {
    name: "a slow copy",
    server: limitedServer({ read: 255 * KIB, write: 255 * KIB }),
    blockBytes: 4096,
    concurrency: {
      entries: 128,
      mostEntries: 128,
      blocks: 64,
      blockBytes: 4096,
    },
  },
  {
    name: "a user who wants few and small requests",
    server: limitedServer({ read: 255 * KIB, write: 255 * KIB }),
    tuning: { requests: 1, bufferBytes: 100 },
    concurrency: { entries: 128, mostEntries: 128, blocks: 1, blockBytes: 100 },
  },
  {
    name: "a user who wants many and large ones of a server that does not tell",
    server: new SftpServer(),
    tuning: { requests: 1000, bufferBytes: 1_000_000 },
    concurrency: {
      entries: 64,
      mostEntries: 64,
      blocks: 1000,
      blockBytes: 255 * KIB,
    },
  },
  {
    name: "a user who wants more than the server takes",
    server: limitedServer({ read: 50_000, write: 60_000 }),
    tuning: { bufferBytes: 100_000 },
    concurrency: {
      entries: 128,
      mostEntries: 128,
      blocks: 52,
      blockBytes: 50_000,
    },
  },
  {
    name: "a user who wants requests of no length",
    server: new SftpServer(),
    tuning: { bufferBytes: 1 },
    concurrency: { entries: 64, mostEntries: 64, blocks: 64, blockBytes: 64 },
  },
];

for (const { name, server, tuning, blockBytes, concurrency } of CONCURRENCIES) {
  Deno.test(`concurrency: is that of ${name}, near by`, async () => {
    // The answer with the limits takes no time.
    using _now = stub(performance, "now", () => 0);
    const files = await filesOf(server, tuning, blockBytes);
    assertEquals(files.concurrency, concurrency);
  });
}

Deno.test("concurrency: is one entry and one block in lockstep", async () => {
  const server = limitedServer({ handles: 100 });
  const session = await SftpSession.begin(server.channel, { lockstep: true });
  const { concurrency } = await SftpFileSystem.of(session, {
    label: "",
    tuning: { requests: 10 },
    blockBytes: KIB,
  });
  assertEquals(concurrency, {
    entries: 1,
    mostEntries: 1,
    blocks: 1,
    blockBytes: KIB,
  });
});

/** Refusals to open a file that could be opened later. */
const TOO_MANY: readonly Answer[] = [
  status(4),
  status(4, "Failure"),
  status(4, "Too many open files"),
  // Message of Twisted Conch.
  status(4, "open failed"),
  status(4, "open f: too many open files in system"),
  status(24, "Too many open files"),
];

for (const open of ["openToRead", "readdir"] as const) {
  Deno.test(`${open}(): throws TooManyOpenError where other handles are open`, async () => {
    for (const answer of TOO_MANY) {
      const server = new SftpServer().on("CLOSE", () => status(0));
      const files = await filesOf(server);
      server.on("OPEN", () => handle("h")).on("OPENDIR", () => handle("h"));
      const other = await files.openToRead("other");
      server.on("OPEN", () => answer).on("OPENDIR", () => answer);
      await assertRejects(() => files[open]("f"), TooManyOpenError);
      await other.close();
      const error = await assertRejects(() => files[open]("f"), EntryError);
      assert(!(error instanceof TooManyOpenError));
    }
  });

  Deno.test(`${open}(): throws plain errors for other reasons`, async () => {
    for (const answer of [status(2), status(3), status(4, "Is a directory")]) {
      const server = new SftpServer();
      const files = await filesOf(server);
      server.on("OPEN", () => handle("h"));
      await files.openToRead("other");
      server.on("OPEN", () => answer).on("OPENDIR", () => answer);
      const error = await assertRejects(() => files[open]("f"), EntryError);
      assert(!(error instanceof TooManyOpenError));
    }
  });
}

Deno.test("openToRead(): counts requests in flight as open handles", async () => {
  const server = new SftpServer().on(
    "OPEN",
    ({ subject }) => subject === "a" ? handle("h") : status(4),
  );
  const files = await filesOf(server);
  const [, other] = await Promise.allSettled([
    files.openToRead("a"),
    files.openToRead("b"),
  ]);
  assert(other.status === "rejected");
  assert(other.reason instanceof TooManyOpenError);
});

Deno.test("read() and write(): keep to the server's limits", async () => {
  const server = limitedServer({ read: 100, write: 70 })
    .on("OPEN", () => handle("h"))
    .on("READ", () => data("x".repeat(100)))
    .on("WRITE", () => status(0));
  const files = await filesOf(server);
  const asked: string[] = [];
  for (const name of ["READ", "WRITE"]) {
    server.on(name, ({ rest }) => {
      const view = new DataView(wire(rest).buffer);
      asked.push(`${name} ${view.getBigUint64(0)} ${view.getUint32(8)}`);
      return name === "READ" ? data("x".repeat(100)) : status(0);
    });
  }
  const file = await files.openToWrite("f", 0o644);
  assertEquals(await file.read(new Uint8Array(1000), 5), 100);
  await file.write(new Uint8Array(150), 7);
  assertEquals(asked, [
    "READ 5 100",
    "WRITE 7 70",
    "WRITE 77 70",
    "WRITE 147 10",
  ]);
});

Deno.test("write(): throws where any of its requests fails", async () => {
  let writes = 0;
  const server = limitedServer({ read: 100, write: 100 })
    .on("OPEN", () => handle("h"))
    .on("WRITE", () => status(++writes === 2 ? 3 : 0));
  const files = await filesOf(server);
  const file = await files.openToWrite("f", 0o644);
  await assertFails(
    () => file.write(new Uint8Array(300), 0),
    "scp: f: Permission denied",
  );
});

Deno.test("read(): gives the data of a server that sends less", async () => {
  const server = new SftpServer()
    .on("OPEN", () => handle("h"))
    .on("READ", () => data("ab"));
  const files = await filesOf(server);
  const file = await files.openToRead("f");
  const buffer = new Uint8Array(4);
  assertEquals(await file.read(buffer, 0), 2);
  assertEquals(buffer, wire("ab\0\0"));
});

Deno.test("identifyInside(): is there where a listing is sure to show links as links", async () => {
  const unsure = await filesOf(new SftpServer());
  assertEquals(unsure.identifyInside, undefined);
  const { identifyInside } = await filesOf(limitedServer({}));
  assertEquals(identifyInside?.("/home/me", "d e"), "/home/me/d e");
  assertEquals(identifyInside?.("/", "d"), "/d");
});

Deno.test("copyRange() and expandPath(): need the server's extensions", async () => {
  const files: FileSystem = await filesOf(new SftpServer());
  assertEquals(files.copyRange, undefined);
  const server = new SftpServer({ "copy-data": "1" });
  assert((await filesOf(server)).copyRange !== undefined);
  await assertFails(
    async () => await (await filesOf(new SftpServer())).expandPath("~u/f"),
    "scp: ~u/f: the server cannot tell whose home that is",
  );
});

/** Calls that accept one kind of response. */
const CALLS: Readonly<
  Record<string, (files: SftpFileSystem) => Promise<unknown>>
> = {
  LSTAT: (files) => files.find("f"),
  STAT: (files) => files.stat("f"),
  OPEN: (files) => files.openToRead("f"),
  OPENDIR: (files) => files.readdir("f"),
  REMOVE: (files) => files.remove("f"),
  MKDIR: (files) => files.mkdir("f", 0o755),
  SETSTAT: (files) => files.setMode("f", 0o644),
  SYMLINK: (files) => files.symlink("f", "x"),
  "expand-path@openssh.com": (files) => files.expandPath("~u"),
};

const EXTENSIONS = { "expand-path@openssh.com": "1" };

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`SftpFileSystem: ends the session on a wrong response to ${name}`, async () => {
    const server = new SftpServer(EXTENSIONS).on(name, () => extended("x"));
    const files = await filesOf(server);
    const error = await assertRejects(() => call(files), ProtocolError);
    assertEquals(
      error.message,
      "protocol error: what was asked is not answered by extended",
    );
    const later = await assertRejects(() => files.find("g"), ProtocolError);
    assert(later === error);
  });
}

for (const name of ["STAT", "OPEN", "OPENDIR", "LSTAT"]) {
  Deno.test(`SftpFileSystem: ends the session on a bare OK to ${name}`, async () => {
    const server = new SftpServer().on(name, () => status(0));
    const files = await filesOf(server);
    await assertRejects(() => CALLS[name]!(files), ProtocolError);
  });
}

Deno.test("readlink(): ends the session on two names, or none", async () => {
  for (const answer of [names(), names(["a"], ["b"])]) {
    const server = new SftpServer()
      .on("LSTAT", () => attributes(0o120777))
      .on("READLINK", () => answer);
    const files = await filesOf(server);
    await assertRejects(() => files.readlink("f"), ProtocolError);
  }
});

Deno.test("identify(): gives nothing where REALPATH fails", async () => {
  for (const answer of [status(2), status(4), names()]) {
    const server = new SftpServer().on("REALPATH", () => answer);
    const files = await filesOf(server);
    assertEquals(await files.identify("f"), undefined);
  }
});

Deno.test("find(): gives the attributes behind a link, with or without an identity", async () => {
  const serverOf = (realPath: Answer): SftpServer =>
    new SftpServer()
      .on("LSTAT", () => attributes(0o120777))
      .on("STAT", () => attributes(0o040755))
      .on("REALPATH", () => realPath);
  const found = await (await filesOf(serverOf(status(4)))).find("link");
  assertEquals([found?.kind, found?.identity], ["directory", undefined]);
  const known = await (await filesOf(serverOf(names(["/d"])))).find("link");
  assertEquals([known?.kind, known?.identity], ["directory", "/d"]);
});

Deno.test("SftpFileSystem: throws where the connection is lost", async () => {
  for (const [name, call] of Object.entries(CALLS)) {
    const server = new SftpServer(EXTENSIONS);
    const files = await filesOf(server.on(name, () => {
      server.end();
      return undefined;
    }));
    await assertRejects(() => call(files), SessionError, "lost connection");
  }
});

Deno.test("SftpFileSystem: closes handles without waiting, even at the end of the session", async () => {
  const server = new SftpServer()
    .on("OPEN", () => handle("h"))
    .on("CLOSE", () => {
      server.end();
      return undefined;
    });
  const files = await filesOf(server);
  {
    using _file = await files.openToRead("f");
  }
  await assertRejects(() => files.find("f"), SessionError);
});

Deno.test("join(): writes a path as scp does", async () => {
  const files = await filesOf(new SftpServer());
  const rows: readonly (readonly [string, string, string])[] = [
    ["d", "f", "d/f"],
    ["/", "f", "/f"],
    ["d/", "f", "d/f"],
    [".", "f", "./f"],
    ["//", "f", "//f"],
  ];
  for (const [directory, name, expected] of rows) {
    assertEquals(files.join(directory, name), expected);
  }
});

Deno.test("nameOf(): gives the last component, trailing slashes ignored", async () => {
  const files = await filesOf(new SftpServer());
  const rows: readonly (readonly [string, string])[] = [
    ["f", "f"],
    ["d/f", "f"],
    ["d/f//", "f"],
    ["/f", "f"],
    ["..", ".."],
    ["d/.", "."],
    ["a b", "a b"],
    ["d\\f", "d\\f"],
  ];
  for (const [path, expected] of rows) {
    assertEquals(files.nameOf(path), expected, path);
  }
});
