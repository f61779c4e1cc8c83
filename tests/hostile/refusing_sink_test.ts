/**
 * Sinks that refuse files whose bodies are in flight already, and make what they
 * like of those: nothing may come to be that was not sent, all else arrives.
 */

import { assertEquals } from "@std/assert";
import { type Door, writeScript } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import {
  checkUpload,
  LARGE_TREE,
  REFUSALS,
  type SentFile,
  sentFiles,
  TREE,
} from "../support/scp/refusals.ts";
import { type Manner, MANNERS } from "../support/hostile/refusing_sink.ts";
import type { TreeEntry } from "../support/fixtures/tree.ts";

const SINK =
  new URL("../support/hostile/refusing_sink.ts", import.meta.url).pathname;

/** A door to a sink that refuses what `refuse` was told. */
class RefusingDoor implements Door {
  readonly options: readonly string[];
  readonly home: string;
  readonly #directory = Deno.makeTempDirSync({ prefix: "seacp-refusing-" });
  readonly #manner: Manner;

  constructor(manner: Manner) {
    this.#manner = manner;
    this.home = `${this.#directory}/home`;
    Deno.mkdirSync(this.home);
    // A terminal that others open meanwhile is not asked at by this.
    this.options = ["-S", `${this.#directory}/ssh`, "-O", "-B"];
  }

  refuse(refused: readonly SentFile[]): void {
    const names = refused.map(({ name }) => name).join(",");
    writeScript(
      `${this.#directory}/ssh`,
      `for last; do :; done
cd ${this.home}
exec ${Deno.execPath()} run --quiet --allow-all ${SINK} \\
  ${this.#manner} '${names}' $last
`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** Expects that all but these arrives, in one session after the one they end. */
async function checkGoesOn(
  door: RefusingDoor,
  place: Place,
  refused: readonly SentFile[],
  { preserve = false } = {},
): Promise<void> {
  door.refuse(refused);
  const flags = preserve ? "-rpv" : "-rv";
  const outcome = await place.copy([flags, "tree", place.remote(".")]);
  await checkUpload(outcome, place, {
    copy: "tree",
    refused,
    preserve,
    sessions: 2,
  });
}

for (const manner of MANNERS) {
  for (const [at, { name, pick }] of REFUSALS.entries()) {
    const preserve = at % 2 === 0;
    const flags = preserve ? "-rpv" : "-rv";
    Deno.test(`refusing sinks: all but what is refused arrives where a ${manner} sink refuses ${name} (${flags})`, async () => {
      await using door = new RefusingDoor(manner);
      using place = new Place(door);
      place.makeNear(TREE);
      const refused = pick(sentFiles(`${place.near}/tree`));
      door.refuse(refused);
      const outcome = await place.copy([flags, "tree", place.remote(".")]);
      const isLost = refused.some(({ isAhead }) => isAhead);
      await checkUpload(outcome, place, {
        copy: "tree",
        refused,
        preserve,
        sessions: isLost ? 2 : 1,
      });
      assertEquals(names(place.far), ["tree"]);
      assertEquals(names(door.home).length, 1);
    });
  }

  Deno.test(`refusing sinks: all but what is refused arrives where a ${manner} sink refuses the first that goes ahead of much more than it heard`, async () => {
    await using door = new RefusingDoor(manner);
    using place = new Place(door);
    place.makeNear(LARGE_TREE);
    // One is waited for: its times and its record show that messages may leave
    // together.
    const refused = sentFiles(`${place.near}/tree`).slice(2, 3);
    await checkGoesOn(door, place, refused, { preserve: true });
  });

  Deno.test(`refusing sinks: a ${manner} sink refuses in lockstep, and that takes one session`, async () => {
    await using door = new RefusingDoor(manner);
    using place = new Place(door);
    place.makeNear(TREE);
    const refused = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 3 === 1);
    door.refuse(refused);
    const args = ["--lockstep", "-rpv", "tree", place.remote("")];
    await checkUpload(await place.copy(args), place, {
      copy: "tree",
      refused,
      preserve: true,
      sessions: 1,
    });
  });
}

/** The name of each entry of a directory. */
function names(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).toSorted();
}

/** Target of a tree, its name there, and the sessions that takes. */
const TARGETS: readonly {
  readonly name: string;
  readonly target: string;
  readonly before?: readonly TreeEntry[];
  readonly copy: string;
  /**
   * Number of sessions for a refusal: one more where it has to be found out.
   */
  readonly sessions: number;
}[] = [
  {
    name: "a directory that is there",
    target: "there",
    before: [{ path: "there/other", content: "kept" }],
    copy: "there/tree",
    sessions: 3,
  },
  {
    name: "a directory that is there, with a slash",
    target: "there/",
    before: [{ path: "there/other", content: "kept" }],
    copy: "there/tree",
    sessions: 3,
  },
  {
    name: "a directory that is there and holds an earlier copy",
    target: "there",
    before: [
      { path: "there/other", content: "kept" },
      { path: "there/tree/sub/deep/c00", content: "older, and much longer" },
    ],
    copy: "there/tree",
    sessions: 3,
  },
  {
    name: "a directory that is there and called the same",
    target: "tree",
    before: [{ path: "tree/other", content: "kept" }],
    copy: "tree/tree",
    sessions: 3,
  },
  { name: "what is not there", target: "new", copy: "new", sessions: 3 },
  {
    name: "what is not there, with a slash",
    target: "new/",
    copy: "new",
    sessions: 3,
  },
  {
    name: "what is not there, in a directory",
    target: "there/new",
    before: [{ path: "there/other", content: "kept" }],
    copy: "there/new",
    sessions: 3,
  },
  {
    name: "what is not there and is called the same",
    target: "tree",
    copy: "tree",
    sessions: 3,
  },
];

for (const { name, target, before = [], copy, sessions } of TARGETS) {
  Deno.test(`refusing sinks: a tree of which some is refused goes to ${name}`, async () => {
    await using door = new RefusingDoor("strict");
    using place = new Place(door);
    place.makeNear(TREE);
    place.makeFar(before);
    const refused = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 5 === 3);
    door.refuse(refused);
    const outcome = await place.copy(["-rpv", "tree", place.remote(target)]);
    await checkUpload(outcome, place, {
      copy,
      refused,
      preserve: true,
      sessions,
    });
    const others = before.filter(({ path }) => path.endsWith("/other"));
    for (const { path, content } of others) {
      assertEquals(Deno.readTextFileSync(`${place.far}/${path}`), content);
    }
    assertEquals(names(place.far), [copy.replace(/\/.*/, "")]);
  });
}

for (const manner of MANNERS) {
  Deno.test(`refusing sinks: several sources go to a ${manner} sink that refuses some of them`, async () => {
    await using door = new RefusingDoor(manner);
    using place = new Place(door);
    const tops = ["1st", "2nd", "3rd", "4th"].map((path) => ({
      path,
      content: `${path}\n`,
    }));
    place.makeNear([...tops, ...TREE, { path: "last", content: "last\n" }]);
    const inTree = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 7 === 5);
    // The third one is the first that may go ahead.
    const refused = ["3rd", "last"].map((name) => ({
      path: name,
      name,
      isAhead: true,
    }));
    door.refuse([...inTree, ...refused]);
    const sources = ["1st", "2nd", "3rd", "4th", "tree", "last"];
    place.makeFar([{ path: "in/" }]);
    const args = ["-rv", ...sources, place.remote("in")];
    const outcome = await place.copy(args);
    await checkUpload(outcome, place, {
      copy: "in/tree",
      refused: [...inTree, ...refused],
      preserve: false,
      sessions: 2,
    });
    assertEquals(names(`${place.far}/in`), ["1st", "2nd", "4th", "tree"]);
    for (const name of ["1st", "2nd", "4th"]) {
      const content = Deno.readTextFileSync(`${place.far}/in/${name}`);
      assertEquals(content, `${name}\n`);
    }
  });
}

Deno.test("refusing sinks: what is refused is told in its order, and nothing else is", async () => {
  await using door = new RefusingDoor("draining");
  using place = new Place(door);
  place.makeNear(TREE);
  const refused = sentFiles(`${place.near}/tree`);
  door.refuse(refused);
  const outcome = await place.copy(["-r", "tree", place.remote(".")]);
  const directory = place.far.split("/").at(-1);
  assertEquals(outcome, {
    status: 1,
    stdout: "",
    stderr: refused.map(({ path }) =>
      `scp: ${directory}/./tree/${path}: refused\n`
    ).join(""),
  });
});

/** Uploads that could not go on elsewhere: nothing of them goes ahead. */
const LONE: readonly {
  readonly name: string;
  readonly target: string;
  readonly more?: readonly TreeEntry[];
}[] = [
  { name: "a target that a remote shell may read otherwise", target: "n~e" },
  {
    name: "a directory that holds one of its own name",
    target: "new",
    more: [{ path: "tree/tree/", mode: 0o755, modified: 1_000_000_000 }],
  },
];

for (const { name, target, more = [] } of LONE) {
  Deno.test(`refusing sinks: all but what is refused arrives in one session with ${name}`, async () => {
    await using door = new RefusingDoor("lenient");
    using place = new Place(door);
    place.makeNear([...TREE, ...more]);
    const refused = sentFiles(`${place.near}/tree`)
      .filter((_, at) => at % 3 === 0);
    door.refuse(refused);
    const outcome = await place.copy(["-rpv", "tree", place.remote(target)]);
    await checkUpload(outcome, place, {
      copy: target,
      refused,
      preserve: true,
      sessions: 1,
    });
  });
}

/** Directories and files by turns, in whatever order they are listed. */
const BY_TURNS: readonly TreeEntry[] = [
  ...Array.from({ length: 12 }, (_, at) => [
    { path: `tree/d${at}/f${at}`, content: `${at}\n` },
    { path: `tree/d${at}/g${at}`, content: `${at}\n` },
    { path: `tree/h${at}`, content: `${at}\n` },
  ]).flat(),
];

for (const manner of MANNERS) {
  Deno.test(`refusing sinks: all but what is refused arrives where a ${manner} sink refuses a file in a directory and all after it beside it`, async () => {
    await using door = new RefusingDoor(manner);
    using place = new Place(door);
    place.makeNear(BY_TURNS);
    const files = sentFiles(`${place.near}/tree`);
    // A directory that a file beside it comes after.
    const first = files.findIndex(({ path }, at) =>
      path.includes("/") && !files[at + 1]?.path.includes("/") &&
      files[at + 1] !== undefined
    );
    const refused = [
      files[first]!,
      ...files.slice(first).filter(({ path }) => !path.includes("/")),
    ];
    await checkGoesOn(door, place, refused);
  });
}
