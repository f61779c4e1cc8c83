/** The one file that is installed, as its users meet it. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { lacksDevices, lacksLibrary } from "../support/c_library.ts";
import { findProgram } from "../../scripts/peers.ts";
import {
  type Door,
  type DoorKind,
  RUN_LAST,
  systemDoors,
  writeScript,
} from "../support/doors.ts";
import { BUILT, builtTest } from "../support/executable.ts";
import { type Outcome, runProgram, startProgram } from "../support/program.ts";
import {
  LENDS_TERMINAL,
  linesLeft,
  onTerminal,
  quoted,
} from "../support/pseudo_terminal.ts";
import { isRunning, until } from "../support/processes.ts";
import { DECODING, lacksRawNames } from "../support/raw_names.ts";
import { Sshd } from "../support/sshd.ts";
import { TempFolder } from "../support/temp_folder.ts";
import {
  describeTree,
  exists,
  makeTree,
  ODD_NAMES,
  type TreeEntry,
} from "../support/tree.ts";

const TREE: readonly TreeEntry[] = [
  { path: "tree/large", content: "0123456789".repeat(100_000), mode: 0o600 },
  { path: "tree/empty", content: "", modified: 1_000_000_000 },
  { path: "tree/locked/f", content: "read me\n", mode: 0o444 },
  { path: "tree/locked/", mode: 0o555, modified: 946_684_800 },
  ...ODD_NAMES.map((name) => ({ path: `tree/odd/${name}`, content: name })),
];

/** A name for the far folder of each test behind one door. */
let folders = 0;

async function run(
  args: readonly string[],
  options: Parameters<typeof runProgram>[1] = {},
): Promise<Outcome> {
  return await runProgram([BUILT, ...args], options);
}

function testDoor(kind: DoorKind): void {
  builtTest(
    `a tree goes up and comes back, ${kind.name}`,
    kind.needs,
    async () => {
      await using door: Door = await kind.open();
      using near = new TempFolder();
      makeTree(near.path, TREE);
      const far = `far${folders++}`;
      Deno.mkdirSync(`${door.home}/${far}`);
      for (
        const operands of [
          ["tree", `far:${far}`],
          [`far:${far}/tree`, "back"],
        ]
      ) {
        assertEquals(
          await run([...door.options, "-rp", ...operands], { cwd: near.path }),
          { status: 0, stdout: "", stderr: "" },
        );
      }
      assertEquals(
        await describeTree(`${near.path}/back`),
        await describeTree(`${near.path}/tree`),
      );
    },
  );
}

systemDoors.forEach(testDoor);

/** How a program comes to have another name, and why that cannot be seen here. */
const NAMINGS: readonly (readonly [
  what: string,
  make: (path: string) => void,
  lacks: string | undefined,
])[] = [
  ["a symbolic link", (path) => Deno.symlinkSync(BUILT, path), lacksLibrary],
  ["a copy", (path) => Deno.copyFileSync(BUILT, path), undefined],
];

for (const [what, make, lacks] of NAMINGS) {
  builtTest(
    `it is scp under that name, for those who run it by name, as ${what}`,
    ["ssh", "sshd", "ssh-keygen"],
    async () => {
      await using sshd = await Sshd.start();
      using folder = new TempFolder();
      Deno.mkdirSync(`${folder.path}/bin`);
      make(`${folder.path}/bin/scp`);
      makeTree(folder.path, [{ path: "it's a file", content: "text" }]);
      const env = { PATH: `${folder.path}/bin:${Deno.env.get("PATH")}` };
      // As Ansible's ssh connection does it.
      const { status, stderr } = await runProgram([
        ...["sh", "-c", 'exec scp "$@"', "sh"],
        ...["-F", sshd.config, "-vvv", "-C", "-o", "ControlMaster=no"],
        ...["-o", "KbdInteractiveAuthentication=no", "-o", "ConnectTimeout=10"],
        ...["-o", "PasswordAuthentication=no", `${folder.path}/it's a file`],
        `[far]:${sshd.home}/it's there`,
      ], { env });
      assertEquals([status, stderr.includes("debug3: ")], [0, true], stderr);
      assertEquals(Deno.readTextFileSync(`${sshd.home}/it's there`), "text");
      const wrong = await runProgram(["scp"], { env });
      assertMatch(wrong.stderr, /^usage: scp /);
      assertEquals(wrong.status, 1);
      const missing = await runProgram(["scp", "none", "there"], { env });
      assertEquals(missing.stderr, "scp: none: No such file or directory\n");
    },
    { lacks },
  );
}

builtTest("OpenSSH's scp copies to it and from it", ["scp"], async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [...TREE, { path: "bin/" }, { path: "far/" }]);
  Deno.symlinkSync(BUILT, `${folder.path}/bin/scp`);
  const ssh = writeScript(
    `${folder.path}/ssh`,
    `cd ${folder.path}/far && export PATH=${folder.path}/bin:$PATH\n${RUN_LAST}`,
  );
  const scp = [findProgram("scp")!, "-O", "-S", ssh, "-rp"] as const;
  for (const operands of [["tree", "far:"], ["far:tree", "back"]]) {
    assertEquals(
      await runProgram([...scp, ...operands], { cwd: folder.path }),
      { status: 0, stdout: "", stderr: "" },
    );
  }
  assertEquals(
    await describeTree(`${folder.path}/back`),
    await describeTree(`${folder.path}/tree`),
  );
});

builtTest(
  "its meter is on the terminal, and without one there is none",
  [LENDS_TERMINAL, "stty", "scp"],
  async () => {
    using folder = new TempFolder();
    makeTree(folder.path, [{ path: "in/" }, { path: "a", content: "abc" }]);
    const ssh = writeScript(`${folder.path}/ssh`, RUN_LAST);
    const words = [BUILT, "-S", ssh, "a", `far:${folder.path}/in`];
    const options = { cwd: folder.path };
    const command = words.map(quoted).join(" ");
    const meter = /^a {44} 100% {4}3 {3}[ .\d]{5}KB\/s {3}00:\d\d {4}$/;
    const { status, stdout } = await onTerminal(command, 80, options);
    assertEquals(status, 0);
    assertEquals(linesLeft(stdout).length, 1);
    assertMatch(linesLeft(stdout)[0]!, meter);
    for (const name of ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"]) {
      const coloured = await onTerminal(command, 20, {
        ...options,
        env: { [name]: "1" },
      });
      assert(!coloured.stdout.includes("\x1b"), name);
      assert(linesLeft(coloured.stdout).every((line) => line.length < 20));
    }
    const dumb = await onTerminal(command, 80, {
      ...options,
      env: { TERM: "dumb" },
    });
    const lines = dumb.stdout.replaceAll("\r\n", "\n");
    assert(!lines.includes("\r"), "a line was drawn more than once");
    assertMatch(lines.replace(/\n$/, ""), meter);
    assertEquals(await runProgram(words, options), {
      status: 0,
      stdout: "",
      stderr: "",
    });
  },
);

builtTest("a child that fails is told, and its status counts", [], async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "a", content: "abc" }]);
  const ssh = writeScript(
    `${folder.path}/ssh`,
    "echo 'ssh: connect to host far: Connection refused' >&2\nexit 255\n",
  );
  const failed = await run(["-S", ssh, "a", "far:"], { cwd: folder.path });
  assertEquals(failed.status, 255);
  assertMatch(
    failed.stderr,
    /^ssh: connect .* refused\nseacp: far: .*status 255/,
  );
  const missing = await run(["-S", `${folder.path}/none`, "a", "far:"], {
    cwd: folder.path,
  });
  assertEquals(missing.status, 255);
  assertStringIncludes(missing.stderr, `${folder.path}/none`);
  assertStringIncludes(missing.stderr, "No such file or directory");
});

builtTest("a signal ends it and its ssh", [], async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "a", content: "abc" }]);
  const ssh = writeScript(
    `${folder.path}/ssh`,
    `echo $$ > ${folder.path}/pid.new\n` +
      `mv ${folder.path}/pid.new ${folder.path}/pid\nexec sleep 600\n`,
  );
  const running = startProgram([BUILT, "-S", ssh, "a", "far:"], {
    cwd: folder.path,
  });
  await until("ssh starts", () => exists(`${folder.path}/pid`));
  Deno.kill(running.pid, "SIGINT");
  assertEquals((await running.outcome).status, 130);
  const ended = Number(Deno.readTextFileSync(`${folder.path}/pid`));
  await until("ssh ends", () => !isRunning(ended));
});

builtTest("a hangup that its caller ignores does not end it", [], async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "a", content: "abc" }, { path: "in/" }]);
  const ssh = writeScript(
    `${folder.path}/ssh`,
    `kill -HUP $PPID\n${RUN_LAST}`,
  );
  const command = [BUILT, "-S", ssh, "a", `far:${folder.path}/in`];
  const copy = async (before: string): Promise<Outcome> =>
    await runProgram(
      ["sh", "-c", `${before} exec ${command.map(quoted).join(" ")}`],
      { cwd: folder.path },
    );
  assertEquals((await copy("")).status, 129);
  assertEquals(await copy("trap '' HUP;"), {
    status: 0,
    stdout: "",
    stderr: "",
  });
  assertEquals(exists(`${folder.path}/in/a`), true);
}, { lacks: lacksLibrary });

builtTest("it copies itself by its own path", [], async () => {
  using folder = new TempFolder();
  Deno.copyFileSync(BUILT, `${folder.path}/seacp`);
  const { status, stderr } = await runProgram(
    [`${folder.path}/seacp`, `${folder.path}/seacp`, `${folder.path}/scp`],
  );
  assertEquals([status, stderr], [0, ""]);
  assertEquals(
    Deno.statSync(`${folder.path}/scp`).size,
    Deno.statSync(BUILT).size,
  );
});

builtTest(
  "devices and /proc are sources and targets, as for scp",
  ["/dev/full", "/proc/version"],
  async () => {
    using folder = new TempFolder();
    const options = { cwd: folder.path };
    assertEquals((await run(["/proc/version", "v"], options)).stderr, "");
    assertEquals(exists(`${folder.path}/v`), true);
    assertEquals((await run(["v", "/dev/null"], options)).status, 0);
    makeTree(folder.path, [{ path: "a", content: "abc" }]);
    assertEquals(
      (await run(["a", "/dev/full"], options)).stderr,
      "seacp: /dev/full: No space left on device\n",
    );
    const out = await run(["a", "/dev/stdout"], options);
    assertEquals(out, { status: 0, stdout: "abc", stderr: "" });
  },
  { lacks: lacksDevices },
);

builtTest(
  "of operands that are not UTF-8 nothing is copied, and it fails",
  [],
  async () => {
    if (lacksRawNames !== undefined) return;
    using folder = new TempFolder();
    const { status } = await runProgram(
      [...DECODING, BUILT, "caf\\0351", "b"],
      { cwd: folder.path },
    );
    assert(status !== 0);
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
);

builtTest(
  "it leaves nothing in the folder for temporary files",
  [],
  async () => {
    using folder = new TempFolder();
    makeTree(folder.path, [{ path: "a", content: "abc" }, { path: "tmp/" }]);
    const { status } = await run(["a", "b"], {
      cwd: folder.path,
      env: { TMPDIR: `${folder.path}/tmp`, HOME: `${folder.path}/tmp` },
    });
    assertEquals(status, 0);
    assertEquals([...Deno.readDirSync(`${folder.path}/tmp`)], []);
  },
);

builtTest("it tells what it was made of", [], async () => {
  const { status, stdout, stderr } = await run(["--version"]);
  assertEquals([status, stderr], [0, ""]);
  const [name, commit, target, deno, protocols, ssh] = stdout.split("\n");
  assertMatch(name!, /^seacp \d+\.\d+\.\d+$/);
  assertMatch(commit!, /^commit: {4}(unknown|[0-9a-f]{7,}(-dirty)?)$/);
  assertEquals(target, `target:    ${Deno.build.target}`);
  assertMatch(deno!, /^deno: {6}2\.\d+\.\d+$/);
  assertEquals(protocols, "protocols: SCP, SFTP 3");
  assertMatch(ssh!, /^ssh: {7}/);
});
