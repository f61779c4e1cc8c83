/** Dry runs: what they list, and that they change nothing. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { peerTest, sftpSshdDoor } from "../support/doors.ts";
import type { Place } from "../support/fixtures/place.ts";
import {
  BETWEEN,
  DOWN,
  HERE,
  type Sides,
  UP,
} from "../support/fixtures/sides.ts";
import { describeTree, type TreeEntry } from "../support/fixtures/tree.ts";
import { jsonEvents } from "../support/json_events.ts";
import { runProgram } from "../support/process/program.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "scp"];

const sshd = new SharedSshd();

const Y2K = 946_684_800;

const SOURCE: readonly TreeEntry[] = [
  { path: "from/same", content: "same", modified: Y2K },
  { path: "from/other", content: "ours", modified: Y2K },
  { path: "from/new/f", content: "f", modified: Y2K },
  { path: "from/out.o", content: "o" },
];

const TARGET: readonly TreeEntry[] = [
  { path: "to/from/same", content: "same", modified: Y2K },
  { path: "to/from/other", content: "theirs", modified: Y2K },
];

/** Gives the operands of a copy of `from` to `to`. */
function fromTo({ operands }: Sides, place: Place): readonly [string, string] {
  return operands(place, "from", "to");
}

/** Gives the lines of a dry run, without the name of the far directory. */
function lines(stdout: string, place: Place): string[] {
  const directory = place.far.split("/").at(-1)!;
  return stdout.replaceAll(`${directory}/`, "").split("\n")
    .filter((line) => line !== "").toSorted();
}

for (const sides of [UP, DOWN, BETWEEN, HERE]) {
  const { name, from, to, sourceLabel: source, targetLabel: target } = sides;
  peerTest(
    `dry run: lists what would be done, and changes nothing, ${name}`,
    NEEDS,
    async () => {
      for (const options of [[], ["--atomic"], ["-p"]]) {
        using place = await sshd.place();
        make(from(place), SOURCE, place);
        make(to(place), TARGET, place);
        const before = await stateOf(place);
        const args = [
          ...["-r", "--skip-unchanged", "--exclude", "*.o", ...options],
          ...fromTo(sides, place),
        ];
        const { status, stdout, stderr } = await place.copy([
          "--dry-run",
          ...args,
        ]);
        assertEquals([status, stderr], [
          0,
          "would copy 2 files, 5 bytes; would make 1 directory; " +
          "1 skipped (same size and time); 1 excluded\n",
        ]);
        assertEquals(lines(stdout, place), [
          `excluded ${source}from/out.o: --exclude *.o`,
          `skipped ${target}to/from/same: same size and time`,
          `would copy ${source}from/new/f to ${target}to/from/new/f: new`,
          `would copy ${source}from/other to ${target}to/from/other: ` +
          "replaces what is there",
          `would make directory ${target}to/from/new`,
        ]);
        assertEquals(await stateOf(place), before);
        // The real copy does just that.
        await place.copyWell(args);
        assertEquals(
          Deno.readTextFileSync(`${to(place)}/to/from/other`),
          "ours",
        );
        assertEquals(Deno.readTextFileSync(`${to(place)}/to/from/new/f`), "f");
      }
    },
  );

  peerTest(
    `dry run: shows the directories that --mkdir would make, and a target of another name, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      make(from(place), [{ path: "from/d/f", content: "f" }], place);
      const [operand, end] = fromTo(sides, place);
      const made = await place.copy([
        ...["-r", "--dry-run", "--mkdir", operand, `${end}/deep`],
      ]);
      assertEquals([made.status, made.stderr], [
        0,
        "would copy 1 file, 1 byte; would make 4 directories\n",
      ]);
      assertEquals(lines(made.stdout, place), [
        `would copy ${source}from/d/f to ${target}to/deep/from/d/f: new`,
        `would make directory ${target}to`,
        `would make directory ${target}to/deep`,
        `would make directory ${target}to/deep/from`,
        `would make directory ${target}to/deep/from/d`,
      ]);
      const named = await place.copy(["-r", "--dry-run", operand, end]);
      assertEquals(lines(named.stdout, place), [
        `would copy ${source}from/d/f to ${target}to/d/f: new`,
        `would make directory ${target}to`,
        `would make directory ${target}to/d`,
      ]);
    },
  );

  peerTest(
    `dry run: the second of two sources of one name finds the first, as in the real run, ${name}`,
    NEEDS,
    async () => {
      for (
        const [options, second] of [
          [[], "copy"],
          [["--atomic"], "copy"],
          [["--no-clobber"], "exists, not replaced"],
          [["--skip-unchanged"], "same size and time"],
        ] as const
      ) {
        using place = await sshd.place();
        make(from(place), [
          { path: "a/d/f", content: "a", modified: Y2K },
          { path: "b/d/f", content: "b", modified: Y2K },
        ], place);
        make(to(place), [{ path: "to/" }], place);
        const [one, end] = sides.operands(place, "a/d", "to");
        const [other] = sides.operands(place, "b/d", "to");
        const { status, stdout } = await place.copy([
          ...["-r", "--dry-run", ...options, one, other, end],
        ]);
        assertEquals(status, 0);
        assertEquals(lines(stdout, place), [
          ...(second === "copy" ? [] : [`skipped ${target}to/d/f: ${second}`]),
          `would copy ${source}a/d/f to ${target}to/d/f: new`,
          ...(second === "copy"
            ? [
              `would copy ${source}b/d/f to ${target}to/d/f: ` +
              "replaces what is there",
            ]
            : []),
          `would make directory ${target}to/d`,
        ]);
      }
    },
  );

  peerTest(
    `dry run: fails where there is no directory for the target, as the real run does, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      make(from(place), [{ path: "f", content: "f" }], place);
      const args = sides.operands(place, "f", "no/f");
      const real = await place.copy(args);
      assertEquals(real.status, 1);
      assertEquals(await place.copy(["--dry-run", ...args]), real);
    },
  );

  peerTest(
    `dry run: tells programs where each file would go, and how much it is, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      make(from(place), [{ path: "f", content: "abc" }], place);
      const [operand, end] = sides.operands(place, "f", "g");
      const { status, stdout, stderr } = await place.copy([
        ...["--dry-run", "--json", operand, end],
      ]);
      const events = jsonEvents(stdout, status);
      assertEquals(events.filter(({ type }) => type === "plan"), [{
        type: "plan",
        action: "copy",
        source: { path: operand },
        target: { path: end },
        bytes: 3,
        replaces: false,
      }]);
      const { files_planned, bytes_planned } = events.at(-1)!;
      assertEquals([files_planned, bytes_planned, stderr], [1, 3, ""]);
    },
  );

  peerTest(
    `dry run: reports what would fail, with the status of that, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      make(from(place), [{ path: "from/f", content: "f" }], place);
      make(to(place), [{ path: "to/from/f/" }], place);
      const before = await stateOf(place);
      const { status, stderr } = await place.copy([
        ...["-r", "--dry-run", ...fromTo(sides, place)],
      ]);
      assertEquals(status, 1);
      assertStringIncludes(stderr, "to/from/f: Is a directory");
      assertEquals(await stateOf(place), before);
    },
  );
}

function make(
  root: string,
  entries: readonly TreeEntry[],
  place: Place,
): void {
  if (root === place.near) place.makeNear(entries);
  else place.makeFar(entries);
}

async function stateOf({ near, far }: Place): Promise<string[]> {
  const facts = { modes: true, times: true };
  return [
    ...await describeTree(near, facts),
    ...await describeTree(far, facts),
  ];
}

peerTest(
  "dry run: over SCP an upload is listed without a look at the target, and no login",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear(SOURCE);
    place.makeFar(TARGET);
    const before = await stateOf(place);
    const { status, stdout, stderr } = await place.copy([
      ...["-O", "-r", "--dry-run", "--exclude", "*.o", "-S", "/none"],
      ...["from", "far:to"],
    ]);
    assertEquals([status, stderr], [
      0,
      "warning: far: SCP cannot look at the target: what is there is not known\n" +
      "would copy 3 files, 9 bytes; would make 2 directories; 1 excluded\n",
    ]);
    assertEquals(lines(stdout, place), [
      "excluded from/out.o: --exclude *.o",
      "would copy from/new/f to far: to/new/f",
      "would copy from/other to far: to/other",
      "would copy from/same to far: to/same",
      "would make directory far: to",
      "would make directory far: to/new",
    ]);
    assertEquals(await stateOf(place), before);
  },
);

peerTest("dry run: over SCP a download is refused", NEEDS, async () => {
  using place = await sshd.place();
  place.makeFar(SOURCE);
  assertEquals(
    await place.copy(["-O", "-r", "--dry-run", place.remote("from"), "."]),
    {
      status: 1,
      stdout: "",
      stderr: "far: --dry-run needs SFTP: SCP cannot look at what is there: " +
        "leave out -O\n",
    },
  );
});

peerTest(
  "dry run: a list that cannot be written ends the run",
  [...NEEDS, "/dev/full"],
  async () => {
    using place = await sshd.place();
    place.makeNear(SOURCE);
    const command = seacpCommand([
      ...[...place.options, "-r", "--dry-run", "from", place.remote("to")],
    ]);
    assertEquals(
      await runProgram(["sh", "-c", `${command} > /dev/full`], {
        cwd: place.near,
      }),
      {
        status: 141,
        stdout: "",
        stderr: "seacp: standard output was closed\n",
      },
    );
  },
);

peerTest("dry run: names are escaped", NEEDS, async () => {
  using place = await sshd.place();
  place.makeNear([{ path: "a\x1b[2Kb", content: "" }]);
  const { stdout } = await place.copy(["--dry-run", "a\x1b[2Kb", "c"]);
  assertEquals(stdout, "would copy a\\033[2Kb to c: new\n");
});
