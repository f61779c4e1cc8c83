/** Login shells that print before scp starts: a real sshd, a real `.bashrc`. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { peerTest, sshdDoor, writeScript } from "../support/doors.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, exists, makeTree } from "../support/fixtures/tree.ts";

const NEEDS = [...sshdDoor.needs, "bash"];

interface Shell {
  readonly name: string;
  readonly bashrc: string;
  /** Its banner, as the user sees it. */
  readonly said: string;
}

const talkative: readonly Shell[] = [
  { name: "a welcome", bashrc: "echo Welcome", said: "Welcome\\012" },
  { name: "an empty line", bashrc: 'echo ""', said: "\\012" },
  {
    name: "a banner of many lines",
    bashrc: 'for i in 1 2 3 4; do echo "* $i *"; done',
    said: "* 1 *\\012* 2 *\\012* 3 *\\012* 4 *\\012",
  },
  {
    name: "a notice without a newline",
    bashrc: "printf 'upgrade available'",
    said: "upgrade available",
  },
  {
    name: "an acknowledgement",
    bashrc: "printf '\\0'",
    said: "\\000",
  },
  {
    name: "several acknowledgements",
    bashrc: "printf '\\0\\0\\0'",
    said: "\\000\\000\\000",
  },
  {
    name: "a file record of another name",
    bashrc: "echo 'C0644 5 evil'",
    said: "C0644 5 evil\\012",
  },
  {
    name: "a file record of the name that is asked for",
    bashrc: "echo 'C0644 5 tree'",
    said: "C0644 5 tree\\012",
  },
  {
    name: "a directory record",
    bashrc: "echo 'D0755 0 evil'",
    said: "D0755 0 evil\\012",
  },
  {
    name: "a word that begins like the end of a directory",
    bashrc: "echo 'Enjoy your stay'",
    said: "Enjoy your stay\\012",
  },
  {
    name: "words that begin like times",
    bashrc: "echo 'Today is a good day'",
    said: "Today is a good day\\012",
  },
  {
    name: "escapes for a terminal",
    bashrc: "printf '\\033[2J\\033]0;owned\\007\\n'",
    said: "\\033[2J\\033]0;owned\\007\\012",
  },
];

/** A login whose shell is bash, with a `.bashrc`, and directories on both sides. */
class Login implements AsyncDisposable {
  readonly near = new TempDirectory();
  readonly #sshd: Sshd;
  readonly #program: string;

  private constructor(sshd: Sshd) {
    this.#sshd = sshd;
    this.#program = writeScript(
      `${this.near.path}/ssh`,
      `for last; do :; done
echo "$last" >> '${this.near.path}/commands'
exec ssh "$@"
`,
    );
    Deno.mkdirSync(this.far);
  }

  static async open(bashrc: string): Promise<Login> {
    const sshd = await Sshd.start({ shell: "bash" });
    Deno.writeTextFileSync(`${sshd.home}/.bashrc`, `${bashrc}\n`);
    return new Login(sshd);
  }

  get far(): string {
    return `${this.#sshd.home}/there`;
  }

  async copy(...args: readonly string[]): Promise<Outcome> {
    const options = ["-F", this.#sshd.config, "-S", this.#program];
    return await seacp([...options, ...args], { cwd: this.near.path });
  }

  /** Commands of the remote shell, in order. */
  get commands(): string[] {
    const text = Deno.readTextFileSync(`${this.near.path}/commands`);
    return text.trimEnd().split("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.near[Symbol.dispose]();
    await this.#sshd[Symbol.asyncDispose]();
  }
}

const TREE = [
  { path: "tree/a", content: "C0644 5 evil\nevil\n\0" },
  { path: "tree/d/b", content: "b".repeat(300_000) },
  { path: "tree/empty", content: "" },
];

/** @param program Empty with -O. */
function warning(said: string, host = "far", program = "seacp: "): string {
  return `${program}warning: ${host}: the shell said "${said}" before scp began. The ` +
    "copy works without it. To keep the shell quiet, put this at the top of " +
    "its profile, as ~/.bashrc: case $- in *i*) ;; *) return ;; esac\n";
}

for (const { name, bashrc, said } of talkative) {
  peerTest(
    `banners: an upload gets past a shell that says ${name}`,
    NEEDS,
    async () => {
      await using login = await Login.open(bashrc);
      makeTree(login.near.path, TREE);
      assertEquals(await login.copy("-O", "-r", "tree", "far:there"), {
        status: 0,
        stdout: "",
        stderr: warning(said, "far", ""),
      });
      assertEquals(
        await describeTree(`${login.far}/tree`),
        await describeTree(`${login.near.path}/tree`),
      );
      assertEquals([...Deno.readDirSync(login.far)].length, 1);
    },
  );

  peerTest(
    `banners: a download gets past a shell that says ${name}`,
    NEEDS,
    async () => {
      await using login = await Login.open(bashrc);
      makeTree(login.far, TREE);
      const got = `${login.near.path}/got`;
      Deno.mkdirSync(got);
      assertEquals(await login.copy("-r", "far:there/tree", "got"), {
        status: 0,
        stdout: "",
        stderr: warning(said),
      });
      assertEquals(
        await describeTree(`${got}/tree`),
        await describeTree(`${login.far}/tree`),
      );
      assertEquals([...Deno.readDirSync(got)].length, 1);
    },
  );
}

for (const { name, bashrc } of talkative) {
  peerTest(
    `banners: a directory goes to a new place once, past a shell that says ${name}`,
    NEEDS,
    async () => {
      await using login = await Login.open(bashrc);
      makeTree(login.near.path, TREE);
      const { status } = await login.copy("-O", "-r", "tree", "far:there/new");
      assertEquals(status, 0);
      assertEquals(
        await describeTree(`${login.far}/new`),
        await describeTree(`${login.near.path}/tree`),
      );
    },
  );
}

for (const { name, bashrc, said } of talkative) {
  peerTest(
    `banners: over SFTP a tree goes both ways past a shell that says ${name}`,
    [...NEEDS, "sftp-server"],
    async () => {
      await using login = await Login.open(bashrc);
      makeTree(login.near.path, TREE);
      const told = {
        status: 0,
        stdout: "",
        stderr: warning(said).replace("before scp", "before SFTP"),
      };
      assertEquals(await login.copy("-s", "-r", "tree", "far:there"), told);
      assertEquals(
        await login.copy("-s", "-r", "far:there/tree", "back"),
        told,
      );
      const sent = await describeTree(`${login.near.path}/tree`);
      assertEquals(await describeTree(`${login.far}/tree`), sent);
      assertEquals(await describeTree(`${login.near.path}/back`), sent);
      assertEquals(login.commands, ["sftp", "sftp"]);
    },
  );
}

for (const bashrc of ["echo 'Account expired'; exit 3", "yes endless"]) {
  peerTest(
    `Over SFTP a shell that does not get to the server is quoted: ${bashrc}`,
    [...NEEDS, "sftp-server"],
    async () => {
      await using login = await Login.open(bashrc);
      makeTree(login.near.path, TREE);
      for (const args of [["tree/a", "far:there"], ["far:there/a", "."]]) {
        const { status, stderr } = await login.copy("-s", ...args);
        assertEquals(status, 255);
        assertMatch(
          stderr,
          /^seacp: far: the remote does not speak SFTP: it said "(Account expired|endless)/m,
        );
      }
      assertEquals([...Deno.readDirSync(login.far)], []);
    },
  );
}

peerTest(
  "banners: a directory is not sent twice where a shell says an acknowledgement and more",
  NEEDS,
  async () => {
    await using login = await Login.open("printf '\\0Welcome\\n'");
    makeTree(login.near.path, TREE);
    const { status, stderr } = await login.copy(
      ...["-O", "-r", "tree", "far:there/new"],
    );
    assertEquals(status, 1);
    // What scp itself says may have come by then, too.
    assertMatch(
      stderr,
      /^far: tree: the remote said "Welcome\\012(\\000)?" instead of an acknowledgement: try --lockstep\n$/,
    );
    assert(!exists(`${login.far}/new/tree`));
  },
);

peerTest(
  "banners: a refusal past a shell that says an acknowledgement is told once",
  NEEDS,
  async () => {
    await using login = await Login.open("printf '\\0'");
    makeTree(login.near.path, [{ path: "f", content: "" }]);
    makeTree(login.far, [{ path: "f/" }]);
    const { status, stderr } = await login.copy("gone", "f", "far:there");
    assertEquals(status, 1);
    assertEquals(stderr.match(/gone: No such file/g)?.length, 1);
    assertEquals(stderr.match(/there\/f: Is a directory/g)?.length, 1);
  },
);

peerTest(
  "banners: a name that was not asked for is no reason to log in again",
  NEEDS,
  async () => {
    await using login = await Login.open("X=there/tree/a");
    makeTree(login.far, TREE);
    const { status, stderr } = await login.copy("-O", "far:$X", ".");
    assertEquals(status, 1);
    assertStringIncludes(
      stderr,
      "far: protocol error: filename does not match",
    );
    assertEquals(login.commands, ["scp -f $X"]);
  },
);

peerTest("banners: a quiet shell is told nothing new", NEEDS, async () => {
  await using login = await Login.open("case $- in *i*) echo Hello ;; esac");
  makeTree(login.near.path, TREE);
  const up = await login.copy("-O", "-r", "tree", "far:there");
  assertEquals(up.stderr, "");
  assertEquals((await login.copy("far:there/tree/a", ".")).stderr, "");
  assertEquals(login.commands, ["scp -r -t there", "scp -f there/tree/a"]);
});

peerTest(
  "banners: a talkative shell is asked plainly first, then once for each session",
  NEEDS,
  async () => {
    await using login = await Login.open("echo Welcome");
    makeTree(login.far, TREE);
    const sources = ["far:there/tree/a", "far:there/tree/empty"];
    assertEquals(
      (await login.copy(...sources, ".")).stderr,
      warning("Welcome\\012"),
    );
    const [first, ...later] = login.commands;
    assertEquals(first, "scp -d -f there/tree/a");
    for (const [at, path] of ["a", "empty"].entries()) {
      assertMatch(
        later[at]!,
        new RegExp(
          `^echo seacp-[0-9a-f-]{36}; exec scp -d -f there/tree/${path}$`,
        ),
      );
    }
    assertEquals(later.length, 2);
  },
);

peerTest(
  "banners: with -q nothing is said of a talkative shell",
  NEEDS,
  async () => {
    await using login = await Login.open("echo Welcome");
    makeTree(login.near.path, TREE);
    assertEquals(await login.copy("-q", "tree/a", "far:there"), {
      status: 0,
      stdout: "",
      stderr: "",
    });
  },
);

peerTest(
  "banners: two talkative shells do not stop a copy between their hosts",
  NEEDS,
  async () => {
    await using login = await Login.open("echo Welcome");
    makeTree(login.far, TREE);
    const overScp = ["other", "far"].map((host) =>
      warning("Welcome\\012", host, "")
    );
    const overSftp = ["far", "other"].map((host) =>
      warning("Welcome\\012", host).replace("before scp", "before SFTP")
    );
    const rows = [["-O", overScp], ["-s", overSftp]] as const;
    for (const [option, warnings] of rows) {
      const { status, stderr } = await login.copy(
        option,
        "-r",
        "far:there/tree",
        `other:there/copy${option}`,
      );
      assertEquals([status, stderr], [0, warnings.join("")]);
      assertEquals(
        await describeTree(`${login.far}/copy${option}`),
        await describeTree(`${login.far}/tree`),
      );
    }
  },
);

peerTest(
  "banners: an error past a talkative shell is told as the host's",
  NEEDS,
  async () => {
    await using login = await Login.open("echo Welcome");
    const { status, stderr } = await login.copy("far:there/missing", ".");
    assertEquals(status, 1);
    assertEquals(
      stderr,
      warning("Welcome\\012") +
        "seacp: far: there/missing: No such file or directory\n",
    );
  },
);

/** Options that name SCP, or nothing; the status where nothing begins. */
const NAMED: readonly (readonly [readonly string[], number])[] = [
  [["-O"], 1],
  [[], 255],
];

peerTest(
  "banners: a shell that talks and ends is quoted, both ways",
  NEEDS,
  async () => {
    await using login = await Login.open("echo 'Account expired'; exit 3");
    makeTree(login.near.path, TREE);
    for (const args of [["tree/a", "far:there"], ["far:there/a", "."]]) {
      for (const [protocol, expected] of NAMED) {
        const { status, stderr } = await login.copy(...protocol, ...args);
        assertEquals(status, expected);
        assertStringIncludes(stderr, 'the remote said "Account expired');
      }
    }
    assertEquals([...Deno.readDirSync(login.far)], []);
  },
);

peerTest(
  "banners: a shell that talks without end is quoted",
  NEEDS,
  async () => {
    await using login = await Login.open("yes endless");
    makeTree(login.near.path, TREE);
    for (const args of [["tree/a", "far:there"], ["far:there/a", "."]]) {
      for (const [protocol, expected] of NAMED) {
        const { status, stderr } = await login.copy(...protocol, ...args);
        assertEquals(status, expected);
        assertStringIncludes(stderr, 'the remote said "endless');
      }
    }
    assertEquals([...Deno.readDirSync(login.far)], []);
  },
);
