/** Completions in PowerShell, as it asks for them at Tab. */

import { assertEquals } from "@std/assert";
import { dirname } from "node:path";
import { BUILT } from "../support/process/executable.ts";
import { powerShellTest } from "../support/process/power_shell.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";

/** Typed text, and the offers at Tab; `CONFIG` stands for a configuration. */
const ROWS: readonly (readonly [typed: string, offered: readonly string[]])[] =
  [
    ["seacp --vers", ["--version"]],
    ["seacp --lock", ["--lockstep"]],
    ["seacp -F CONFIG notes alph", ["alpha:"]],
    ["seacp -F CONFIG -J bet", ["beta"]],
  ];

powerShellTest(
  "PowerShell completions: PowerShell completes options and hosts",
  "all",
  async (shell) => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "config", content: "Host alpha beta\n" },
    ]);
    const separator = Deno.build.os === "windows" ? ";" : ":";
    const env = {
      PATH: `${dirname(BUILT)}${separator}${Deno.env.get("PATH")}`,
      HOME: directory.path,
      USERPROFILE: directory.path,
    };
    for (const [row, offered] of ROWS) {
      const typed = row.replace("CONFIG", `${directory.path}/config`);
      const { status, stdout, stderr } = await shell(
        "seacp --completions powershell | Out-String | Invoke-Expression; " +
          `$line = '${typed.replaceAll("'", "''")}'; ` +
          "(TabExpansion2 -inputScript $line -cursorColumn $line.Length)" +
          ".CompletionMatches | ForEach-Object { $_.CompletionText }",
        env,
      );
      assertEquals(
        [status, stdout.split(/\r?\n/).filter((it) => it !== ""), stderr],
        [0, [...offered], ""],
      );
    }
  },
);
