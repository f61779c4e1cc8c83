/**
 * OpenSSH's sftp-server with single requests refused (`-P`), with few files
 * open at once, and read-only: what a copy can do without, it does without.
 */

import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../lib/disk/local_file_system.ts";
import type { FileSystem } from "../../lib/filesystem/file_system.ts";
import { copyTree } from "../../lib/tree/copy_tree.ts";
import { peerTest } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { RecordingObserver } from "../support/recording_observer.ts";
import { SFTP_CHILD_NEEDS, SftpChild } from "../support/sftp/child.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../support/fixtures/tree.ts";

/** Copied files; `f`, `g` and `h` replace existing ones. */
const TREE: readonly TreeEntry[] = [
  { path: "d/f", content: "new content", modified: 1_000_000_000 },
  { path: "d/g", content: "new content, and longer than what was there" },
  { path: "d/h", content: "" },
  { path: "d/sub/deep/i", content: "deep" },
  { path: "d/sub/" },
];

const HELD: readonly TreeEntry[] = [
  { path: "d/f", content: "old content, and longer than what comes" },
  { path: "d/g", content: "old" },
  { path: "d/h", content: "old" },
  { path: "d/sub/" },
];

/** Start of a server, its own command as `"$@"`. */
function started(command: string): readonly string[] {
  return ["sh", "-c", command, "sh"];
}

function refusing(requests: string): readonly string[] {
  return started(`exec "$@" -P ${requests}`);
}

/** Copies a path into a directory; gives what failed. */
async function copyInto(
  { from, path }: { from: FileSystem; path: string },
  { to, target }: { to: FileSystem; target: string },
  preserve = false,
): Promise<readonly string[]> {
  const observer = new RecordingObserver();
  await copyTree(
    { files: from, entries: [{ path }] },
    { files: to, path: target, mustBeDirectory: false },
    {
      options: {
        recursive: true,
        store: {
          preserve,
          modeBits: 0o1777,
          ...(to instanceof LocalFileSystem ? { umask: 0o022 } : {}),
        },
        links: "followed",
        platform: "posix",
        isWatched: false,
        namedBy: "target",
        interrupted: new AbortController().signal,
      },
      observer,
    },
  );
  return observer.failures;
}

/** Failures of an upload over existing files and of a download. */
async function copyBothWays(
  wrapper: readonly string[],
  { tree = TREE, held = HELD, preserve = false } = {},
): Promise<{ up: readonly string[]; down: readonly string[] }> {
  await using child = await SftpChild.start({ wrapper, label: "" });
  using near = new TempDirectory();
  makeTree(`${near.path}/from`, tree);
  makeTree(near.path, [{ path: "to/" }]);
  makeTree(child.path, [{ path: "into/" }]);
  makeTree(`${child.path}/into`, held);
  const local = new LocalFileSystem();
  const up = await copyInto(
    { from: local, path: `${near.path}/from/d` },
    { to: child.files, target: "into" },
    preserve,
  );
  const down = await copyInto(
    { from: child.files, path: "into/d" },
    { to: local, target: `${near.path}/to` },
    preserve,
  );
  const sent = listing(`${near.path}/from`);
  if (up.length === 0) assertEquals(listing(`${child.path}/into`), sent);
  if (up.length + down.length === 0) {
    assertEquals(listing(`${near.path}/to`), sent);
  }
  if (up.length === 0 && preserve) {
    const { mtime } = Deno.statSync(`${child.path}/into/d/f`);
    assertEquals(mtime?.getTime(), 1_000_000_000_000);
  }
  return { up, down };
}

/** Requests that no copy depends on, by the names that `-P` has for them. */
const DISPENSABLE: readonly string[] = [
  "stat",
  "lstat",
  "fstat",
  "setstat",
  "fsetstat",
  "realpath",
  "readlink",
  "symlink",
  "remove",
  "rename",
  "rmdir",
  "limits",
  "expand-path",
  "copy-data",
  "statvfs",
  "fstatvfs",
  "stat,lstat",
  "stat,lstat,fstat",
  "fstat,fsetstat",
  "setstat,fsetstat",
  "stat,lstat,fstat,setstat,fsetstat,realpath",
];

for (const requests of DISPENSABLE) {
  peerTest(
    `SFTP limits: a server that refuses ${requests} is copied to and from`,
    SFTP_CHILD_NEEDS,
    async () => {
      const { up, down } = await copyBothWays(refusing(requests));
      assertEquals({ up, down }, { up: [], down: [] });
    },
  );
}

for (const requests of ["stat", "fsetstat", "fstat", "stat,lstat,fstat"]) {
  peerTest(
    `SFTP limits: a server that refuses ${requests} is given modes and times`,
    SFTP_CHILD_NEEDS,
    async () => {
      const { up } = await copyBothWays(refusing(requests), { preserve: true });
      assertEquals(up, []);
    },
  );
}

peerTest(
  "SFTP limits: a server that sets no modes and times at all fails where they are asked for",
  SFTP_CHILD_NEEDS,
  async () => {
    const { up } = await copyBothWays(refusing("setstat,fsetstat"), {
      preserve: true,
      tree: [{ path: "d/f", content: "f" }],
      held: [],
    });
    assertEquals(up, [
      "into/d/f: set mode: Permission denied",
      "into/d: set times: Permission denied",
    ]);
  },
);

/** Requests that some copies depend on: what fails without. */
const VITAL: Readonly<
  Record<string, { up: readonly string[]; down: readonly string[] }>
> = {
  opendir: { up: [], down: ["into/d: Permission denied"] },
  readdir: { up: [], down: ["into/d: Permission denied"] },
  mkdir: {
    up: ["into/d/sub/deep: Permission denied"],
    down: [],
  },
};

for (const [request, expected] of Object.entries(VITAL)) {
  peerTest(
    `SFTP limits: a server that refuses ${request} does the rest`,
    SFTP_CHILD_NEEDS,
    async () => {
      assertEquals(await copyBothWays(refusing(request)), expected);
    },
  );
}

peerTest(
  "SFTP limits: a server that is read-only refuses each file, and what it has comes",
  SFTP_CHILD_NEEDS,
  async () => {
    const { up, down } = await copyBothWays(started('exec "$@" -R'), {
      tree: [{ path: "d/f", content: "f" }],
      held: [{ path: "d/f", content: "old" }],
    });
    assertEquals({ up, down }, {
      up: ["into/d/f: Permission denied"],
      down: [],
    });
  },
);

/** More files than are open at once, and directories deeper than that. */
const LARGE: readonly TreeEntry[] = [
  ...Array.from({ length: 100 }, (_, index) => ({
    path: `d/${index % 10}/${index}`,
    content: `content of ${index}`,
  })),
  { path: `d/${"deep/".repeat(20)}f`, content: "deep" },
];

for (const most of [8, 12, 32]) {
  peerTest(
    `SFTP limits: a server that has ${most} descriptors, and does not tell, is waited for`,
    SFTP_CHILD_NEEDS,
    async () => {
      const few = started(`ulimit -n ${most} && exec "$@" -P limits`);
      const { up, down } = await copyBothWays(few, { tree: LARGE, held: [] });
      assertEquals({ up, down }, { up: [], down: [] });
    },
  );
}

peerTest(
  "SFTP limits: a drop box that tells nothing takes a file",
  SFTP_CHILD_NEEDS,
  async () => {
    const wrapper = refusing("stat,lstat,fstat,opendir,readdir,read,realpath");
    await using child = await SftpChild.start({ wrapper, label: "" });
    using near = new TempDirectory();
    makeTree(near.path, [{ path: "f", content: "new" }]);
    makeTree(child.path, [{ path: "drop", content: "old, and longer" }]);
    const failures = await copyInto(
      { from: new LocalFileSystem(), path: `${near.path}/f` },
      { to: child.files, target: "drop" },
    );
    assertEquals(failures, []);
    assertEquals(Deno.readTextFileSync(`${child.path}/drop`), "new");
  },
);
