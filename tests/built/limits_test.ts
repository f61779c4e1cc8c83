/**
 * README's claims about systems that give Deno's runtime less than it needs.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { BUILT, builtTest } from "../support/process/executable.ts";
import { type Outcome, runProgram } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists, makeTree } from "../support/fixtures/tree.ts";

/** Copies `f` to `g` in a directory, by a shell that first does something else. */
async function copyAfter(
  preparation: string,
  directory: string,
): Promise<Outcome> {
  makeTree(directory, [{ path: "f", content: "f" }]);
  const script = `${preparation} && exec "$0" "$1/f" "$1/g"`;
  return await runProgram(["sh", "-c", script, BUILT, directory], {
    cwd: directory,
  });
}

for (
  const [condition, preparation, said] of [
    [
      "the current directory was removed",
      "mkdir gone && cd gone && rmdir ../gone",
      /No such file or directory/,
    ],
    ["it has 30 GiB of addresses", "ulimit -v 31457280", /out of memory/],
  ] as const
) {
  builtTest(`nothing is copied, and it fails, where ${condition}`, [
    "sh",
    "/proc/self/exe",
  ], async () => {
    using directory = new TempDirectory();
    const { status, stderr } = await copyAfter(preparation, directory.path);
    assert(status !== 0);
    assertMatch(stderr, said);
    assert(!exists(`${directory.path}/g`));
  });
}

for (
  const [condition, preparation] of [
    ["70 GiB of addresses", "ulimit -v 73400320"],
    ["32 descriptors", "ulimit -n 32"],
    ["a stack of 1 MiB", "ulimit -s 1024"],
    ["no standard streams", "exec <&- >&- 2>&-"],
    [
      "no home directory and a locale that is not there",
      "unset HOME; LC_ALL=x",
    ],
    ["no directory for temporary files", "export TMPDIR=/nonexistent"],
  ] as const
) {
  builtTest(`a file is copied with ${condition}`, [
    "sh",
    "/proc/self/exe",
  ], async () => {
    using directory = new TempDirectory();
    assertEquals(await copyAfter(preparation, directory.path), {
      status: 0,
      stdout: "",
      stderr: "",
    });
    assertEquals(Deno.readTextFileSync(`${directory.path}/g`), "f");
  });
}
