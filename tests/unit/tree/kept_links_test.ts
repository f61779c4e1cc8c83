import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import type { ExistingPolicy } from "../../../lib/filesystem/existing_files.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { PlannedEntries } from "../../../lib/filesystem/planned_entries.ts";
import { UnchangedFileSystem } from "../../../lib/filesystem/unchanged_file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type {
  SettledLinks,
  TransferOptions,
} from "../../../lib/tree/options.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

const NONE: ExistingPolicy = {
  keepsAll: false,
  keepsSame: false,
  keepsNewer: false,
};

/** Copies the links `s/*` to `t`; gives what was reported. */
async function copy(
  to: FileSystem,
  links: Readonly<Record<string, string>>,
  existing: Partial<ExistingPolicy>,
  options: Partial<TransferOptions> = {},
): Promise<readonly CopyEvent[]> {
  const from = new MemoryFileSystem();
  from.addDirectory("s");
  for (const [name, says] of Object.entries(links)) {
    await from.symlink(`s/${name}`, says);
  }
  return await copyFrom(from, to, existing, options);
}

/** Copies what is in `s` to `t`; gives what was reported. */
async function copyFrom(
  from: FileSystem,
  to: FileSystem,
  existing: Partial<ExistingPolicy>,
  options: Partial<TransferOptions>,
): Promise<readonly CopyEvent[]> {
  const events: CopyEvent[] = [];
  await copyTree(
    { files: from, entries: [{ path: "s/." }] },
    { files: to, path: "t", mustBeDirectory: true },
    {
      options: transferOptions({
        links: new Map(),
        existing: { ...NONE, ...existing },
        ...options,
      }),
      observer: { report: (event) => events.push(event) },
    },
  );
  return events;
}

function skipped(events: readonly CopyEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === "skipped" ? [`${event.target}: ${event.reason}`] : []
  );
}

function failures(events: readonly CopyEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === "failure" ? [event.message] : []
  );
}

Deno.test("copyTree(): with --update a link takes the place of other links alone", async () => {
  for (const isAtomic of [false, true]) {
    const to = new MemoryFileSystem();
    to.addDirectory("t");
    to.addFile("t/file", "theirs");
    to.addDirectory("t/directory");
    await to.symlink("t/link", "theirs");
    const links = { file: "x", directory: "x", link: "x", new: "x" };
    const events = await copy(to, links, { keepsNewer: true }, { isAtomic });
    assertEquals(skipped(events), ["t/file: the target is no link"]);
    assertEquals(failures(events), ["t/directory: Is a directory"]);
    assertEquals(to.listing(), [
      "t/",
      "t/directory/",
      't/file = "theirs"',
      "t/link -> x",
      "t/new -> x",
    ]);
  }
});

Deno.test("copyTree(): with --skip-unchanged a link that is there is not made again", async () => {
  const to = new MemoryFileSystem();
  to.addDirectory("t");
  to.addFile("t/file", "x");
  const { symlink } = MemoryFileSystem.prototype;
  const made: string[] = [];
  to.symlink = async (...call) => {
    made.push(call[0]);
    await symlink.apply(to, call);
  };
  await symlink.call(to, "t/same", "x");
  await symlink.call(to, "t/other", "theirs");
  const links = { same: "x", other: "x", file: "x", new: "x" };
  const first = await copy(to, links, { keepsSame: true });
  assertEquals(skipped(first), ["t/same: the same link"]);
  assertEquals(made, ["t/other", "t/file", "t/new"]);
  const second = await copy(to, links, { keepsSame: true });
  assertEquals(skipped(second).length, 4);
  assertEquals(made.length, 3);
});

Deno.test("copyTree(): nothing is written through a link that is left as the same", async () => {
  const to = new MemoryFileSystem();
  to.addDirectory("t");
  to.addFile("kept", "kept");
  await to.symlink("t/x", "../kept");
  const links: SettledLinks = new Map();
  const existing = { keepsSame: true };
  await copy(to, { x: "../kept" }, existing, { links });
  const from = new MemoryFileSystem();
  from.addDirectory("s");
  from.addFile("s/x", "ours");
  assertEquals(failures(await copyFrom(from, to, existing, { links })), [
    "s/./x: t/x is a link that another source has, too",
  ]);
  assertEquals(to.textOf("kept"), "kept");
});

Deno.test("copyTree(): a dry run plans links, and tells which take a place", async () => {
  for (const isAtomic of [false, true]) {
    const to = new MemoryFileSystem();
    to.addDirectory("t");
    to.addFile("t/file", "theirs");
    to.addDirectory("t/directory");
    await to.symlink("t/dangling", "nowhere");
    const before = to.listing();
    const view = new UnchangedFileSystem(
      to,
      new PlannedEntries(),
      () => {},
    );
    const events = await copy(
      view,
      { dangling: "x", directory: "x", file: "x", new: "x" },
      {},
      { dryRun: "seen", isAtomic },
    );
    assertEquals(
      events.filter(({ kind }) => kind === "planned"),
      [["dangling", true], ["file", true], ["new", false]].map((
        [name, replaces],
      ) => ({
        kind: "planned",
        action: "make link",
        target: { label: "", path: `t/${name}` },
        destination: "x",
        replaces,
      } as CopyEvent)),
    );
    assertEquals(failures(events), ["t/directory: Is a directory"]);
    assertEquals(events.some(({ kind }) => kind === "settled"), false);
    assertEquals(to.listing(), before);
  }
});
