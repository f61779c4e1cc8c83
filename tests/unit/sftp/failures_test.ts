import { assert, assertEquals, assertRejects } from "@std/assert";
import { EntryError, ProtocolError } from "../../../lib/errors.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { uint64 } from "../../support/sftp/bytes.ts";
import {
  type Answer,
  attributes,
  extended,
  handle,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";

const FILE = 0o100644;
const DIRECTORY = 0o040755;
const DEVICE = 0o020666;

const STATVFS = { "statvfs@openssh.com": "2" };

/** State of a disk, as statvfs reports it. */
interface Disk {
  /** In blocks of 4 KiB. */
  readonly free?: number;
  readonly inodes?: number;
  readonly freeInodes?: number;
  readonly flags?: number;
}

const FULL: Disk = { free: 0 };
const READ_ONLY: Disk = { flags: 1 };
const OUT_OF_INODES: Disk = { freeInodes: 0 };
const ROOMY: Disk = {};

/** Gives a reply to `statvfs@openssh.com`, in the order of struct statvfs. */
function fileSystem(
  { free = 1_000_000, inodes = 1000, freeInodes = 500, flags = 0 }: Disk,
): Answer {
  return extended(
    [
      1_048_576, // f_bsize
      4096, // f_frsize
      2_000_000, // f_blocks
      free + 100, // f_bfree: root has some more
      free, // f_bavail
      inodes, // f_files
      freeInodes, // f_ffree
      freeInodes, // f_favail
      42, // f_fsid
      flags, // f_flag
      255, // f_namemax
    ].map(uint64).join(""),
  );
}

/** Permissions of the entry at each path, the kind among them. */
type Tree = Readonly<Record<string, number>>;

interface World {
  readonly tree?: Tree;
  /** Absent where the server cannot tell. */
  readonly disk?: Disk;
  /** Response to the request that fails. */
  readonly refusal?: Answer;
}

const FAILURE = status(4, "Failure");

/** Gives a server on which every change fails. */
function failingServer(
  { tree = { "/d": DIRECTORY }, disk, refusal = FAILURE }: World,
): SftpServer {
  const server = new SftpServer(disk === undefined ? {} : STATVFS);
  for (const name of ["WRITE", "MKDIR", "SYMLINK"]) {
    server.on(name, () => refusal);
  }
  return server
    // A handle is the path it was opened by.
    .on("OPEN", ({ subject, rest }) => {
      const isNew = rest.startsWith("\0\0\0\x1a") &&
        tree[subject] === undefined;
      return isNew || tree[subject] === DIRECTORY ? refusal : handle(subject);
    })
    .on("STAT", ({ subject }) => {
      const permissions = tree[subject];
      return permissions === undefined ? status(2) : attributes(permissions);
    })
    .on("CLOSE", () => status(0))
    .on("statvfs@openssh.com", () => fileSystem(disk!));
}

async function filesOf(server: SftpServer): Promise<SftpFileSystem> {
  const session = await SftpSession.begin(server.channel);
  return await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes: 32 * 1024,
  });
}

/** Actions on `/d/f`, or another path. */
const TRIES = {
  "create file": async (
    files: SftpFileSystem,
    path = "/d/f",
  ): Promise<void> => {
    await files.openToWrite(path, 0o644);
  },
  "create directory": async (
    files: SftpFileSystem,
    path = "/d/f",
  ): Promise<void> => {
    await files.mkdir(path, 0o755);
  },
  "symlink": async (files: SftpFileSystem, path = "/d/f"): Promise<void> => {
    await files.symlink(path, "x");
  },
  "write": async (files: SftpFileSystem, path = "/d/f"): Promise<void> => {
    const file = await files.openToWrite(path, 0o644);
    await file.write(new Uint8Array(5), 0);
  },
};

type Try = keyof typeof TRIES;

/** Gives the message of an action that fails in a world. */
async function failing(
  what: Try,
  world: World,
  path?: string,
): Promise<string> {
  const files = await filesOf(failingServer(world));
  const error = await assertRejects(() => TRIES[what](files, path), EntryError);
  return error.message;
}

const QUOTA =
  "Failure, though there is room on the disk: a quota or a limit on the " +
  "length of files is exceeded, most likely";

/** Tree with a file to write to. */
const WITH_FILE: Tree = { "/d": DIRECTORY, "/d/f": FILE };

interface Row {
  readonly name: string;
  readonly tries: readonly Try[];
  readonly world: World;
  readonly reason: string;
}

const ROWS: readonly Row[] = [
  {
    name: "a full disk",
    tries: ["create file", "create directory", "symlink"],
    world: { disk: FULL },
    reason: "No space left on device",
  },
  {
    name: "a disk that is full",
    tries: ["write"],
    world: { tree: WITH_FILE, disk: FULL },
    reason: "No space left on device",
  },
  {
    name: "a disk that has less than 1 MiB left",
    tries: ["write"],
    world: { tree: WITH_FILE, disk: { free: 255 } },
    reason: "No space left on device",
  },
  {
    name: "a disk that has 1 MiB left",
    tries: ["write"],
    world: { tree: WITH_FILE, disk: { free: 256 } },
    reason: QUOTA,
  },
  {
    name: "a disk that has room",
    tries: ["write"],
    world: { tree: WITH_FILE, disk: ROOMY },
    reason: QUOTA,
  },
  {
    name: "a disk that has room",
    tries: ["create file", "create directory", "symlink"],
    world: { disk: ROOMY },
    reason: "Failure",
  },
  {
    name: "a read-only disk",
    tries: ["create file", "create directory", "symlink"],
    world: { disk: READ_ONLY },
    reason: "Read-only file system",
  },
  {
    name: "a read-only disk",
    tries: ["write"],
    world: { tree: WITH_FILE, disk: { ...READ_ONLY, ...FULL } },
    reason: "Read-only file system",
  },
  {
    name: "a disk that is out of inodes",
    tries: ["create file", "create directory", "symlink"],
    world: { disk: OUT_OF_INODES },
    reason: "No space left on device",
  },
  {
    name: "a disk that is out of inodes, the file being there",
    tries: ["write"],
    world: { tree: WITH_FILE, disk: OUT_OF_INODES },
    reason: QUOTA,
  },
  {
    name: "a disk without a limit on inodes",
    tries: ["create file", "create directory", "symlink"],
    world: { disk: { inodes: 0, freeInodes: 0 } },
    reason: "Failure",
  },
  {
    name: "a directory that is not there",
    tries: ["create file", "create directory", "symlink"],
    world: { tree: {}, disk: FULL },
    reason: "No such file or directory",
  },
  {
    name: "a directory that is a file",
    tries: ["create file", "create directory", "symlink"],
    world: { tree: { "/d": FILE }, disk: FULL },
    reason: "Not a directory",
  },
  {
    name: "a directory that is a device",
    tries: ["create file", "create directory", "symlink"],
    world: { tree: { "/d": DEVICE }, disk: ROOMY },
    reason: "Not a directory",
  },
  {
    name: "a directory at the path",
    tries: ["create file"],
    world: { tree: { "/d": DIRECTORY, "/d/f": DIRECTORY }, disk: FULL },
    reason: "Is a directory",
  },
  {
    name: "a directory at the path",
    tries: ["create directory", "symlink"],
    world: { tree: { "/d": DIRECTORY, "/d/f": DIRECTORY }, disk: FULL },
    reason: "File exists",
  },
  {
    name: "a file at the path",
    tries: ["create directory", "symlink"],
    world: { tree: WITH_FILE, disk: FULL },
    reason: "File exists",
  },
  {
    name: "a device at the path",
    tries: ["write"],
    world: { tree: { "/d": DIRECTORY, "/d/f": DEVICE }, disk: FULL },
    reason: "Failure: it is no regular file, which may take nothing over " +
      "SFTP: try -O",
  },
];

for (const { name, tries, world, reason } of ROWS) {
  for (const what of tries) {
    Deno.test(`explainFailure(): accounts for ${name} on a failure to ${titleOf(what)}`, async () => {
      assertEquals(await failing(what, world), `scp: /d/f: ${reason}`);
    });
  }
}

function titleOf(what: Try): string {
  return what.replace("create ", "create a ").replace("make ", "make a ");
}

for (
  const what of ["create file", "create directory", "symlink", "write"] as const
) {
  const tree = what === "write" ? WITH_FILE : { "/d": DIRECTORY };

  Deno.test(`explainFailure(): says Failure to ${titleOf(what)} on a server without statvfs`, async () => {
    const server = failingServer({ tree });
    const files = await filesOf(server);
    const error = await assertRejects(() => TRIES[what](files), EntryError);
    assertEquals(error.message, "scp: /d/f: Failure");
    assert(!server.asked.includes("statvfs@openssh.com /d"));
  });

  Deno.test(`explainFailure(): says Failure to ${titleOf(what)} where statvfs is refused`, async () => {
    const server = failingServer({ tree, disk: FULL })
      .on("statvfs@openssh.com", () => status(4));
    const files = await filesOf(server);
    const error = await assertRejects(() => TRIES[what](files), EntryError);
    assertEquals(error.message, "scp: /d/f: Failure");
  });

  Deno.test(`explainFailure(): prefers the server's message on a failure to ${titleOf(what)}`, async () => {
    const refusal = status(4, "Disk quota exceeded.");
    const server = failingServer({ tree, disk: FULL, refusal });
    const files = await filesOf(server);
    const error = await assertRejects(() => TRIES[what](files), EntryError);
    assertEquals(error.message, "scp: /d/f: Disk quota exceeded");
    assert(!server.asked.some((asked) => asked.startsWith("STAT ")));
  });

  Deno.test(`explainFailure(): keeps a denial to ${titleOf(what)}`, async () => {
    assertEquals(
      await failing(what, { tree, disk: FULL, refusal: status(3) }),
      "scp: /d/f: Permission denied",
    );
  });
}

Deno.test("explainFailure(): looks at the path and its parent where something is missing", async () => {
  const refusal = status(2, "No such file");
  for (const what of ["create file", "create directory", "symlink"] as const) {
    assertEquals(
      await failing(what, { tree: { "/d": FILE }, refusal }),
      "scp: /d/f: Not a directory",
    );
    assertEquals(
      await failing(what, { tree: {}, refusal }),
      "scp: /d/f: No such file or directory",
    );
    assertEquals(
      await failing(what, { refusal }),
      "scp: /d/f: No such file or directory",
    );
  }
});

Deno.test("explainFailure(): finds the parent of any path", async () => {
  const rows: readonly (readonly [path: string, above: string])[] = [
    ["f", "."],
    ["/f", "/"],
    ["//f", "/"],
    ["d/f", "d"],
    ["d//f", "d"],
    ["/d/e/f", "/d/e"],
    ["d/f/", "d"],
    ["d/f//", "d"],
    ["/f/", "/"],
    ["a\nb/c\nd", "a\nb"],
    ["../f", ".."],
    ["./f", "."],
    ["f/", "."],
    ["f//", "."],
  ];
  for (const [path, above] of rows) {
    const server = failingServer({ tree: {}, disk: FULL });
    const files = await filesOf(server);
    await assertRejects(() => files.mkdir(path, 0o755), EntryError);
    assertEquals(
      server.asked.filter((asked) => asked.startsWith("STAT ")),
      [`STAT ${path}`, `STAT ${above}`],
      JSON.stringify(path),
    );
    assert(server.asked.includes(`statvfs@openssh.com ${above}`), path);
  }
});

Deno.test("explainFailure(): asks for the disk of a file that is written, else of its parent", async () => {
  const written = failingServer({ tree: WITH_FILE, disk: FULL });
  const files = await filesOf(written);
  await assertRejects(() => TRIES.write(files), EntryError);
  assert(written.asked.includes("statvfs@openssh.com /d/f"));
  const created = failingServer({ disk: FULL });
  const others = await filesOf(created);
  await assertRejects(() => TRIES["create file"](others), EntryError);
  assert(created.asked.includes("statvfs@openssh.com /d"));
});

Deno.test("explainFailure(): throws for a reply that breaks the protocol", async () => {
  const server = failingServer({ disk: FULL })
    .on("statvfs@openssh.com", () => extended("\0"));
  const files = await filesOf(server);
  await assertRejects(
    () => files.mkdir("/d/f", 0o755),
    ProtocolError,
    "protocol error: packet too short",
  );
});

Deno.test("explainFailure(): asks nothing about other failures", async () => {
  let opened = 0;
  const server = new SftpServer(STATVFS)
    .on("OPEN", () => opened++ === 0 ? handle("h") : status(3))
    .on("CLOSE", () => FAILURE)
    .on("SETSTAT", () => FAILURE)
    .on("FSETSTAT", () => status(3, "Permission denied"))
    .on("READ", () => FAILURE)
    .on("REMOVE", () => status(4, "busy"))
    .on("STAT", () => FAILURE)
    .on("LSTAT", () => status(3))
    .on("OPENDIR", () => status(8));
  const files = await filesOf(server);
  const file = await files.openToRead("f");
  const times = { modified: 0, accessed: 0 };
  const rows: readonly (readonly [() => Promise<unknown>, string])[] = [
    [() => files.stat("f"), "f: Failure"],
    [() => files.readdir("f"), "f: Operation not supported"],
    [() => files.remove("f"), "f: busy"],
    [() => files.setMode("f", 0o644), "f: set mode: Failure"],
    [() => files.setTimes("f", times), "f: set times: Failure"],
    [() => file.read(new Uint8Array(1), 0), "f: Failure"],
    [() => file.truncate(3), "f: truncate: Permission denied"],
    [() => file.setMode(0o644), "f: set mode: Permission denied"],
    [() => file.setTimes(times), "f: set times: Permission denied"],
    [() => file.close(), "f: close: Failure"],
  ];
  for (const [call, message] of rows) {
    const error = await assertRejects(call, EntryError);
    assertEquals(error.message, `scp: ${message}`);
  }
  assert(!server.asked.some((asked) => asked.startsWith("statvfs")));
  assertEquals(server.asked.filter((asked) => asked === "STAT f").length, 1);
});
