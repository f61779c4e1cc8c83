/** Copies on this machine, beside what cp leaves, which scp would have run. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { peerTest } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { underUmask } from "../support/fixtures/place.ts";
import { runProgram, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, makeTree } from "../support/fixtures/tree.ts";

const y2k = 946_684_800;

/** A tree with links, odd modes and old times, and some targets for it. */
function prepare(directory: string): void {
  makeTree(directory, [
    { path: "file", content: "data", mode: 0o640, modified: y2k },
    { path: "old", content: "older and longer", mode: 0o600 },
    { path: "d/in/deep", content: "deep", mode: 0o604, modified: y2k },
    { path: "d/in/", mode: 0o2775, modified: y2k + 1 },
    { path: "d/sticky/", mode: 0o1777, modified: y2k + 2 },
    { path: "d/shut/f", content: "f", mode: 0o444 },
    { path: "d/shut/", mode: 0o555, modified: y2k + 3 },
    { path: "there/in/was", content: "was" },
  ]);
  Deno.symlinkSync("in/deep", `${directory}/d/link`);
  Deno.symlinkSync("nowhere", `${directory}/d/dangling`);
  Deno.symlinkSync("/dev/null", `${directory}/d/absolute`);
  Deno.symlinkSync("in", `${directory}/d/to-directory`);
  Deno.symlinkSync("file", `${directory}/link`);
}

/** Arguments that cp takes as they are, with the same result. */
const alike: readonly (readonly string[])[] = [
  ["file", "new"],
  ["file", "old"],
  ["file", "there"],
  ["link", "new"],
  ["-r", "link", "new"],
  ["-r", "d", "new"],
  ["-r", "d", "there"],
  ["-r", "d/in/..", "there"],
  ["-r", "d/.", "there"],
  ["-r", "d", "file", "there"],
  ["-p", "file", "new"],
];

for (const args of alike) {
  peerTest(
    `A local copy leaves what cp does: ${args.join(" ")}`,
    ["cp"],
    async () => {
      using ours = new TempDirectory();
      using theirs = new TempDirectory();
      prepare(ours.path);
      await runProgram(["cp", "-a", `${ours.path}/.`, theirs.path]);
      const wrapper = underUmask("027");
      // Twice: the second time, what is there is replaced.
      for (const time of ["first", "second"]) {
        const outcome = await seacp(args, { cwd: ours.path, wrapper });
        const cp = await runProgram([...wrapper, "cp", ...args], {
          cwd: theirs.path,
        });
        assertEquals(outcome.status, cp.status, `${time}: ${cp.stderr}`);
        assertEquals(outcome.stderr === "", cp.stderr === "", outcome.stderr);
      }
      const facts = { modes: true, times: args.includes("-p") };
      assertEquals(
        await describeTree(ours.path, facts),
        await describeTree(theirs.path, facts),
      );
    },
  );
}

Deno.test("local copies: a local copy with -rp preserves times and modes but set-id bits", async () => {
  using directory = new TempDirectory();
  prepare(directory.path);
  const { status } = await seacp(["-rp", "d", "new"], { cwd: directory.path });
  assertEquals(status, 0);
  const facts = { modes: true, times: true };
  const isOld = (line: string) => !line.startsWith("link");
  const sent = await describeTree(`${directory.path}/d`, facts);
  assertEquals(
    (await describeTree(`${directory.path}/new`, facts)).filter(isOld),
    sent.filter(isOld).map((line) =>
      line.replace("directory 2775", "directory 0775")
    ),
  );
});

/** Calls that would destroy what they copy; what is said of each. */
const refused: readonly (readonly [readonly string[], string])[] = [
  [["file", "file"], "file: file is the same file"],
  [["file", "link"], "file: link is the same file"],
  [["-r", "link", "file"], "link: file is the same file"],
  [["-r", "d", "d/in"], "d: cannot copy a directory into itself"],
  [["d", "new"], "d: not a regular file"],
  [["missing", "new"], "missing: No such file or directory"],
  [["", "new"], ": No such file or directory"],
  [["file", "no/where"], "no/where: No such file or directory"],
  [["file", "old", "new"], "new: No such file or directory"],
];

for (const [args, says] of refused) {
  Deno.test(`A local copy is refused and harms nothing: ${args.join(" ")}`, async () => {
    using directory = new TempDirectory();
    prepare(directory.path);
    const before = listing(directory.path);
    const { status, stderr } = await seacp(args, { cwd: directory.path });
    assertEquals(status, 1);
    assertEquals(stderr, `seacp: ${says}\n`);
    const isMade = (line: string) => line !== "d/in/d/";
    assertEquals(listing(directory.path).filter(isMade), before);
  });
}

Deno.test("local copies: -v says what is copied here", async () => {
  using directory = new TempDirectory();
  prepare(directory.path);
  const { stderr } = await seacp(["-rv", "d", "new"], { cwd: directory.path });
  assertStringIncludes(stderr, "Copying: d/in/deep to new/in/deep\n");
});
