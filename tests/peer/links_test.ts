/** Links that are copied as links. */

import { assertEquals } from "@std/assert";
import { peerTest, sftpSshdDoor } from "../support/doors.ts";
import { BETWEEN, DOWN, HERE, UP } from "../support/fixtures/sides.ts";
import { describeTree, exists, ODD_NAMES } from "../support/fixtures/tree.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "scp"];

const sshd = new SharedSshd();

const WAYS = [UP, DOWN, BETWEEN, HERE];

/** Links of the tree that stay in it, by their paths. */
const INNER: Readonly<Record<string, string>> = {
  "to-file": "dir/f",
  "to-directory": "dir",
  "dangling": "nothing",
  "to-itself": "to-itself",
  "dir/up": "../dir/f",
  "dir/loop": "..",
  ...Object.fromEntries(ODD_NAMES.map((name) => [`dir/${name}`, name])),
};

/** Links that may lead out of the target. */
const OUTER: Readonly<Record<string, string>> = {
  "absolute": "/etc/passwd",
  "above": "../../f",
  "dir/by-name": "f/../../f",
};

function makeTree(root: string, links: Readonly<Record<string, string>>): void {
  Deno.mkdirSync(`${root}/tree/dir`, { recursive: true });
  Deno.writeTextFileSync(`${root}/tree/dir/f`, "f");
  for (const [path, says] of Object.entries(links)) {
    Deno.symlinkSync(says, `${root}/tree/${path}`);
  }
}

/** Gives what a verbose copy tells of what was skipped, by the names alone. */
function skipped(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("skipped "))
    .map((line) => line.replace(/^.*\//, "")).toSorted();
}

for (const { name, sourceLabel: label, from, to, operands } of WAYS) {
  peerTest(
    `links: --links copies links that stay in the target, again too, ${name}`,
    NEEDS,
    async () => {
      for (const options of [[], ["--atomic"], ["-p"]]) {
        using place = await sshd.place();
        makeTree(from(place), INNER);
        for (let round = 0; round < 2; round++) {
          await place.copyWell([
            ...["-r", "--links", ...options],
            ...operands(place, "tree/.", "new"),
          ]);
          assertEquals(
            await describeTree(`${to(place)}/new`),
            await describeTree(`${from(place)}/tree`),
          );
        }
      }
    },
  );

  peerTest(
    `links: --links refuses links that may lead out of the target, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      makeTree(from(place), OUTER);
      Deno.mkdirSync(`${to(place)}/in`);
      const { status, stderr } = await place.copy([
        ...["-r", "--links", ...operands(place, "tree", "in")],
      ]);
      assertEquals(status, 1);
      const directory = place.far.split("/").at(-1)!;
      assertEquals(
        stderr.replaceAll(`${directory}/`, "").trimEnd().split("\n").toSorted(),
        Object.entries(OUTER).map(([path, says]) =>
          `seacp: ${label}tree/${path}: the link may lead out of the target: ${says}`
        ).toSorted(),
      );
      assertEquals(Deno.readTextFileSync(`${to(place)}/in/tree/dir/f`), "f");
      for (const path of Object.keys(OUTER)) {
        assertEquals(exists(`${to(place)}/in/tree/${path}`), false);
      }
    },
  );

  peerTest(
    `links: --links counts steps up from the target, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      makeTree(from(place), { up: "../beside" });
      Deno.mkdirSync(`${to(place)}/in`);
      await place.copyWell([
        ...["-r", "--links", ...operands(place, "tree", "in")],
      ]);
      assertEquals(Deno.readLinkSync(`${to(place)}/in/tree/up`), "../beside");
      // As the target itself, the tree has nothing beside it.
      const { status } = await place.copy([
        ...["-r", "--links", ...operands(place, "tree", "new")],
      ]);
      assertEquals([status, exists(`${to(place)}/new/up`)], [1, false]);
    },
  );

  peerTest(
    `links: --links copies nothing through a link that is there, ${name}`,
    NEEDS,
    async () => {
      for (const options of [[], ["-p"], ["--atomic"], ["--update"]]) {
        using place = await sshd.place();
        const [tree, t] = [`${from(place)}/tree`, `${to(place)}/in`];
        Deno.mkdirSync(`${to(place)}/victim`);
        Deno.mkdirSync(t);
        makeTree(from(place), { "dir/L": ".." });
        const args = [
          ...["-r", "--links", ...options, ...operands(place, "tree", "in")],
        ];
        await place.copyWell(args);
        // What was a link is a directory now, whose link counts from there.
        Deno.removeSync(`${tree}/dir/L`);
        Deno.mkdirSync(`${tree}/dir/L`);
        Deno.symlinkSync("../../victim", `${tree}/dir/L/evil`);
        Deno.removeSync(`${t}/tree/dir/f`);
        Deno.symlinkSync("../../../victim/f", `${t}/tree/dir/f`);
        const before = await describeTree(to(place));
        const { status, stderr } = await place.copy(args);
        assertEquals(status, 1);
        const [target] = operands(place, "", "in").slice(-1);
        const label = target!.replace(":", ": ");
        assertEquals(
          stderr.trimEnd().split("\n").slice(0, 2).toSorted(),
          ["L", "f"].map((name) =>
            `seacp: ${label}/tree/dir/${name}: ` +
            "a link is there: nothing is copied through it"
          ),
        );
        assertEquals(await describeTree(to(place)), before);
      }
    },
  );

  peerTest(
    `links: --links with --no-clobber keeps what is there, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      makeTree(from(place), { link: "dir", other: "dir" });
      Deno.mkdirSync(`${to(place)}/in/tree`, { recursive: true });
      Deno.symlinkSync("theirs", `${to(place)}/in/tree/link`);
      Deno.writeTextFileSync(`${to(place)}/in/tree/other`, "theirs");
      await place.copyWell([
        ...["-r", "--links", "--no-clobber", ...operands(place, "tree", "in")],
      ]);
      assertEquals(Deno.readLinkSync(`${to(place)}/in/tree/link`), "theirs");
      assertEquals(
        Deno.readTextFileSync(`${to(place)}/in/tree/other`),
        "theirs",
      );
    },
  );

  peerTest(
    `links: with --update no link takes the place of a file, ${name}`,
    NEEDS,
    async () => {
      // In local copies links are links without --links, too.
      for (const links of name === "here" ? [["--links"], []] : [["--links"]]) {
        using place = await sshd.place();
        makeTree(from(place), { file: "dir", link: "dir" });
        Deno.mkdirSync(`${to(place)}/in/tree`, { recursive: true });
        Deno.writeTextFileSync(`${to(place)}/in/tree/file`, "theirs");
        Deno.symlinkSync("theirs", `${to(place)}/in/tree/link`);
        const { status, stderr } = await place.copy([
          ...["-rv", ...links, "--update", ...operands(place, "tree", "in")],
        ]);
        assertEquals(status, 0, stderr);
        assertEquals(skipped(stderr), ["file: the target is no link"]);
        assertEquals(
          Deno.readTextFileSync(`${to(place)}/in/tree/file`),
          "theirs",
        );
        assertEquals(Deno.readLinkSync(`${to(place)}/in/tree/link`), "dir");
      }
    },
  );

  peerTest(
    `links: --skip-unchanged makes no link again, ${name}`,
    NEEDS,
    async () => {
      using place = await sshd.place();
      makeTree(from(place), { other: "dir", same: "dir" });
      const args = [
        ...["-rv", "--links", "--skip-unchanged"],
        ...operands(place, "tree/.", "new"),
      ];
      assertEquals((await place.copy(args)).status, 0);
      const target = `${to(place)}/new`;
      Deno.removeSync(`${target}/other`);
      Deno.symlinkSync("theirs", `${target}/other`);
      const { ino } = Deno.lstatSync(`${target}/same`);
      const { status, stderr } = await place.copy(args);
      assertEquals(status, 0, stderr);
      assertEquals(skipped(stderr), [
        "f: same size and time",
        "same: the same link",
      ]);
      assertEquals(Deno.lstatSync(`${target}/same`).ino, ino);
      assertEquals(Deno.readLinkSync(`${target}/other`), "dir");
    },
  );

  peerTest(
    `links: a dry run lists the links that would be made, and what they replace, ${name}`,
    NEEDS,
    async () => {
      for (const options of [[], ["--atomic"]]) {
        using place = await sshd.place();
        makeTree(from(place), { new: "dir", old: "dir" });
        Deno.mkdirSync(`${to(place)}/in/tree`, { recursive: true });
        Deno.symlinkSync("nowhere", `${to(place)}/in/tree/old`);
        const { status, stdout, stderr } = await place.copy([
          ...["-r", "--links", "--dry-run", ...options],
          ...operands(place, "tree", "in"),
        ]);
        assertEquals([status, stderr], [
          0,
          "would copy 1 file, 1 byte; would make 1 directory and 2 links\n",
        ]);
        const [target] = operands(place, "", "in/tree").slice(-1);
        const path = target!.replace(":", ": ");
        assertEquals(
          stdout.split("\n").filter((line) => line.includes("link")).toSorted(),
          [
            `would make link ${path}/new to dir: new`,
            `would make link ${path}/old to dir: replaces what is there`,
          ],
        );
        assertEquals(Deno.readLinkSync(`${to(place)}/in/tree/old`), "nowhere");
      }
    },
  );
}

peerTest("links: over SCP they are refused", NEEDS, async () => {
  using place = await sshd.place();
  makeTree(place.near, {});
  const { status, stderr } = await place.copy([
    ...["-O", "-r", "--links", "tree", place.remote("new")],
  ]);
  assertEquals([status, stderr], [
    1,
    "far: --links needs SFTP: SCP knows no links: leave out -O\n",
  ]);
});
