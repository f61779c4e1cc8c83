/** Filters, against git's own reading of the same rules and over real protocols. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LocalFileSystem } from "../../lib/disk/local_file_system.ts";
import type { FileSystem } from "../../lib/filesystem/file_system.ts";
import { FilteredFileSystem } from "../../lib/filesystem/filtered_file_system.ts";
import { FilterRules, ruleOfLine } from "../../lib/names/filter_rules.ts";
import {
  childDoor,
  type Door,
  peerTest,
  peerTestUnless,
  sftpChildDoor,
  sftpSshdDoor,
  sshdDoor,
} from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../support/fixtures/raw_names.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { listed, makeTree, type TreeEntry } from "../support/fixtures/tree.ts";
import { Random } from "../support/fuzz/random.ts";
import { runProgram } from "../support/process/program.ts";
import { placeAt } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

/** Trees that are compared with git's reading. */
const TREES = 60;

/** Names in ASCII: beyond it a character is several ones to git. */
const NAMES = [
  "a",
  "b",
  "ab",
  "a.b",
  ".a",
  "a b",
  "B",
  "#a",
  "!a",
  "a*",
  "ab.b",
];

const PIECES = [
  ...NAMES,
  ...["*", "?", "**", "[ab]", "[!a]", "\\*", "*.b", "a?", "**/a", "a/**"],
];

function randomTree(random: Random): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const grow = (prefix: string, depth: number) => {
    for (const name of NAMES) {
      if (!random.chance(depth === 0 ? 70 : 35)) continue;
      if (depth < 3 && random.chance(40)) {
        entries.push({ path: `${prefix}${name}/` });
        grow(`${prefix}${name}/`, depth + 1);
      } else entries.push({ path: `${prefix}${name}`, content: "" });
    }
  };
  grow("", 0);
  return entries;
}

function randomRule(random: Random): string {
  const length = 1 + random.below(3);
  const parts = Array.from({ length }, () => random.pick(PIECES));
  return (random.chance(25) ? "!" : "") + (random.chance(25) ? "/" : "") +
    parts.join("/") + (random.chance(20) ? "/" : "") +
    (random.chance(10) ? "  " : "");
}

/** Gives the paths that git would not ignore. */
async function keptByGit(
  root: string,
  rules: readonly string[],
  paths: readonly string[],
): Promise<string[]> {
  Deno.writeTextFileSync(`${root}/.git/info/exclude`, rules.join("\n"));
  const { stdout } = await runProgram([
    ...["git", "-C", root, "-c", "core.ignorecase=false"],
    ...["check-ignore", "--no-index", "--stdin", "-z"],
  ], { input: Promise.resolve(paths.join("\0")) });
  const ignored = new Set(stdout.split("\0"));
  return paths.filter((path) => !ignored.has(path));
}

async function walked(files: FileSystem, path: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, kind } of await files.readdir(path)) {
    const entry = files.join(path, name);
    paths.push(entry);
    if (kind === "directory") paths.push(...await walked(files, entry));
  }
  return paths;
}

peerTest("filters: read rules as git does", ["git"], async () => {
  for (let seed = 0; seed < TREES; seed++) {
    const random = new Random(seed);
    using directory = new TempDirectory();
    const root = directory.path;
    await runProgram(["git", "init", "-q", root]);
    makeTree(root, randomTree(random));
    const paths = listed(root).filter((path) => !/^\.git(\/|$)/.test(path));
    for (let round = 0; round < 5; round++) {
      const count = 1 + random.below(6);
      const rules = Array.from({ length: count }, () => randomRule(random));
      const filtered = new FilteredFileSystem(new LocalFileSystem(), {
        rules: new FilterRules(
          rules.flatMap((rule) => ruleOfLine(rule, "rules") ?? []),
          { isInclusive: false },
        ),
        roots: [root],
        keepsLinks: false,
      });
      const kept = (await walked(filtered, root))
        .map((path) => path.slice(root.length + 1))
        .filter((path) => !/^\.git(\/|$)/.test(path));
      assertEquals(
        kept.toSorted(),
        (await keptByGit(root, rules, paths)).toSorted(),
        `seed ${seed}, round ${round}: ${JSON.stringify(rules)}`,
      );
    }
  }
});

const TREE: readonly TreeEntry[] = [
  { path: "tree/a.c", content: "a" },
  { path: "tree/a.o", content: "object" },
  { path: "tree/build/deep/x", content: "x" },
  { path: "tree/src/b.c", content: "b" },
  { path: "tree/src/build", content: "a file" },
  { path: "tree/src/deep/b.o", content: "object" },
  { path: "tree/star*and[brackets]?", content: "odd" },
  { path: "tree/empty/" },
];

/** Filters, and the paths below the tree that they let through. */
const CASES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["--exclude", "*.o", "--exclude", "build/"], [
    "a.c",
    "empty",
    "src",
    "src/b.c",
    "src/build",
    "src/deep",
    "star*and[brackets]?",
  ]],
  [["--exclude", "*", "--include", "/a.c"], ["a.c"]],
  [["--exclude", "/src", "--exclude=/build", "--exclude", "star\\*and*"], [
    "a.c",
    "a.o",
    "empty",
  ]],
  [["--exclude", "tree"], [
    ...["a.c", "a.o", "build", "build/deep", "build/deep/x", "empty", "src"],
    ...["src/b.c", "src/build", "src/deep", "src/deep/b.o"],
    "star*and[brackets]?",
  ]],
];

/** Filters that let only through what is included. */
const INCLUSIVE = ["--include", "*.c", "--exclude", "/src"];

for (const door of [childDoor, sshdDoor, sftpChildDoor, sftpSshdDoor]) {
  for (const direction of ["up", "down"] as const) {
    peerTest(
      `filters: choose what goes ${direction} by ${door.name}`,
      door.needs,
      async () => {
        await using opened: Door = await door.open();
        for (const [filters, paths] of CASES) {
          using place = new Place(opened);
          assertEquals(await copied(place, direction, filters), paths);
        }
        using place = new Place(opened);
        const isPruned = direction === "up" || door.protocol !== "scp";
        assertEquals(
          await copied(place, direction, INCLUSIVE),
          isPruned ? ["a.c"] : ["a.c", "build", "build/deep", "empty"],
        );
      },
    );
  }
}

/** Copies the tree; gives the paths that arrived. */
async function copied(
  place: Place,
  direction: "up" | "down",
  filters: readonly string[],
): Promise<string[]> {
  const isUp = direction === "up";
  if (isUp) place.makeNear(TREE);
  else place.makeFar(TREE);
  const { status, stderr } = await place.copy([
    ...["-r", ...filters],
    ...isUp ? ["tree", place.remote("new")] : [place.remote("tree"), "new"],
  ]);
  assertEquals(status, 0, stderr);
  return listed(`${isUp ? place.far : place.near}/new`).toSorted();
}

peerTest(
  "filters: over SCP say what came in vain",
  childDoor.needs,
  async () => {
    await using door = await childDoor.open();
    using place = new Place(door);
    place.makeFar(TREE);
    assertEquals(
      await place.copy([
        ...["-r", "--exclude", "*.o", place.remote("tree"), "."],
      ]),
      {
        status: 0,
        stdout: "",
        stderr: "warning: far: over SCP what is left out comes all the same: " +
          "2 files of 12 bytes dropped\n",
      },
    );
  },
);

peerTest(
  "filters: with -v name the rule of each entry left out",
  sftpSshdDoor.needs,
  async () => {
    await using sshd = await Sshd.start();
    for (const protocol of ["-O", "-s"]) {
      for (const isUp of [true, false]) {
        using place = placeAt(sshd);
        if (isUp) place.makeNear(TREE);
        else place.makeFar(TREE);
        Deno.writeTextFileSync(
          `${place.near}/rules`,
          "# ours\n\n*.o\r\nbuild/",
        );
        const { stderr } = await place.copy([
          ...[protocol, "-rv", "--exclude-from", "rules"],
          ...isUp ? ["tree", place.remote(".")] : [place.remote("tree"), "."],
        ]);
        const excluded = stderr.split("\n")
          .filter((line) => line.startsWith("excluded "))
          .map((line) => line.replace(/^excluded .*tree\//, ""));
        assertEquals(excluded.toSorted(), [
          "a.o: rules:3: *.o",
          "build: rules:4: build/",
          "src/deep/b.o: rules:3: *.o",
        ]);
      }
    }
  },
);

peerTest(
  "filters: choose between two hosts over SFTP, and locally",
  sftpSshdDoor.needs,
  async () => {
    await using sshd = await Sshd.start();
    using place = placeAt(sshd);
    place.makeFar(TREE);
    place.makeNear(TREE);
    const filters = ["-r", "--exclude", "*.o", "--exclude", "[b-s]*"];
    await place.copyWell([
      ...filters,
      ...[place.remote("tree"), place.remote("there", "other")],
    ]);
    assertEquals(listed(`${place.far}/there`), ["a.c"]);
    await place.copyWell([...filters, "tree", "here"]);
    assertEquals(listed(`${place.near}/here`), ["a.c"]);
    const outcome = await place.copy([
      ...["-O", ...filters],
      ...[place.remote("tree"), place.remote("scp", "other")],
    ]);
    assertEquals(outcome.status, 1);
    assertStringIncludes(outcome.stderr, "--exclude needs SFTP: ");
  },
);

peerTestUnless(lacksRawNames)(
  "filters: match names that are not UTF-8",
  sftpSshdDoor.needs,
  async () => {
    await using sshd = await Sshd.start();
    for (const protocol of ["-O", "-s"]) {
      using place = placeAt(sshd);
      using _near = emptied(place.near);
      using _far = emptied(place.far);
      shell(
        "mkdir tree; : > tree/$(printf 'a\\377'); : > tree/$(printf 'b\\377'); " +
          "printf '?\\377\\n!b*' > rules",
        place.near,
      );
      await place.copyWell([
        ...[protocol, "-r", "--exclude-from", "rules"],
        ...["tree", place.remote(".")],
      ]);
      assertEquals(shell("ls tree", place.far), "b\xff\n");
    }
  },
);

peerTest(
  "filters: refuse a file of patterns that is not there, and copies nothing",
  childDoor.needs,
  async () => {
    await using door = await childDoor.open();
    using place = new Place(door);
    place.makeNear(TREE);
    assertEquals(
      await place.copy([
        "-r",
        "--exclude-from",
        "none",
        "tree",
        place.remote("."),
      ]),
      {
        status: 1,
        stdout: "",
        stderr: "none: No such file or directory\n",
      },
    );
    assertEquals(listed(place.far), []);
  },
);
