import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import type { ExistingPolicy } from "../../../lib/filesystem/existing_files.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

const NONE: ExistingPolicy = {
  keepsAll: false,
  keepsSame: false,
  keepsNewer: false,
};

/** Copies the links `s/*` to `t`; gives what was reported. */
async function copy(
  to: MemoryFileSystem,
  links: Readonly<Record<string, string>>,
  existing: Partial<ExistingPolicy>,
  options: Partial<TransferOptions> = {},
): Promise<readonly CopyEvent[]> {
  const from = new MemoryFileSystem();
  from.addDirectory("s");
  for (const [name, says] of Object.entries(links)) {
    await from.symlink(`s/${name}`, says);
  }
  const events: CopyEvent[] = [];
  await copyTree(
    { files: from, entries: [{ path: "s/." }] },
    { files: to, path: "t", mustBeDirectory: true },
    {
      options: transferOptions({
        links: new Set(),
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
    assertEquals(failures(events), [
      `t/directory: ${isAtomic ? "Is a directory" : "File exists"}`,
    ]);
    assertEquals(to.listing(), [
      "t/",
      "t/directory/",
      't/file = "theirs"',
      "t/link -> x",
      "t/new -> x",
    ]);
  }
});
