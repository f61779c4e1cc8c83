/** One table of copies, each made through every door to a real scp. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { lacksDevices } from "../support/c_library.ts";
import { type Door, peerTestUnless, systemDoors } from "../support/doors.ts";
import { Place, underUmask, UNPRIVILEGED } from "../support/fixtures/place.ts";
import { runProgram } from "../support/process/program.ts";
import {
  describeTree,
  exists,
  ODD_NAMES,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";

interface Case {
  readonly name: string;
  /** Programs that it needs besides its door's. */
  readonly needs?: readonly string[];
  /** Why it is ignored here; absent where it is not. */
  readonly lacks?: string | undefined;
  /**
   * The one protocol it is about, if that is named; `any` for all that reads a
   * path as it is written. Absent where it is about all of them.
   */
  readonly protocol?: "scp" | "sftp" | "any";
  run(place: Place): Promise<void>;
}

/** Its length is said to be a page; what is in it is a line. */
const SYSFS_FILE = "/sys/devices/system/cpu/online";

const y2k = 946_684_800;

const oddNames: readonly TreeEntry[] = ODD_NAMES.map((name, index) => ({
  path: `tree/${name}`,
  content: `${name}\n`,
  modified: y2k + index,
}));

const tree: readonly TreeEntry[] = [
  ...oddNames,
  { path: "tree/empty", content: "" },
  { path: "tree/empty directory/", mode: 0o700, modified: y2k },
  { path: "tree/deep/er/est", content: "x".repeat(300_000), mode: 0o640 },
  { path: "tree/deep/er/", mode: 0o751, modified: y2k + 1 },
  { path: "tree/read-only/", mode: 0o555, modified: y2k + 2 },
  { path: "tree/read-only/file", content: "r\n", mode: 0o444 },
  { path: "tree/script", content: "#!/bin/sh\n", mode: 0o755, modified: y2k },
];

function read(path: string): string {
  return Deno.readTextFileSync(path);
}

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o7777).toString(8).padStart(4, "0");
}

const copies: readonly Case[] = [
  {
    name: "a file goes up into a directory, under its name",
    run: async (place) => {
      place.makeNear([{ path: "a", content: "alpha\n" }]);
      await place.copyWell(["a", place.remote("")]);
      assertEquals(read(`${place.far}/a`), "alpha\n");
    },
  },
  {
    name: "a file goes up and comes down under another name",
    run: async (place) => {
      place.makeNear([{ path: "a", content: "alpha\n" }]);
      await place.copyWell(["a", place.remote("b")]);
      await place.copyWell([place.remote("b"), "c"]);
      assertEquals(read(`${place.near}/c`), "alpha\n");
    },
  },
  {
    name: "a tree goes up and comes down with -rp and is the same",
    run: async (place) => {
      place.makeNear(tree);
      await place.copyWell(["-rp", "tree", place.remote("")]);
      await place.copyWell(["-rp", place.remote("tree"), "back"]);
      const facts = { modes: true, times: true };
      const sent = await describeTree(`${place.near}/tree`, facts);
      assertEquals(await describeTree(`${place.far}/tree`, facts), sent);
      assertEquals(await describeTree(`${place.near}/back`, facts), sent);
    },
  },
  {
    name: "modes without -p pass under the umask, of files and of directories",
    run: async (place) => {
      place.makeFar([
        { path: "d/", mode: 0o777 },
        { path: "d/f", content: "", mode: 0o666 },
        { path: "d/x", content: "", mode: 0o4755 },
        { path: "d/r", content: "", mode: 0o444 },
        { path: "d/s/", mode: 0o2775 },
      ]);
      await place.copyWell(["-r", place.remote("d"), "."], {
        wrapper: underUmask("027"),
      });
      assertEquals(
        ["d", "d/f", "d/x", "d/r", "d/s"].map((path) =>
          modeOf(`${place.near}/${path}`)
        ),
        ["0750", "0640", "0750", "0440", "0750"],
      );
    },
  },
  {
    name: "set-id bits do not come down, -p or not",
    run: async (place) => {
      place.makeFar([
        { path: "f", content: "", mode: 0o6755 },
        { path: "d/", mode: 0o2755 },
      ]);
      await place.copyWell(["-rp", place.remote("f"), place.remote("d"), "."]);
      assertEquals(modeOf(`${place.near}/f`), "0755");
      assertEquals(modeOf(`${place.near}/d`), "0755");
    },
  },
  {
    name: "symbolic links are followed, to files and to directories",
    run: async (place) => {
      place.makeNear([{ path: "t/d/f", content: "f\n" }]);
      Deno.symlinkSync("d/f", `${place.near}/t/to-file`);
      Deno.symlinkSync("d", `${place.near}/t/to-directory`);
      await place.copyWell(["-r", "t", place.remote("")]);
      assert(Deno.lstatSync(`${place.far}/t/to-file`).isFile);
      assertEquals(read(`${place.far}/t/to-directory/f`), "f\n");
    },
  },
  {
    name: "a loop of links is an error for that entry, not an endless copy",
    run: async (place) => {
      place.makeNear([
        { path: "t/a/f", content: "f\n" },
        { path: "t/z", content: "z\n" },
      ]);
      Deno.symlinkSync("..", `${place.near}/t/a/up`);
      const { status, stderr } = await place.copy([
        "-r",
        "t",
        place.remote(""),
      ]);
      assertEquals(
        stderr,
        place.said("t/a/up: Too many levels of symbolic links: it is t again"),
      );
      assertEquals(status, 1);
      assertEquals(
        (await describeTree(`${place.far}/t`)).length,
        3,
        "a, a/f and z arrived, up did not",
      );
    },
  },
  {
    name: "a dangling link is an error for that entry",
    run: async (place) => {
      place.makeNear([{ path: "t/f", content: "f\n" }]);
      Deno.symlinkSync("nowhere", `${place.near}/t/link`);
      const { status, stderr } = await place.copy([
        "-r",
        "t",
        place.remote(""),
      ]);
      assertEquals(stderr, place.said("t/link: No such file or directory"));
      assertEquals(status, 1);
      assertEquals(read(`${place.far}/t/f`), "f\n");
      assert(!exists(`${place.far}/t/link`));
    },
  },
  {
    name: "empty and sparse files arrive whole",
    run: async (place) => {
      place.makeNear([{ path: "empty", content: "" }]);
      using sparse = Deno.createSync(`${place.near}/sparse`);
      sparse.truncateSync(3_000_001);
      await place.copyWell(["empty", "sparse", place.remote("")]);
      assertEquals(Deno.statSync(`${place.far}/empty`).size, 0);
      assertEquals(
        Deno.readFileSync(`${place.far}/sparse`),
        new Uint8Array(3_000_001),
      );
    },
  },
  {
    name: "a name with a newline goes up encoded, with a warning",
    protocol: "scp",
    run: async (place) => {
      place.makeNear([{ path: "d/a\nb\\", content: "x\n" }]);
      const outcome = await place.copy(["-r", "d", place.remote("")]);
      assertEquals(outcome, {
        status: 0,
        stdout: "",
        stderr: "warning: d/a\\012b\\: a newline cannot travel in a name: " +
          "it arrives encoded\n",
      });
      assertEquals(read(`${place.far}/d/a\\^Jb\\\\`), "x\n");
      await place.copyWell(["-qr", "d", place.remote("quiet")]);
    },
  },
  {
    name: "a name with a newline goes up and comes down as it is",
    protocol: "sftp",
    run: async (place) => {
      place.makeNear([{ path: "d/a\nb\\", content: "x\n" }]);
      await place.copyWell(["-r", "d", place.remote("")]);
      await place.copyWell(["-r", place.remote("d"), "back"]);
      assertEquals(
        await describeTree(`${place.near}/back`),
        await describeTree(`${place.near}/d`),
      );
    },
  },
  {
    name: "a sticky directory stays one, with -p and without",
    protocol: "sftp",
    run: async (place) => {
      place.makeNear([{ path: "d/", mode: 0o1777 }]);
      await place.copyWell(["-rp", "d", place.remote("preserved")]);
      assertEquals(modeOf(`${place.far}/preserved`), "1777");
      await place.copyWell(["-rp", place.remote("preserved"), "back"]);
      assertEquals(modeOf(`${place.near}/back`), "1777");
    },
  },
  {
    name: "set-id bits do not go up, -p or not",
    protocol: "sftp",
    run: async (place) => {
      place.makeNear([
        { path: "f", content: "", mode: 0o6755 },
        { path: "d/", mode: 0o2755 },
      ]);
      await place.copyWell(["-rp", "f", "d", place.remote("")]);
      assertEquals(modeOf(`${place.far}/f`), "0755");
      assertEquals(modeOf(`${place.far}/d`), "0755");
    },
  },
  {
    name: "what goes up without -p gets its mode under the remote's umask",
    protocol: "sftp",
    run: async (place) => {
      place.makeNear([
        { path: "t/", mode: 0o777 },
        { path: "t/f", content: "", mode: 0o666 },
        { path: "t/r", content: "", mode: 0o444 },
        { path: "t/locked/", mode: 0o577 },
        { path: "t/locked/f", content: "", mode: 0o600 },
      ]);
      await place.copyWell(["-r", "t", place.remote("")], {
        wrapper: underUmask("022"),
      });
      assertEquals(
        ["t", "t/f", "t/r", "t/locked", "t/locked/f"].map((path) =>
          modeOf(`${place.far}/${path}`)
        ),
        ["0755", "0644", "0444", "0555", "0600"],
      );
    },
  },
  {
    name: "patterns are matched case by case; a name that exists comes first",
    protocol: "any",
    run: async (place) => {
      place.makeFar([
        { path: "a1.txt", content: "1" },
        { path: "a2.txt", content: "2" },
        { path: "A3.txt", content: "3" },
        { path: ".a4.txt", content: "4" },
        { path: "[b].txt", content: "b" },
        { path: "b.txt", content: "another b" },
        { path: "with blank", content: "w" },
        { path: "d/e/f", content: "f" },
      ]);
      const got = () => {
        const names = [...Deno.readDirSync(place.near)]
          .map(({ name }) => name).toSorted();
        for (const name of names) Deno.removeSync(`${place.near}/${name}`);
        return names;
      };
      await place.copyWell([place.remote("a*.txt"), "."]);
      assertEquals(got(), ["a1.txt", "a2.txt"]);
      await place.copyWell([place.remote("[aA][13].tx?"), "."]);
      assertEquals(got(), ["A3.txt", "a1.txt"]);
      await place.copyWell([place.remote("[b].txt"), "."]);
      assertEquals(got(), ["[b].txt"]);
      await place.copyWell([place.remote("\\[b\\].txt"), "."]);
      assertEquals(got(), ["[b].txt"]);
      await place.copyWell([place.remote(".a*"), "."]);
      assertEquals(got(), [".a4.txt"]);
      await place.copyWell([place.remote("with blank"), "."]);
      assertEquals(got(), ["with blank"]);
      await place.copyWell([place.remote("d/*/?"), "."]);
      assertEquals(got(), ["f"]);
    },
  },
  {
    name: "~ and ~user are the homes that the server knows",
    protocol: "any",
    needs: ["getent"],
    run: async (place) => {
      const name = `home-${crypto.randomUUID()}`;
      place.makeNear([{ path: name, content: "h" }]);
      await place.copyWell([name, "far:~"]);
      await place.copyWell([`far:~/${name}`, "back"]);
      await Deno.remove(`${place.far}/../${name}`);
      assertEquals(read(`${place.near}/back`), "h");
      const { status, stderr } = await place.copy(["far:~no-such-user/x", "."]);
      assertEquals(status, 1);
      assertMatch(stderr, /^seacp: far: ~no-such-user\/x: [^\n]+\n$/);
    },
  },
  {
    name: "a source that ends in .. is the directory that it leads to",
    protocol: "any",
    run: async (place) => {
      place.makeFar([
        { path: "t/a", content: "a" },
        { path: "t/d/b", content: "b" },
      ]);
      await place.copyWell(["-r", place.remote("t/d/.."), "new"]);
      assertEquals(
        await describeTree(`${place.near}/new`),
        await describeTree(`${place.far}/t`),
      );
      assertEquals([...Deno.readDirSync(place.near)].length, 1);
    },
  },
  {
    name: "many files are copied whole, each with its times and its mode",
    protocol: "any",
    run: async (place) => {
      place.makeNear(
        Array.from({ length: 400 }, (_, index) => ({
          path: `t/d${index % 7}/e${index % 3}/f${index}`,
          content: `${index}`.repeat(index),
          modified: y2k + index,
          mode: index % 2 === 0 ? 0o640 : 0o444,
        })),
      );
      await place.copyWell(["-rp", "t", place.remote("")]);
      await place.copyWell(["-rp", place.remote("t"), "back"]);
      const facts = { modes: true, times: true };
      const sent = await describeTree(`${place.near}/t`, facts);
      assertEquals(await describeTree(`${place.far}/t`, facts), sent);
      assertEquals(await describeTree(`${place.near}/back`, facts), sent);
    },
  },
  {
    name: "-X tells how much is asked for at once, and how often",
    protocol: "sftp",
    run: async (place) => {
      const content = pattern(1_000_003);
      place.makeNear([{ path: "f", content }]);
      for (const tuning of ["buffer=1", "buffer=1000", "buffer=256K"]) {
        const options = ["-X", tuning, "-X", "nrequests=3"];
        await place.copyWell([...options, "f", place.remote("f")]);
        await place.copyWell([...options, place.remote("f"), "back"]);
        assertEquals(Deno.readFileSync(`${place.near}/back`), content);
      }
    },
  },
  {
    name: "the remote shell expands patterns, and what it answers is accepted",
    protocol: "scp",
    run: async (place) => {
      place.makeFar([
        { path: "a1.txt", content: "1" },
        { path: "a2.txt", content: "2" },
        { path: "b.txt", content: "b" },
        { path: "with blank", content: "w" },
      ]);
      await place.copyWell([place.remote("a*.txt"), "."]);
      await place.copyWell([place.remote("'with blank'"), "."]);
      await place.copyWell([place.remote("[b].txt"), "."]);
      assertEquals(
        [...Deno.readDirSync(place.near)].map(({ name }) => name).toSorted(),
        ["a1.txt", "a2.txt", "b.txt", "with blank"],
      );
    },
  },
  {
    name: "several files that match do not overwrite one target in turn",
    run: async (place) => {
      place.makeFar([
        { path: "x1", content: "one" },
        { path: "x2", content: "two!" },
      ]);
      const { status, stderr } = await place.copy([place.remote("x*"), "out"]);
      if (place.isNameless) {
        // Over SCP nobody knows before the second one comes.
        assertEquals([status, stderr], [
          1,
          place.said("out: Not a directory: no place for x2"),
        ]);
        assertEquals(read(`${place.near}/out`), "one");
        return;
      }
      assertEquals([status, stderr], [0, ""]);
      assertEquals(
        ["x1", "x2"].map((name) => read(`${place.near}/out/${name}`)),
        ["one", "two!"],
      );
    },
  },
  {
    name: "a file is no target for several files that match, and is kept",
    run: async (place) => {
      if (place.isNameless) return;
      place.makeFar([
        { path: "x1", content: "one" },
        { path: "x2", content: "two!" },
      ]);
      place.makeNear([{ path: "out", content: "kept" }]);
      const { status, stderr } = await place.copy([place.remote("x*"), "out"]);
      assertEquals([status, stderr], [1, place.said("out: Not a directory")]);
      assertEquals(read(`${place.near}/out`), "kept");
    },
  },
  {
    name: "several sources from several hosts come into one directory",
    run: async (place) => {
      place.makeFar([
        { path: "a", content: "a" },
        { path: "b", content: "b" },
      ]);
      place.makeNear([
        { path: "c", content: "c" },
        { path: "in/" },
      ]);
      await place.copyWell([
        place.remote("a"),
        place.remote("b", "other"),
        "c",
        "in",
      ]);
      assertEquals(
        ["a", "b", "c"].map((name) => read(`${place.near}/in/${name}`)),
        ["a", "b", "c"],
      );
    },
  },
  {
    name: "a longer file is overwritten in place and cut, its mode kept",
    run: async (place) => {
      place.makeNear([{ path: "f", content: "new", mode: 0o644 }]);
      place.makeFar([{ path: "f", content: "old and longer", mode: 0o600 }]);
      Deno.linkSync(`${place.far}/f`, `${place.far}/hard-link`);
      await place.copyWell(["f", place.remote("f")]);
      assertEquals(read(`${place.far}/hard-link`), "new");
      assertEquals(modeOf(`${place.far}/f`), "0600");
      Deno.writeTextFileSync(`${place.near}/g`, "older and longer");
      Deno.chmodSync(`${place.near}/g`, 0o600);
      Deno.linkSync(`${place.near}/g`, `${place.near}/hard-link`);
      await place.copyWell([place.remote("f"), "g"]);
      assertEquals(read(`${place.near}/hard-link`), "new");
      assertEquals(modeOf(`${place.near}/g`), "0600");
    },
  },
  {
    name:
      "what a directory without a name of its own holds goes into the target",
    run: async (place) => {
      place.makeNear([
        { path: "t/a", content: "a" },
        { path: "t/d/b", content: "b" },
      ]);
      const options = { cwd: `${place.near}/t` };
      await place.copyWell(["-r", ".", place.remote("")], options);
      assertEquals(read(`${place.far}/a`) + read(`${place.far}/d/b`), "ab");
      const sent = await describeTree(`${place.near}/t`);
      await place.copyWell(["-r", ".", place.remote("missing")], options);
      assertEquals(await describeTree(`${place.far}/missing`), sent);
      await place.copyWell(["-r", place.remote("missing/."), "down"]);
      assertEquals(await describeTree(`${place.near}/down`), sent);
    },
  },
  {
    name: "-v says what scp's says, record by record",
    protocol: "scp",
    run: async (place) => {
      place.makeNear([{ path: "d/f", content: "f", mode: 0o644 }]);
      Deno.utimeSync(`${place.near}/d/f`, y2k, y2k);
      Deno.chmodSync(`${place.near}/d`, 0o755);
      const up = await place.copy(["-vrp", "d", place.remote("")]);
      assertEquals(up.status, 0);
      for (
        const line of [
          /^Executing: program .* host far, user \(unspecified\), command scp -v -r -p -t /m,
          /^Sending file timestamps: T\d+ 0 \d+ 0$/m,
          /^Entering directory: D0755 0 d$/m,
          /^Sending file timestamps: T946684800 0 946684800 0$/m,
          /^Sending file modes: C0644 1 f$/m,
        ]
      ) assertMatch(up.stderr, line);
      const down = await place.copy(["-v", place.remote("d/f"), "."]);
      assertMatch(down.stderr, /^Sink: C0644 1 f$/m);
    },
  },
  {
    name: "an empty remote path is the home directory, and ~ is too",
    run: async (place) => {
      const name = `home-${crypto.randomUUID()}`;
      place.makeNear([{ path: name, content: "h" }]);
      await place.copyWell([name, "far:"]);
      await place.copyWell([`far:~/${name}`, "back"]);
      await Deno.remove(`${place.far}/../${name}`);
      assertEquals(read(`${place.near}/back`), "h");
    },
  },
  {
    name: "a URI names a file by its path from the home directory",
    run: async (place) => {
      place.makeNear([{ path: "f", content: "f" }]);
      const directory = place.remote("").slice("far:".length);
      await place.copyWell(["f", `scp://far/${directory}a%2Db`]);
      assertEquals(read(`${place.far}/a-b`), "f");
    },
  },
  {
    name: "paths with colons are local after a slash",
    run: async (place) => {
      place.makeNear([{ path: "a:b", content: "colon" }]);
      await place.copyWell(["./a:b", place.remote("")]);
      assertEquals(read(`${place.far}/a:b`), "colon");
    },
  },
  {
    name: "a rate limit lets everything through",
    run: async (place) => {
      place.makeNear([{ path: "f", content: "x".repeat(50_000) }]);
      await place.copyWell(["-l", "100000", "f", place.remote("")]);
      await place.copyWell(["-l", "100000", place.remote("f"), "g"]);
      assertEquals(read(`${place.near}/g`), "x".repeat(50_000));
    },
  },
];

const failures: readonly Case[] = [
  {
    name: "a missing source is told, the rest goes up",
    run: async (place) => {
      place.makeNear([{ path: "a", content: "a" }]);
      const outcome = await place.copy(["missing", "a", place.remote("")]);
      assertEquals(outcome, {
        status: 1,
        stdout: "",
        stderr: place.said("missing: No such file or directory"),
      });
      assertEquals(read(`${place.far}/a`), "a");
      assert(!exists(`${place.far}/missing`));
    },
  },
  {
    name: "a missing remote source is told, the rest comes down",
    run: async (place) => {
      place.makeFar([{ path: "a", content: "a" }]);
      place.makeNear([{ path: "in/" }]);
      const missing = place.remote("missing");
      const { status, stderr } = await place.copy([
        missing,
        place.remote("a"),
        "in",
      ]);
      assertEquals(status, 1);
      assertEquals(
        stderr,
        place.saidThere("missing", "No such file or directory"),
      );
      assertEquals(read(`${place.near}/in/a`), "a");
      assert(!exists(`${place.near}/in/missing`));
    },
  },
  {
    name: "an unreadable file is told, the rest of its directory goes up",
    needs: UNPRIVILEGED.slice(0, 1),
    run: async (place) => {
      place.makeNear([
        { path: "t/a", content: "a" },
        { path: "t/secret", content: "s", mode: 0 },
        { path: "t/locked/", mode: 0 },
        { path: "t/z", content: "z" },
      ]);
      const { status, stderr } = await place.copy(
        ["-r", "t", place.remote("")],
        { wrapper: UNPRIVILEGED },
      );
      assertEquals(status, 1);
      assertEquals(
        stderr.split(/(?<=\n)/).toSorted(),
        ["t/locked", "t/secret"].map((path) =>
          place.said(`${path}: Permission denied`)
        ),
      );
      assertEquals(
        (await describeTree(`${place.far}/t`)).map((line) => line.at(-2)),
        ["a", "z"],
      );
    },
  },
  {
    name: "a directory that cannot be written to is told, nothing is there",
    needs: UNPRIVILEGED.slice(0, 1),
    run: async (place) => {
      place.makeFar([{ path: "a", content: "a" }]);
      place.makeNear([{ path: "locked/", mode: 0o555 }]);
      const { status, stderr } = await place.copy(
        [place.remote("a"), "locked"],
        { wrapper: UNPRIVILEGED },
      );
      assertEquals(status, 1);
      assertEquals(stderr, place.said("locked/a: Permission denied"));
      assert(!exists(`${place.near}/locked/a`));
    },
  },
  {
    name: "a directory without -r is told, up and down",
    run: async (place) => {
      place.makeNear([{ path: "d/f", content: "f" }]);
      place.makeFar([{ path: "e/f", content: "f" }]);
      const up = await place.copy(["d", place.remote("")]);
      assertEquals(
        [up.status, up.stderr],
        [1, place.said("d: not a regular file")],
      );
      assert(!exists(`${place.far}/d`));
      const down = await place.copy([place.remote("e"), "."]);
      assertEquals(
        [down.status, down.stderr],
        [1, place.saidThere("e", "not a regular file")],
      );
      assert(!exists(`${place.near}/e`));
    },
  },
  {
    name: "a FIFO is told and does not hang the copy",
    needs: ["mkfifo"],
    run: async (place) => {
      place.makeNear([{ path: "t/f", content: "f" }]);
      await runProgram(["mkfifo", `${place.near}/t/pipe`]);
      const { status, stderr } = await place.copy([
        "-r",
        "t",
        place.remote(""),
      ]);
      assertEquals(
        [status, stderr],
        [1, place.said("t/pipe: not a regular file")],
      );
      assertEquals(read(`${place.far}/t/f`), "f");
      assert(!exists(`${place.far}/t/pipe`));
    },
  },
  {
    name: "several sources need a directory there, which SFTP makes",
    run: async (place) => {
      place.makeNear([
        { path: "a", content: "a" },
        { path: "b", content: "b" },
      ]);
      place.makeFar([{ path: "file", content: "as it was" }]);
      const none = await place.copy(["a", "b", place.remote("missing")]);
      if (place.isNameless) {
        assertEquals([none.status, none.stderr], [
          1,
          place.saidThere("missing", "No such file or directory"),
        ]);
        assert(!exists(`${place.far}/missing`));
      } else {
        assertEquals([none.status, none.stderr], [0, ""]);
        assertEquals(read(`${place.far}/missing/b`), "b");
        assertEquals(modeOf(`${place.far}/missing`), "0755");
      }
      const file = await place.copy(["a", "b", place.remote("file")]);
      assertEquals(
        [file.status, file.stderr],
        [1, place.saidThere("file", "Not a directory")],
      );
      assertEquals(read(`${place.far}/file`), "as it was");
    },
  },
  {
    name:
      "several sources need a directory here, and nothing comes without one",
    run: async (place) => {
      place.makeFar([
        { path: "a", content: "a" },
        { path: "b", content: "b" },
      ]);
      place.makeNear([{ path: "file", content: "as it was" }]);
      const sources = [place.remote("a"), place.remote("b")];
      const none = await place.copy([...sources, "missing"]);
      assertEquals([none.status, none.stderr], [
        1,
        place.said("missing: No such file or directory"),
      ]);
      assert(!exists(`${place.near}/missing`));
      const file = await place.copy([...sources, "file"]);
      assertEquals(
        [file.status, file.stderr],
        [1, place.said("file: Not a directory")],
      );
      assertEquals(read(`${place.near}/file`), "as it was");
    },
  },
  {
    name:
      "a file does not replace a directory, a directory not a file; the rest goes",
    run: async (place) => {
      const clash: TreeEntry[] = [
        { path: "t/x/", mode: 0o755 },
        { path: "t/y", content: "was" },
      ];
      const sent: TreeEntry[] = [
        { path: "t/x", content: "file" },
        { path: "t/y/f", content: "f" },
        { path: "t/z", content: "z" },
      ];
      place.makeNear(sent);
      place.makeFar(clash);
      const up = await place.copy(["-r", "t", place.remote("")]);
      // scp puts another one behind the target's.
      const slash = place.isNameless ? "/" : "";
      assertEquals(up.status, 1);
      assertEquals(up.stderr.split(/(?<=\n)/).toSorted(), [
        place.saidThere(`${slash}t/x`, "Is a directory"),
        place.saidThere(`${slash}t/y`, "Not a directory"),
      ]);
      assertEquals(read(`${place.far}/t/z`), "z");
      assertEquals(read(`${place.far}/t/y`), "was");
      assert(!exists(`${place.far}/t/f`));

      Deno.removeSync(`${place.near}/t`, { recursive: true });
      Deno.removeSync(`${place.far}/t`, { recursive: true });
      place.makeNear(clash);
      place.makeFar(sent);
      const down = await place.copy(["-r", place.remote("t"), "."]);
      assertEquals(down.status, 1);
      assertEquals(down.stderr.split(/(?<=\n)/).toSorted(), [
        place.said("./t/x: Is a directory"),
        place.said("./t/y: Not a directory"),
      ]);
      assertEquals(read(`${place.near}/t/z`), "z");
      assertEquals(read(`${place.near}/t/y`), "was");
      assert(!exists(`${place.near}/t/f`));
    },
  },
  {
    name: "a target in a directory that is not there is told, up and down",
    run: async (place) => {
      place.makeNear([{ path: "a", content: "a" }]);
      place.makeFar([{ path: "b", content: "b" }]);
      const up = await place.copy(["a", place.remote("no/where")]);
      assertEquals(
        [up.status, up.stderr],
        [1, place.saidThere("no/where", "No such file or directory")],
      );
      assert(!exists(`${place.far}/no`));
      const down = await place.copy([place.remote("b"), "no/where"]);
      assertEquals([down.status, down.stderr], [
        1,
        place.said("no/where: No such file or directory"),
      ]);
      assert(!exists(`${place.near}/no`));
    },
  },
  {
    name: "a file whose length is not what is in it arrives as it is",
    protocol: "sftp",
    needs: [SYSFS_FILE, "/proc/version"],
    lacks: lacksDevices,
    run: async (place) => {
      for (const source of [SYSFS_FILE, "/proc/version"]) {
        await place.copyWell([source, place.remote("up")]);
        assertEquals(read(`${place.far}/up`), read(source));
        await place.copyWell([`far:${source}`, "down"]);
        assertEquals(read(`${place.near}/down`), read(source));
      }
    },
  },
  {
    name: "a file whose length is not what is in it goes up as it is",
    protocol: "scp",
    needs: [SYSFS_FILE, "/proc/version"],
    lacks: lacksDevices,
    run: async (place) => {
      const sources = [SYSFS_FILE, "/proc/version"];
      place.makeNear([{ path: "after", content: "in step" }]);
      await place.copyWell([...sources, "after", place.remote("")]);
      for (const source of sources) {
        const name = source.split("/").at(-1);
        assertEquals(read(`${place.far}/${name}`), read(source));
      }
      assertEquals(read(`${place.far}/after`), "in step");
    },
  },
  {
    name: "names from the remote are shown escaped",
    run: async (place) => {
      const name = "no\x1b[2J\x07such";
      const path = place.isNameless ? `'${name}'` : name;
      const { status, stderr } = await place.copy([place.remote(path), "."]);
      assertEquals([status, stderr], [
        1,
        place.saidThere(
          "no\\033[2J\\007such",
          "No such file or directory",
        ),
      ]);
    },
  },
];

for (const kind of systemDoors) {
  let opened: Promise<Door> | undefined;
  Deno.test.afterAll(async () => {
    await (await opened)?.[Symbol.asyncDispose]();
  });
  const cases = [...copies, ...failures].filter(({ protocol }) =>
    protocol === undefined || protocol === kind.protocol ||
    (protocol === "any" && kind.protocol !== "scp")
  );
  for (const { name, needs = [], lacks, run } of cases) {
    const register = peerTestUnless(lacks);
    register(`${kind.name}: ${name}`, [...kind.needs, ...needs], async () => {
      using place = new Place(await (opened ??= kind.open()));
      await run(place);
    });
  }
}
