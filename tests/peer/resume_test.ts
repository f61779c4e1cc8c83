/** Files that are there already, or their beginnings, under `--resume`. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { BETWEEN, DOWN, HERE, UP } from "../support/fixtures/sides.ts";
import { describeTree } from "../support/fixtures/tree.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { jsonEvents } from "../support/json_events.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = [...sshdDoor.needs, "sftp-server"];

const shared = new SharedSshd();

/** Length of the file, in bytes. */
const LENGTH = 18_000_000;

/** Length of its beginning where that is there, in bytes. */
const BEGINNING = 17_500_000;

/** Bytes that logins, questions and answers take at most, beside the content. */
const OVERHEAD = 150_000;

let made: Uint8Array | undefined;

/** Gives the content of the file, in which no two stretches are the same. */
function content(): Uint8Array {
  if (made !== undefined) return made;
  const words = new Uint32Array(LENGTH / 4);
  for (let at = 0; at < words.length; at++) {
    words[at] = Math.imul(at, 0x9e3779b1);
  }
  return made = new Uint8Array(words.buffer);
}

/** Gives its beginning, with some other bytes in it. */
function beginning(at = 0, spoilt = 0): Uint8Array {
  const bytes = content().slice(0, BEGINNING);
  for (let place = at; place < at + spoilt; place++) bytes[place]! ^= 0xff;
  return bytes;
}

/** What is there before a copy, what is said, and what has to move. */
interface State {
  readonly name: string;
  readonly there: () => Uint8Array;
  readonly said: RegExp;
  /** Bytes of content that have to move. */
  readonly moved: number;
}

const STATES: readonly State[] = [
  {
    name: "a beginning",
    there: () => beginning(),
    said: /: resumed at 17,500,000 of 18,000,000 bytes$/,
    moved: LENGTH - BEGINNING,
  },
  {
    name: "all of it",
    there: content,
    said: /^skipped .*: same content$/,
    moved: 0,
  },
  {
    name: "other content of its length",
    there: () => content().slice().fill(1, 5000, 6000),
    said: /: copied whole: what is there has another content$/,
    moved: LENGTH,
  },
  {
    name: "more than it",
    there: () => new Uint8Array(LENGTH + 1),
    said: /: copied whole: what is there is longer$/,
    moved: LENGTH,
  },
  {
    name: "another beginning",
    there: () => beginning(100, 1),
    said: /: copied whole: what is there is not its beginning$/,
    moved: LENGTH,
  },
  {
    name: "a beginning with a hole near its end",
    there: () => beginning(BEGINNING - 600_000, 255_000),
    said: /: resumed at 722,784 of 18,000,000 bytes$/,
    moved: LENGTH - (BEGINNING - 16 * 1024 ** 2),
  },
  {
    name: "a beginning with an old tail",
    there: () => beginning(BEGINNING - 1000, 1000),
    said: /: resumed at 722,784 of 18,000,000 bytes$/,
    moved: LENGTH - (BEGINNING - 16 * 1024 ** 2),
  },
];

for (const sides of [UP, DOWN, BETWEEN, HERE]) {
  for (const { name, there, said, moved } of STATES) {
    peerTest(
      `--resume: where ${name} is there, the file is whole ${sides.name}, and no more moves than has to`,
      [...NEEDS, "cmp"],
      async () => {
        await using line = new UnsteadyLine(
          await shared.start(),
          () => "whole",
        );
        using place = new Place(line);
        const [from, to] = [
          `${sides.from(place)}/f`,
          `${sides.to(place)}/g`,
        ];
        Deno.writeFileSync(from, content());
        Deno.writeFileSync(to, there());
        const { status, stderr } = await place.copy([
          ...["--resume", "-v"],
          ...sides.operands(place, "f", "g"),
        ]);
        assertEquals(status, 0, stderr);
        assert(
          stderr.split(/\r?\n/).some((line) => said.test(line)),
          stderr,
        );
        assertSame(from, to);
        if (sides === HERE) return;
        const { up, down } = line.moved;
        const limit = 1.02 * moved + OVERHEAD;
        if (sides !== DOWN) assert(up < limit, `${up} bytes up`);
        if (sides !== UP) assert(down < limit, `${down} bytes down`);
      },
    );
  }
}

function assertSame(one: string, other: string): void {
  // Comparing them as values would take seconds.
  const { success } = new Deno.Command("cmp", { args: [one, other] })
    .outputSync();
  assert(success, `${one} and ${other} differ`);
}

for (const sides of [UP, DOWN]) {
  peerTest(
    `--resume: JSON tells where a file went on ${sides.name}, and what is skipped`,
    NEEDS,
    async () => {
      using place = await shared.place();
      const [from, to] = [sides.from(place), sides.to(place)];
      for (const name of ["cut", "same", "new"]) {
        Deno.writeTextFileSync(`${from}/${name}`, "one two three\n");
      }
      Deno.writeTextFileSync(`${to}/cut`, "one two");
      Deno.writeTextFileSync(`${to}/same`, "one two three\n");
      const names = ["cut", "same", "new"];
      const operands = names.map((name) => sides.operands(place, name, ".")[0]);
      const { status, stdout } = await place.copy([
        ...["--resume", "--json"],
        ...[...operands, sides.operands(place, "", ".")[1]],
      ]);
      const files = jsonEvents(stdout, status)
        .filter(({ type }) => type === "file")
        .map(({ action, path, reason, resumed_at }) => [
          ...[String(path).replace(/^.*\//, ""), action, reason, resumed_at],
        ]);
      assertEquals(files.toSorted(), [
        ["cut", "copied", undefined, 7],
        ["new", "copied", undefined, undefined],
        ["same", "skipped", "same content", undefined],
      ]);
      assertEquals(await describeTree(to), await describeTree(from));
    },
  );

  peerTest(
    `--resume: -p gives the last times and modes to what is there ${sides.name}`,
    NEEDS,
    async () => {
      using place = await shared.place();
      const [from, to] = [sides.from(place), sides.to(place)];
      for (const name of ["cut", "same"]) {
        Deno.writeTextFileSync(`${from}/${name}`, "one two three\n");
        Deno.chmodSync(`${from}/${name}`, 0o640);
        Deno.utimeSync(`${from}/${name}`, 946_684_800, 946_684_800);
      }
      Deno.writeTextFileSync(`${to}/cut`, "one two");
      Deno.writeTextFileSync(`${to}/same`, "one two three\n");
      const { status, stderr } = await place.copy([
        ...["--resume", "-p", sides.operands(place, "cut", ".")[0]],
        ...sides.operands(place, "same", "."),
      ]);
      assertEquals(status, 0, stderr);
      const facts = { modes: true, times: true };
      assertEquals(
        await describeTree(to, facts),
        await describeTree(from, facts),
      );
    },
  );

  peerTest(
    `--resume: --verify proves the whole of a file that went on ${sides.name}`,
    NEEDS,
    async () => {
      using place = await shared.place();
      const [from, to] = [sides.from(place), sides.to(place)];
      Deno.writeTextFileSync(`${from}/f`, "one two three\n");
      Deno.writeTextFileSync(`${to}/f`, "one two");
      const { status, stdout } = await place.copy([
        ...["--resume", "--verify", "--json"],
        ...sides.operands(place, "f", "."),
      ]);
      const [file] = jsonEvents(stdout, status)
        .filter(({ type }) => type === "file");
      assertEquals(
        [status, file!.resumed_at, file!.verified, file!.read_back],
        [0, 7, true, false],
      );
    },
  );
}

peerTest(
  "--resume: between two hosts with -O one line says that it needs SFTP, and nothing is copied",
  NEEDS,
  async () => {
    using place = await shared.place("-O");
    place.makeFar([{ path: "f", content: "one two" }, {
      path: "g",
      content: "one",
    }]);
    const { status, stderr } = await place.copy([
      ...["--resume", place.remote("f"), place.remote("g", "other")],
    ]);
    assertEquals([status, stderr], [
      1,
      "far: --resume needs SFTP: over SCP no host goes on with a file of " +
      "another one: leave out -O\n",
    ]);
    assertEquals(Deno.readTextFileSync(`${place.far}/g`), "one");
  },
);

/** A server that runs no commands: the SFTP server is all there is. */
const silent = new SharedSshd(() => Sshd.start({ sftp: "only" }));

peerTest(
  "--resume: where the server runs no commands, an upload reads back what is there, and says so",
  NEEDS,
  async () => {
    using place = await silent.place();
    place.makeNear([{ path: "f", content: "one two three\n" }]);
    place.makeFar([{ path: "f", content: "one two" }]);
    const { status, stderr } = await place.copy([
      ...["--resume", "f", place.remote("f")],
    ]);
    assertEquals(status, 0, stderr);
    assertMatch(
      stderr,
      /^seacp: warning: far: files are read back to be compared: .+$/m,
    );
    assertStringIncludes(stderr, "seacp: f: resumed at 7 of 14 bytes\n");
    assertEquals(
      Deno.readTextFileSync(`${place.far}/f`),
      "one two three\n",
    );
  },
);

peerTest(
  "--resume: where the server runs no commands, a download is copied whole, and says so",
  NEEDS,
  async () => {
    using place = await silent.place();
    place.makeFar([{ path: "f", content: "one two three\n" }]);
    place.makeNear([{ path: "f", content: "one two" }]);
    const { status, stderr } = await place.copy([
      ...["--resume", place.remote("f"), "f"],
    ]);
    assertEquals(status, 0, stderr);
    assertMatch(
      stderr,
      /^seacp: warning: f: copied whole: nobody hashes the source: .+$/m,
    );
    assertEquals(
      Deno.readTextFileSync(`${place.near}/f`),
      "one two three\n",
    );
  },
);
