/**
 * Trees whose directories a script makes before the sink starts, in the same login,
 * against a real sshd and the shells there are.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  DIRECTORY_SCRIPT,
  scriptInput,
} from "../../lib/scp/directory_script.ts";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sshdDoor, writeScript } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { Place } from "../support/fixtures/place.ts";
import type { Running, RunOptions } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import {
  type DescribeOptions,
  describeTree,
  exists,
  makeTree,
  ODD_NAMES,
  type TreeEntry,
} from "../support/fixtures/tree.ts";
import { type LoginSettings, Sshd } from "../support/ssh/sshd.ts";

const WHOLE = { modes: true, times: true };

/** Names that the script reads by lines, or that its shell could read otherwise. */
const NAMES: readonly string[] = [
  ...ODD_NAMES.filter((name) => !name.includes("/")),
  "+",
  "=",
  "=g-w",
  "-r",
  "\\n",
  "$HOME",
  "`x`",
  " blank ",
  "0",
  "1",
];

/** A tree in which names are met often, at many depths. */
const TREE: readonly TreeEntry[] = [
  ...NAMES.flatMap((name) => [
    { path: `tree/${name}/file`, content: name, modified: 1_000_000_000 },
    { path: `tree/d/${name}/d/file`, content: `${name}2`, modified: 1 },
  ]),
  ...["a", "b", "c"].map((name) => ({
    path: `tree/${name}.txt`,
    content: "E",
  })),
  { path: "tree/large", content: "x".repeat(600_000), modified: 2 },
  { path: "tree/empty/", mode: 0o755, modified: 3 },
  { path: "tree/private/f", content: "f", mode: 0o600, modified: 4 },
  { path: "tree/private/", mode: 0o700, modified: 5 },
  { path: "tree/closed/f", content: "f", mode: 0o444, modified: 6 },
  { path: "tree/closed/", mode: 0o555, modified: 7 },
  { path: "tree/", mode: 0o751, modified: 8 },
];

interface Site {
  readonly place: Place;
  readonly sshd: Sshd;
  /** Directory on the server's disk that the settings may put programs into. */
  readonly directory: string;
  /** Directory that the script may use. */
  readonly scratch: string;
}

/** Runs a case against a server; nothing of the script may be left afterwards. */
async function against(
  run: (site: Site) => Promise<void>,
  settings: (directory: string) => LoginSettings = () => ({}),
): Promise<void> {
  using directory = new TempDirectory();
  const scratch = `${directory.path}/scratch`;
  Deno.mkdirSync(scratch);
  const own = settings(directory.path);
  const environment = `${
    own.environment ?? ""
  } XDG_RUNTIME_DIR= TMPDIR=${scratch}`;
  // A tree goes up over SFTP where that is there.
  await using sshd = await Sshd.start({ ...own, environment, sftp: "none" });
  using place = new RememberingPlace({
    // A terminal that another test opens looks like a prompt; in batch mode none does.
    options: ["-B", "-F", sshd.config],
    home: sshd.home,
    [Symbol.asyncDispose]: async () => {},
  });
  await place.learn();
  await run({ place, sshd, directory: directory.path, scratch });
  assertEquals([...Deno.readDirSync(scratch)], []);
}

/** Counts the logins since seacp has learned that the server has no SFTP. */
function logins({ log }: Sshd): number {
  return (log.match(/Accepted publickey/g)?.length ?? 0) - LEARNING_LOGINS;
}

/** Logins of the copy that learns it: a tree goes up over SFTP first. */
const LEARNING_LOGINS = 2;

/** A place whose copies share a memory of hosts. */
class RememberingPlace extends Place {
  readonly #cache = new TempDirectory();

  override start(
    args: readonly string[],
    options: RunOptions = {},
  ): Running {
    const memory = {
      SEACP_HOST_MEMORY: "yes",
      XDG_CACHE_HOME: this.#cache.path,
    };
    return super.start(args, {
      ...options,
      env: { ...memory, ...options.env },
    });
  }

  /** Has seacp learn that the server has no SFTP. */
  async learn(): Promise<void> {
    this.makeNear([{ path: "learned/" }]);
    const { status, stderr } = await this.copy([
      "-r",
      "learned",
      this.remote(""),
    ]);
    assertEquals(status, 0, stderr);
    Deno.removeSync(`${this.near}/learned`);
    // A server may put it elsewhere.
    if (exists(`${this.far}/learned`)) Deno.removeSync(`${this.far}/learned`);
  }

  override [Symbol.dispose](): void {
    this.#cache[Symbol.dispose]();
    super[Symbol.dispose]();
  }
}

/** Puts a program before the system's own of the same name. */
function withProgram(
  directory: string,
  name: string,
  script: string,
): LoginSettings {
  writeScript(`${directory}/${name}`, script);
  return { environment: `PATH=${directory}:$PATH` };
}

function test(
  name: string,
  run: (site: Site) => Promise<void>,
  settings?: (directory: string) => LoginSettings,
): void {
  peerTest(
    `prepared directories: ${name}`,
    sshdDoor.needs,
    () => against(run, settings),
  );
}

/** Expects the whole tree, as it was sent, in the far directory. */
async function assertArrived(
  place: Place,
  options?: DescribeOptions,
): Promise<void> {
  assertEquals(
    await describeTree(`${place.far}/tree`, options),
    await describeTree(`${place.near}/tree`, options),
  );
}

const busybox = findProgram("busybox");
if (busybox !== undefined) {
  test(
    "a tree of odd names arrives in one login (busybox)",
    async ({ place, sshd }) => {
      place.makeNear(TREE);
      await place.copyWell(["-r", "tree", place.remote("")]);
      assertEquals(logins(sshd), 1);
      await assertArrived(place);
    },
    (directory) => {
      for (const name of ["head", "ln", "mkdir"]) {
        Deno.symlinkSync(busybox, `${directory}/${name}`);
      }
      return withProgram(directory, "sh", `exec ${busybox} sh "$@"\n`);
    },
  );
}

for (const shell of ["sh", "bash"] as const) {
  for (const flags of ["-r", "-rp"]) {
    test(
      `a tree of odd names arrives in one login (${flags}, ${shell})`,
      async ({ place, sshd }) => {
        place.makeNear(TREE);
        await place.copyWell([flags, "tree", place.remote("")]);
        assertEquals(logins(sshd), 1);
        const what = flags === "-rp" ? WHOLE : { modes: true };
        await assertArrived(place, what);
      },
      () => ({ shell }),
    );
  }
}

test("a tree becomes a target that is missing, and goes into one that is there", async ({ place, sshd }) => {
  place.makeNear(TREE);
  await place.copyWell(["-r", "tree", place.remote("new")]);
  await place.copyWell(["-r", "tree", place.remote("new")]);
  assertEquals(logins(sshd), 2);
  const sent = await describeTree(`${place.near}/tree`);
  assertEquals(await describeTree(`${place.far}/new/tree`), sent);
  Deno.removeSync(`${place.far}/new/tree`, { recursive: true });
  assertEquals(await describeTree(`${place.far}/new`), sent);
});

test("a tree goes over an earlier copy, and into a directory behind a link", async ({ place }) => {
  place.makeNear(TREE);
  place.makeFar([
    { path: "elsewhere/old", content: "kept" },
    { path: "tree/a.txt", content: "older, and much longer" },
    { path: "tree/other", content: "kept" },
  ]);
  Deno.symlinkSync("../elsewhere", `${place.far}/tree/empty`);
  place.makeNear([{ path: "tree/empty/new", content: "new" }]);
  await place.copyWell(["-r", "tree", place.remote("")]);
  for (
    const [path, content] of [
      ["tree/a.txt", "E"],
      ["tree/other", "kept"],
      ["elsewhere/old", "kept"],
      ["elsewhere/new", "new"],
    ] as const
  ) {
    assertEquals(Deno.readTextFileSync(`${place.far}/${path}`), content);
  }
});

test("a directory whose name is a file's is refused in its turn, and all else arrives", async ({ place }) => {
  place.makeNear(TREE);
  place.makeFar([{ path: "tree/d", content: "a file" }]);
  const { status, stderr } = await place.copy(["-r", "tree", place.remote("")]);
  assertEquals(status, 1);
  assertEquals(stderr, place.saidThere("tree/d", "Not a directory"));
  assertEquals(Deno.readTextFileSync(`${place.far}/tree/d`), "a file");
  Deno.removeSync(`${place.near}/tree/d`, { recursive: true });
  Deno.removeSync(`${place.far}/tree/d`);
  await assertArrived(place);
});

peerTest(
  "prepared directories: nothing lands in the target behind a refused directory, whatever is in flight",
  ["scp", "sh"],
  async () => {
    // Each is the name of something that the script makes for itself, or was once.
    for (const name of ["0", "b", "w", "1"]) {
      using directory = new TempDirectory();
      const target = `${directory.path}/target`;
      makeTree(target, [{ path: "tree/r", content: "in the way" }]);
      const input = scriptInput([
        { path: "", mode: 0o755, group: 0 },
        { path: `/${name}`, mode: 0o755, group: 1 },
        { path: "/r", mode: 0o755, group: 1 },
      ]);
      // The sink is not in `r`, so the end of `r` leads it out of the group.
      const records = "D0700 0 1\nD0755 0 r\nC0644 1 f\nx\0E\n" +
        `D0755 0 ${name}\nC0644 1 g\ny\0E\nE\nE\n`;
      const script = new Deno.Command("sh", {
        args: [
          "-c",
          DIRECTORY_SCRIPT,
          "key",
          target,
          "tree",
          ..."scp -r -t".split(" "),
        ],
        env: { XDG_RUNTIME_DIR: "", TMPDIR: directory.path },
        stdin: "piped",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const writer = script.stdin.getWriter();
      await writer.write(input);
      await writer.write(new TextEncoder().encode(records));
      await writer.close();
      await script.status;
      assertEquals(
        listing(target),
        [
          "tree/",
          `tree/${name}/`,
          'tree/r = "in the way"',
        ].toSorted(),
      );
      assertEquals(listing(directory.path).length, 4);
    }
  },
);

test("a file that cannot be written is refused by its own path, and all else arrives", async ({ place }) => {
  place.makeNear(TREE);
  place.makeFar([{ path: "tree/private/f/", mode: 0o755 }]);
  const { status, stderr } = await place.copy(["-r", "tree", place.remote("")]);
  assertEquals(status, 1);
  assertEquals(stderr, place.saidThere("tree/private/f", "Is a directory"));
  Deno.removeSync(`${place.near}/tree/private/f`);
  Deno.removeSync(`${place.far}/tree/private/f`);
  await assertArrived(place);
});

test(
  "nothing lands elsewhere where a directory is replaced before its record",
  async ({ place, directory }) => {
    place.makeNear(TREE);
    const { status, stderr } = await place.copy([
      "-r",
      "tree",
      place.remote(""),
    ]);
    assertEquals(status, 1);
    assertEquals(stderr, place.saidThere("tree/d/0", "Not a directory"));
    assert(Deno.statSync(`${directory}/replaced`).isFile);
    // The files of `tree/d/0` are nowhere, least of all in `tree/d` or `tree`.
    Deno.removeSync(`${place.near}/tree/d/0`, { recursive: true });
    assertEquals(Deno.readTextFileSync(`${place.far}/tree/d/0`), "");
    Deno.removeSync(`${place.far}/tree/d/0`);
    await assertArrived(place);
  },
  (directory) => {
    // The system's ln, but that the first time it has replaced a directory.
    return withProgram(
      directory,
      "ln",
      `${findProgram("ln")} "$@" || exit
[ -e ${directory}/replaced ] && exit
for tree in ${"$HOME"}/*/tree; do
  rmdir "$tree/d/0" 2>/dev/null || rm -r "$tree/d/0" 2>/dev/null || continue
  : >"$tree/d/0"
  : >${directory}/replaced
done
exit 0
`,
    );
  },
);

test(
  "a tree arrives where the system makes no links",
  async ({ place, sshd }) => {
    place.makeNear(TREE);
    await place.copyWell(["-r", "tree", place.remote("")]);
    assertEquals(logins(sshd), 1);
    await assertArrived(place);
  },
  (directory) => withProgram(directory, "ln", 'mkdir -p "$3"\n'),
);

for (
  const [name, script] of [
    [
      "reads more than it is told to",
      'dd bs=4096 count=1 | dd bs=1 count="$2"',
    ],
    ["reads no number of bytes", "exit 1"],
  ] as const
) {
  test(
    `a tree of odd names arrives in one login where head ${name}`,
    async ({ place, sshd }) => {
      place.makeNear(TREE);
      await place.copyWell(["-r", "tree", place.remote("")]);
      assertEquals(logins(sshd), 1);
      await assertArrived(place);
    },
    (directory) => withProgram(directory, "head", `${script}\n`),
  );
}

test(
  "a tree arrives where the script fails on its way",
  async ({ place, sshd }) => {
    place.makeNear(TREE);
    await place.copyWell(["-r", "tree", place.remote("")]);
    assertEquals(logins(sshd), 2);
    await assertArrived(place);
  },
  (directory) =>
    withProgram(
      directory,
      "ln",
      `case $* in *"../0/b/"*) exit 1;; esac; exec ${findProgram("ln")} "$@"\n`,
    ),
);

test(
  "a tree arrives where a server forces a sink of its own",
  async ({ place, sshd }) => {
    place.makeNear(TREE);
    await place.copyWell(["-r", "tree", place.remote("ignored")]);
    assertEquals(logins(sshd), 1);
    assertEquals(
      await describeTree(`${sshd.home}/forced/tree`),
      await describeTree(`${place.near}/tree`),
    );
  },
  () => ({
    prepare: async (directory) => {
      Deno.mkdirSync(`${directory}/home/forced`);
      return { lines: `ForceCommand scp -r -t ${directory}/home/forced\n` };
    },
  }),
);

test(
  "a tree arrives behind a shell's banner, in one login",
  async ({ place, sshd }) => {
    place.makeNear(TREE);
    Deno.writeTextFileSync(`${sshd.home}/.bashrc`, "echo Welcome to far\n");
    const { status, stderr } = await place.copy([
      "-r",
      "tree",
      place.remote(""),
    ]);
    assertEquals(status, 0);
    assertMatch(stderr, /^seacp: warning: far: the shell said "Welcome to far/);
    assertEquals(logins(sshd), 1);
    await assertArrived(place);
  },
  () => ({ shell: "bash" }),
);
