/** Names that are not UTF-8, through every door to a real scp and back. */

import { assertEquals } from "@std/assert";
import { type Door, peerTestUnless, systemDoors } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { seacp } from "../support/process/program.ts";
import {
  DECODING,
  emptied,
  lacksRawNames,
  lacksRawOperands,
  shell,
} from "../support/fixtures/raw_names.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

/** `caf\351` and `caf\352`, which the runtime shows alike, and U+FFFD itself. */
const MAKE_TREE = String.raw`
word() { printf "$1"; }
mkdir tree "tree/$(word 'd\351')" "tree/$(word 'd\351')/$(word 'e\377')"
echo 1 > "tree/$(word 'caf\351')"
echo 2 > "tree/$(word 'caf\352')"
echo 3 > "tree/$(word 'caf\303\251')"
echo 4 > "tree/$(word 'caf\357\277\275')"
echo 5 > "tree/$(word 'd\351')/plain"
echo 6 > "tree/$(word 'd\351')/$(word 'e\377')/$(word '\200 \376')"
seq 100000 > "tree/$(word 'd\351')/$(word 'long\351')"
: > "tree/$(word 'd\351')/$(word 'empty\351')"
chmod 640 "tree/$(word 'caf\351')"
chmod 555 "tree/$(word 'd\351')/$(word 'e\377')"
find tree -depth -exec touch -d @946684800 {} +`;

/** Compared facts of each entry, for find's `-printf`. */
type Facts = "" | "%m %Ts ";

/** A line for each entry below a directory, and one for each file's content. */
function described(directory: string, facts: Facts): string[] {
  const entries = shell(
    "find . -mindepth 1 -type l -printf '%P -> %l\\0' " +
      `-o -mindepth 1 -printf '%y ${facts}%P\\0'`,
    directory,
  );
  const digests = shell("find . -type f -exec sha256sum -z {} +", directory);
  return `${entries}${digests}`.split("\0").slice(0, -1).toSorted();
}

/** Expects copies to be what `tree` is, byte for byte. */
function assertCopies(place: Place, facts: Facts): void {
  const sent = described(`${place.near}/tree`, facts);
  assertEquals(sent.length, 10 + 8, "ten entries, eight of them files");
  assertEquals(described(`${place.far}/tree`, facts), sent);
  assertEquals(described(`${place.near}/back`, facts), sent);
}

interface Case {
  readonly name: string;
  /** True where operands are such names, too. */
  readonly hasRawOperands?: true;
  run(place: Place): Promise<void>;
}

const cases: readonly Case[] = [
  {
    name: "a tree goes up and comes down with -r, byte for byte",
    run: async (place) => {
      shell(MAKE_TREE, place.near);
      await place.copyWell(["-r", "tree", place.remote("")]);
      await place.copyWell(["-r", place.remote("tree"), "back"]);
      assertCopies(place, "");
    },
  },
  {
    name: "a tree goes up and comes down with -rp, times and modes too",
    run: async (place) => {
      shell(MAKE_TREE, place.near);
      await place.copyWell(["-rp", "tree", place.remote("")]);
      await place.copyWell(["-rp", place.remote("tree"), "back"]);
      assertCopies(place, "%m %Ts ");
    },
  },
  {
    name: "a tree replaces one that is there",
    run: async (place) => {
      shell(MAKE_TREE, place.near);
      shell(MAKE_TREE, place.far);
      shell("for f in tree/caf*; do echo old and longer > $f; done", place.far);
      await place.copyWell(["-rp", "tree", place.remote("")]);
      await place.copyWell(["-rp", place.remote("tree"), "back"]);
      assertCopies(place, "%m %Ts ");
    },
  },
  {
    name: "an operand goes up and comes down",
    hasRawOperands: true,
    run: async (place) => {
      const options = { wrapper: DECODING };
      shell("echo x > $(printf 'caf\\351')", place.near);
      await place.copyWell(["caf\\0351", place.remote("")], options);
      await place.copyWell([place.remote("caf\\0351"), "back"], options);
      await place.copyWell(["back", place.remote("up\\0352")], options);
      await place.copyWell([place.remote("caf*"), "down\\0353"], options);
      await place.copyWell([place.remote("up\\0352"), "."], options);
      assertEquals(shell("ls", place.far), "caf\xe9\nup\xea\n");
      assertEquals(
        shell("ls; cat *", place.near),
        "back\ncaf\xe9\ndown\xeb\nup\xea\nx\nx\nx\nx\n",
      );
    },
  },
  {
    name: "a URI's bytes name a file",
    run: async (place) => {
      shell("echo x > $(printf 'caf\\351')", place.far);
      const directory = place.remote("").slice("far:".length);
      await place.copyWell([`scp://far/${directory}caf%E9`, "."]);
      assertEquals(shell("ls", place.near), "caf\xe9\n");
    },
  },
  {
    name: "what is said of a name shows its bytes",
    hasRawOperands: true,
    run: async (place) => {
      shell("mkdir t && mkfifo t/$(printf 'caf\\351')", place.near);
      const up = await place.copy(["-r", "t", place.remote("")]);
      assertEquals(up, {
        status: 1,
        stdout: "",
        stderr: place.said("t/caf\\351: not a regular file"),
      });
      const missing = await place.copy(
        ["no\\0351", place.remote("")],
        { wrapper: DECODING },
      );
      assertEquals(
        missing.stderr,
        place.said("no\\351: No such file or directory"),
      );
      const down = await place.copy(
        [place.remote("no\\0351"), "."],
        { wrapper: DECODING },
      );
      assertEquals([down.status, down.stderr], [
        1,
        place.saidThere("no\\351", "No such file or directory"),
      ]);
    },
  },
];

const register = peerTestUnless(lacksRawNames);
const registerOperands = peerTestUnless(lacksRawOperands);

for (const kind of systemDoors) {
  let opened: Promise<Door> | undefined;
  Deno.test.afterAll(async () => {
    await (await opened)?.[Symbol.asyncDispose]();
  });
  for (const { name, hasRawOperands, run } of cases) {
    (hasRawOperands ? registerOperands : register)(
      `${kind.name}: ${name}`,
      kind.needs,
      async () => {
        using place = new Place(await (opened ??= kind.open()));
        using _near = emptied(place.near);
        using _far = emptied(place.far);
        await run(place);
      },
    );
  }
}

register("here: a tree is copied, links and all", [], async () => {
  using directory = new TempDirectory();
  using _emptied = emptied(directory.path);
  shell(MAKE_TREE, directory.path);
  shell(
    "ln -s plain $(printf 'l\\351'); ln -s $(printf 'caf\\351') l; " +
      "ln -s $(printf 'none\\351') $(printf 'l\\352')",
    `${directory.path}/tree`,
  );
  const outcome = await seacp(["-rp", "tree", "back"], { cwd: directory.path });
  assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
  const sent = described(`${directory.path}/tree`, "%m %Ts ");
  assertEquals(sent.length, 10 + 3 + 8);
  assertEquals(described(`${directory.path}/back`, "%m %Ts "), sent);
});

registerOperands("here: operands are any bytes", [], async () => {
  using directory = new TempDirectory();
  using _emptied = emptied(directory.path);
  shell("echo x > $(printf 'caf\\351'); mkdir in", directory.path);
  const options = { cwd: directory.path, wrapper: DECODING };
  await seacp(["caf\\0351", "caf\\0352"], options);
  await seacp(["caf\\0351", "in"], options);
  assertEquals(
    shell("ls -1 . in; cat caf*", directory.path),
    ".:\ncaf\xe9\ncaf\xea\nin\n\nin:\ncaf\xe9\nx\nx\n",
  );
  const same = await seacp(["caf\\0351", "./caf\\0351"], options);
  assertEquals(
    same.stderr,
    "seacp: caf\\351: ./caf\\351 is the same file\n",
  );
});
