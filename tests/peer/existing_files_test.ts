/** Files whose target is there, and are left alone because an option asks for it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { peerTest, sftpSshdDoor } from "../support/doors.ts";
import {
  BETWEEN,
  DOWN,
  HERE,
  type Sides,
  UP,
} from "../support/fixtures/sides.ts";
import { exists, ODD_NAMES } from "../support/fixtures/tree.ts";
import { placeAt, SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "scp"];

const OLD = 946_684_800;

const sshd = new SharedSshd();

/** A way of a copy, with the options that make it go there. */
interface Way extends Sides {
  readonly options: readonly string[];
}

/** Ways over which a target can be looked at. */
const WAYS: readonly Way[] = [
  { ...UP, name: "up over SFTP", options: ["-s"] },
  { ...UP, name: "up by default", options: [] },
  { ...DOWN, name: "down over SFTP", options: ["-s"] },
  { ...DOWN, name: "down by default", options: [] },
  { ...DOWN, name: "down over SCP", options: ["-O"] },
  { ...BETWEEN, options: [] },
  { ...HERE, options: [] },
];

/** Gives the lines of a verbose copy that tell of what was skipped. */
function skipped(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("skipped "))
    .toSorted();
}

function write(path: string, content: string, seconds?: number): void {
  Deno.writeTextFileSync(path, content);
  if (seconds !== undefined) Deno.utimeSync(path, seconds, seconds);
}

for (const way of WAYS) {
  peerTest(
    `existing files: --no-clobber keeps what is there, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const [from, to] = [`${way.from(place)}/from`, `${way.to(place)}/to`];
      Deno.mkdirSync(from);
      Deno.mkdirSync(`${to}/from`, { recursive: true });
      for (const name of ["a", "new", "dangling", ...ODD_NAMES]) {
        write(`${from}/${name}`, "ours");
      }
      for (const name of ["a", ...ODD_NAMES]) {
        write(`${to}/from/${name}`, "theirs");
      }
      Deno.symlinkSync("nowhere", `${to}/from/dangling`);
      const outcome = await place.copy([
        ...["-rv", "--no-clobber", ...way.options],
        ...way.operands(place, "from", "to"),
      ]);
      assertEquals(outcome.status, 0, outcome.stderr);
      assertEquals(Deno.readTextFileSync(`${to}/from/new`), "ours");
      for (const name of ["a", ...ODD_NAMES]) {
        assertEquals(Deno.readTextFileSync(`${to}/from/${name}`), "theirs");
      }
      assertEquals(exists(`${to}/from/nowhere`), false);
      const lines = skipped(outcome.stderr);
      assertEquals(lines.length, 2 + ODD_NAMES.length);
      assert(
        lines.every((line) => line.endsWith(": exists, not replaced")),
        lines.join("\n"),
      );
      assert(
        lines.some((line) => line.startsWith(`skipped ${way.targetLabel}`)),
      );
    },
  );

  peerTest(
    `existing files: --skip-unchanged skips what it copied before, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const [from, to] = [`${way.from(place)}/from`, `${way.to(place)}/to`];
      Deno.mkdirSync(from);
      for (const name of ["same", "longer", "later"]) {
        write(`${from}/${name}`, "ours", OLD);
      }
      const args = [
        ...["-rv", "--skip-unchanged", ...way.options],
        ...way.operands(place, "from", "to"),
      ];
      const first = await place.copy(args);
      assertEquals(
        [first.status, skipped(first.stderr)],
        [0, []],
        first.stderr,
      );
      assertEquals(Deno.statSync(`${to}/same`).mtime!.getTime() / 1000, OLD);
      write(`${from}/longer`, "longer", OLD);
      write(`${from}/later`, "OURS", OLD + 1);
      // The second copy would go into the directory that the first one made.
      const second = await place.copy([
        ...args.slice(0, -2),
        ...way.operands(place, "from/.", "to"),
      ]);
      assertEquals(second.status, 0, second.stderr);
      assertEquals(
        skipped(second.stderr).map((line) => line.replace(/^.*\//, "")),
        ["same: same size and time"],
      );
      assertEquals(Deno.readTextFileSync(`${to}/longer`), "longer");
      assertEquals(Deno.readTextFileSync(`${to}/later`), "OURS");
    },
  );

  peerTest(
    `existing files: --update keeps a target that is newer, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const [from, to] = [`${way.from(place)}/from`, `${way.to(place)}/to`];
      for (const name of ["newer", "older", "equal"]) {
        Deno.mkdirSync(from, { recursive: true });
        Deno.mkdirSync(to, { recursive: true });
        write(`${from}/${name}`, "ours", OLD);
      }
      write(`${to}/newer`, "theirs", OLD + 1);
      write(`${to}/older`, "theirs", OLD - 1);
      write(`${to}/equal`, "theirs", OLD);
      const outcome = await place.copy([
        ...["-rv", "--update", ...way.options],
        ...way.operands(place, "from/.", "to"),
      ]);
      assertEquals(outcome.status, 0, outcome.stderr);
      assertEquals(
        skipped(outcome.stderr).map((line) => line.replace(/^.*\//, "")),
        ["newer: the target is newer"],
      );
      assertEquals(Deno.readTextFileSync(`${to}/newer`), "theirs");
      assertEquals(Deno.readTextFileSync(`${to}/older`), "ours");
      assertEquals(Deno.readTextFileSync(`${to}/equal`), "ours");
      // Times are compared, not kept.
      assert(Deno.statSync(`${to}/older`).mtime!.getTime() / 1000 > OLD + 1);
    },
  );
}

peerTest(
  "existing files: what SCP cannot look at is refused, and nothing is copied",
  NEEDS,
  async () => {
    for (const option of ["--no-clobber", "--skip-unchanged", "--update"]) {
      using place = await sshd.place();
      write(`${place.near}/f`, "ours");
      write(`${place.far}/f`, "theirs");
      assertEquals(
        await place.copy(["-O", option, "f", place.remote("f")]),
        {
          status: 1,
          stdout: "",
          stderr:
            `far: ${option} needs SFTP: SCP cannot look at what is there: ` +
            "leave out -O\n",
        },
      );
      assertEquals(Deno.readTextFileSync(`${place.far}/f`), "theirs");
    }
  },
);

peerTest(
  "existing files: where there is no SFTP, no copy over SCP takes its place",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start({ sftp: "none" });
    using place = placeAt(sshd);
    write(`${place.near}/f`, "ours");
    const { status, stderr } = await place.copy([
      ...["--no-clobber", "f", place.remote("f")],
    ]);
    assertEquals(status, 255);
    assertStringIncludes(
      stderr,
      "--no-clobber needs SFTP: SCP cannot look at what is there\n",
    );
    assertEquals(exists(`${place.far}/f`), false);
  },
);

for (const way of [WAYS[0]!, WAYS[2]!, WAYS[4]!]) {
  peerTest(
    `existing files: of copies that race for a name with --no-clobber one wins, ${way.name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      const [from, to] = [way.from(place), way.to(place)];
      const contents = ["a", "b", "c", "d"].map((each) => each.repeat(200_000));
      for (const content of contents) write(`${from}/${content[0]}`, content);
      const outcomes = await Promise.all(
        contents.map((content) =>
          place.copy([
            ...["-v", "--no-clobber", ...way.options],
            ...way.operands(place, content[0]!, "target"),
          ])
        ),
      );
      const losers = outcomes.filter(({ status, stderr }) => {
        assertEquals(status, 0, stderr);
        return skipped(stderr).length === 1;
      });
      assertEquals(losers.length, contents.length - 1);
      assert(contents.includes(Deno.readTextFileSync(`${to}/target`)));
    },
  );
}
