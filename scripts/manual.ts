// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Writes the man page `dist/seacp.1` and README's table of options, both from
 * the option table. With `--check` it writes nothing and fails if README's table
 * is out of date.
 */

import { parseArgs } from "@std/cli/parse-args";
import config from "../deno.json" with { type: "json" };
import { checkedOutCommit } from "./build/commit.ts";
import { dist, root } from "./build/root.ts";
import { manualPage } from "./manual/page.ts";
import { checkOptionsTable, withOptionsTable } from "./manual/readme.ts";
import { refuseArgument, runTask } from "./task.ts";

const README = new URL("README.md", root);

/** Writes both. The page carries the date of the commit that is checked out. */
function make(): void {
  const date = checkedOutCommit()?.date ?? new Date();
  const page = new URL("seacp.1", dist);
  Deno.mkdirSync(dist, { recursive: true });
  Deno.writeTextFileSync(page, manualPage({ version: config.version, date }));
  const readme = Deno.readTextFileSync(README);
  Deno.writeTextFileSync(README, withOptionsTable(readme));
  console.log("wrote dist/seacp.1 and the table of options in README.md");
}

if (import.meta.main) {
  await runTask(() => {
    const { check } = parseArgs(Deno.args, {
      boolean: ["check"],
      unknown: refuseArgument,
    });
    if (check) checkOptionsTable(Deno.readTextFileSync(README));
    else make();
  });
}
