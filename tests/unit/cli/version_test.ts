import { assert, assertEquals } from "@std/assert";
import { type Build, versionText } from "../../../lib/cli/version.ts";

const BUILD: Build = {
  version: "1.2.3",
  compiled: { commit: "0123abc", deno: "2.9.6" },
  target: "x86_64-unknown-linux-gnu",
  os: "linux",
  deno: "2.9.6",
};

/** Gives the lines of a build without those of its ssh. */
function linesOf(build: Build): string[] {
  return versionText(build, { verbose: false }).split("\n")
    .filter((line) => !line.startsWith("ssh: "));
}

Deno.test("versionText(): gives version, commit, target, runtime and protocols", () => {
  assertEquals(linesOf(BUILD), [
    "seacp 1.2.3",
    "commit:    0123abc",
    "target:    x86_64-unknown-linux-gnu",
    "deno:      2.9.6",
    "protocols: SCP, SFTP 3",
  ]);
});

Deno.test("versionText(): tells a run from the source, and another runtime", () => {
  const { compiled: _, ...rest } = BUILD;
  const fromSource = linesOf({ ...rest, compiled: undefined });
  assertEquals(fromSource[1], "commit:    none: run from its source");
  assertEquals(
    linesOf({ ...BUILD, deno: "2.8.0" })[3],
    "deno:      2.8.0 in place of 2.9.6: for tests, not a release",
  );
});

Deno.test("versionText(): gives one line for ssh, and its own version if verbose", () => {
  const brief = versionText(BUILD, { verbose: false }).split("\n");
  const verbose = versionText(BUILD, { verbose: true }).split("\n");
  assertEquals(verbose.slice(0, brief.length), brief);
  assert(brief.at(-1)!.startsWith("ssh:       "));
  const isMissing = brief.at(-1)!.endsWith("not found in the PATH");
  assertEquals(verbose.length, brief.length + (isMissing ? 0 : 1));
});
