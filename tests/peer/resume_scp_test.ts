/** Files that go on over SCP, where an earlier copy was cut. */

import { assert, assertEquals } from "@std/assert";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { DOWN, type Sides, UP } from "../support/fixtures/sides.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import { UnsteadyLine } from "../support/hostile/unsteady_line.ts";
import { jsonEvents } from "../support/json_events.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, "sha256sum"];

const shared = new SharedSshd();

const MIB = 1024 * 1024;

/** Length of the file, in bytes. */
const LENGTH = 18_000_000;

/** Length of its beginning where that is there, in bytes. */
const BEGINNING = 17_500_000;

/** Bytes that logins, questions and answers take at most, beside the content. */
const OVERHEAD = 150_000;

/** Start of a block of 64 KiB at or before a byte: uploads go on from there. */
const blockAt = (at: number) => at - at % 65536;

/** Gives the file's beginning, with some other bytes in it. */
function beginning(at = 0, spoilt = 0): Uint8Array {
  const bytes = pattern(LENGTH).slice(0, BEGINNING);
  for (let place = at; place < at + spoilt; place++) bytes[place]! ^= 0xff;
  return bytes;
}

/** What is there before a copy, what is said, and what has to move. */
interface State {
  readonly name: string;
  readonly there: () => Uint8Array;
  /** What is said, behind the path; or the byte that the file goes on from. */
  readonly said: string | number;
  /** Bytes of content that have to move; absent where the byte above tells. */
  readonly moved?: number;
}

const STATES: readonly State[] = [
  { name: "a beginning", there: () => beginning(), said: BEGINNING },
  {
    name: "all of it",
    there: () => pattern(LENGTH),
    said: ": same content",
    moved: 0,
  },
  {
    name: "other content of its length",
    there: () => pattern(LENGTH).slice().fill(1, 5000, 6000),
    said: ": copied whole: what is there has another content",
    moved: LENGTH,
  },
  {
    name: "more than it",
    there: () => new Uint8Array(LENGTH + 1),
    said: ": copied whole: what is there is longer",
    moved: LENGTH,
  },
  {
    name: "another beginning",
    there: () => beginning(100, 1),
    said: ": copied whole: what is there is not its beginning",
    moved: LENGTH,
  },
  {
    name: "less than a block of it",
    there: () => beginning().subarray(0, 65535),
    said: ": copied whole: less than 64 KiB of it is there",
    moved: LENGTH,
  },
  {
    name: "a beginning with a hole near its end",
    there: () => beginning(BEGINNING - 600_000, 255_000),
    said: BEGINNING - 16 * MIB,
  },
  {
    name: "a beginning with an old tail",
    there: () => beginning(BEGINNING - 1000, 1000),
    said: BEGINNING - 16 * MIB,
  },
];

for (const sides of [UP, DOWN]) {
  for (const { name, there, said, moved } of STATES) {
    peerTest(
      `--resume -O: where ${name} is there, the file is whole ${sides.name}, and no more moves than has to`,
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
        Deno.writeFileSync(from, pattern(LENGTH));
        Deno.writeFileSync(to, there());
        const { status, stderr } = await place.copy([
          ...["-O", "--resume", "-v"],
          ...sides.operands(place, "f", "g"),
        ]);
        assertEquals(status, 0, stderr);
        const at = typeof said === "number"
          ? sides === UP ? blockAt(said) : said
          : 0;
        const words = typeof said === "number"
          ? `: resumed at ${at.toLocaleString("en")} of 18,000,000 bytes`
          : said;
        assert(
          stderr.split(/\r?\n/).some((line) => line.endsWith(words)),
          stderr,
        );
        assertSame(from, to);
        const limit = 1.02 * (moved ?? LENGTH - at) + OVERHEAD;
        const bytes = line.moved[sides === UP ? "up" : "down"];
        assert(bytes < limit, `${bytes} bytes moved`);
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

/** Names that a shell could read as something else. */
const NAMES = [
  " a  b ",
  "-n",
  "it's",
  '"q"',
  "$(touch pwned)",
  "back\\slash\\n",
  "*",
  "größe",
];

/** Makes a tree of which some is at the target: whole, cut, or missing. */
function makeTree(place: Place, sides: Sides, target: string): void {
  const [from, to] = [sides.from(place), `${sides.to(place)}/${target}`];
  Deno.mkdirSync(`${from}/tree/inner/empty`, { recursive: true });
  Deno.mkdirSync(`${from}/tree/new`, { recursive: true });
  Deno.mkdirSync(`${to}/inner`, { recursive: true });
  const put = (path: string, size: number, there?: number) => {
    const content = pattern(size);
    Deno.writeFileSync(`${from}/tree/${path}`, content);
    Deno.chmodSync(`${from}/tree/${path}`, 0o640);
    Deno.utimeSync(`${from}/tree/${path}`, 946_684_800, 946_684_800);
    if (there === undefined) return;
    Deno.writeFileSync(`${to}/${path}`, content.subarray(0, there));
  };
  for (const [at, name] of NAMES.entries()) {
    put(`same ${name}`, 5000 + at, 5000 + at);
    put(`inner/${name}`, 300_000 + at, 200_000 + at);
    put(`new/${name}`, 3000 + at);
  }
  put("inner/short", 100_000, 1000);
  put("inner/none", 1000, 0);
  put("missing", 200_000);
}

for (const sides of [UP, DOWN]) {
  for (const preserve of [false, true]) {
    for (const target of ["tree", "into/tree"]) {
      const given = preserve ? "-rp" : "-r";
      peerTest(
        `--resume -O ${given}: a tree of which some is there is completed ${sides.name} in ${target}`,
        NEEDS,
        async () => {
          using place = await shared.place("-O");
          makeTree(place, sides, target);
          const parent = target === "tree" ? "." : "into";
          const { status, stdout, stderr } = await place.copy([
            ...["--resume", given, "--json"],
            ...sides.operands(place, "tree", parent),
          ]);
          assertEquals(status, 0, stderr);
          const [from, to] = [
            `${sides.from(place)}/tree`,
            `${sides.to(place)}/${target}`,
          ];
          const facts = preserve ? { modes: true, times: true } : {};
          assertEquals(
            await describeTree(to, facts),
            await describeTree(from, facts),
          );
          const files = jsonEvents(stdout, status)
            .filter(({ type }) => type === "file");
          const count = (is: (file: Record<string, unknown>) => boolean) =>
            files.filter((file) => is(file as Record<string, unknown>)).length;
          assertEquals(
            [
              count(({ reason }) => reason === "same content"),
              count(({ resumed_at }) => resumed_at !== undefined),
              files.length,
            ],
            [NAMES.length, NAMES.length, 3 * NAMES.length + 3],
            stdout,
          );
        },
      );
    }
  }
}
