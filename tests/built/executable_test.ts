/** The one file that is installed, as its users meet it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  lacksDevices,
  lacksLibrary,
  lacksLinuxLibrary,
} from "../support/c_library.ts";
import { RUN_LAST, writeScript } from "../support/doors.ts";
import { lacksIgnoredSignals } from "../support/process/emulator.ts";
import {
  BUILT,
  builtTest,
  runBuilt as run,
} from "../support/process/executable.ts";
import {
  type Outcome,
  runProgram,
  startProgram,
} from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  linesLeft,
  onTerminal,
  quoted,
} from "../support/process/pseudo_terminal.ts";
import { isRunning, until } from "../support/process/processes.ts";
import { DECODING, lacksRawNames } from "../support/fixtures/raw_names.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists, makeTree } from "../support/fixtures/tree.ts";

/**
 * Ways to give a program another name, and the reason why one cannot be tried
 * here.
 */
const NAMINGS: readonly (readonly [
  what: string,
  make: (path: string) => void,
  lacks: string | undefined,
])[] = [
  [
    "a symbolic link",
    (path) => Deno.symlinkSync(BUILT, path),
    lacksLinuxLibrary,
  ],
  ["a copy", (path) => Deno.copyFileSync(BUILT, path), undefined],
];

for (const [what, make, lacks] of NAMINGS) {
  builtTest(
    `it is scp under that name, for those who run it by name, as ${what}`,
    ["ssh", "sshd", "ssh-keygen"],
    async () => {
      await using sshd = await Sshd.start();
      using directory = new TempDirectory();
      Deno.mkdirSync(`${directory.path}/bin`);
      make(`${directory.path}/bin/scp`);
      makeTree(directory.path, [{ path: "it's a file", content: "text" }]);
      const env = { PATH: `${directory.path}/bin:${Deno.env.get("PATH")}` };
      // As Ansible's ssh connection does it.
      const { status, stderr } = await runProgram([
        ...["sh", "-c", 'exec scp "$@"', "sh"],
        ...["-F", sshd.config, "-vvv", "-C", "-o", "ControlMaster=no"],
        ...["-o", "KbdInteractiveAuthentication=no", "-o", "ConnectTimeout=10"],
        ...["-o", "PasswordAuthentication=no", `${directory.path}/it's a file`],
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

builtTest(
  "its meter is on the terminal, and without one there is none",
  [LENDS_TERMINAL, "stty", "scp"],
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "in/" }, { path: "a", content: "abc" }]);
    const ssh = writeScript(`${directory.path}/ssh`, RUN_LAST);
    const words = [BUILT, "-S", ssh, "a", `far:${directory.path}/in`];
    const options = { cwd: directory.path };
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

builtTest("a signal ends it and its ssh", [], async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }]);
  const ssh = writeScript(
    `${directory.path}/ssh`,
    `echo $$ > ${directory.path}/pid.new\n` +
      `mv ${directory.path}/pid.new ${directory.path}/pid\nexec sleep 600\n`,
  );
  const running = startProgram([BUILT, "-S", ssh, "a", "far:"], {
    cwd: directory.path,
  });
  await until("ssh starts", () => exists(`${directory.path}/pid`));
  Deno.kill(running.pid, "SIGINT");
  assertEquals((await running.outcome).status, 130);
  const ended = Number(Deno.readTextFileSync(`${directory.path}/pid`));
  await until("ssh ends", () => !isRunning(ended));
});

builtTest("a hangup that its caller ignores does not end it", [], async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "a", content: "abc" }, { path: "in/" }]);
  const ssh = writeScript(
    `${directory.path}/ssh`,
    `kill -HUP $PPID\n${RUN_LAST}`,
  );
  const command = [BUILT, "-S", ssh, "a", `far:${directory.path}/in`];
  const copy = async (before: string): Promise<Outcome> =>
    await runProgram(
      ["sh", "-c", `${before} exec ${command.map(quoted).join(" ")}`],
      { cwd: directory.path },
    );
  assertEquals((await copy("")).status, 129);
  assertEquals(await copy("trap '' HUP;"), {
    status: 0,
    stdout: "",
    stderr: "",
  });
  assertEquals(exists(`${directory.path}/in/a`), true);
}, { lacks: lacksLibrary ?? lacksIgnoredSignals });

for (
  const [where, before, lacks] of [
    // Deno's runtime takes it off there, since 2.7.
    ["as the first word", [], lacksLinuxLibrary],
    ["behind --", ["--"], undefined],
  ] as const
) {
  builtTest(`it copies itself by its own path ${where}`, [], async () => {
    using directory = new TempDirectory();
    const program = `${directory.path}/seacp`;
    Deno.copyFileSync(BUILT, program);
    const { status, stderr } = await runProgram(
      [program, ...before, program, `${directory.path}/scp`],
    );
    assertEquals([status, stderr], [0, ""]);
    assertEquals(
      Deno.statSync(`${directory.path}/scp`).size,
      Deno.statSync(BUILT).size,
    );
  }, { lacks });
}

builtTest(
  "devices and /proc are sources and targets, as for scp",
  ["/dev/full", "/proc/version"],
  async () => {
    using directory = new TempDirectory();
    const options = { cwd: directory.path };
    assertEquals((await run(["/proc/version", "v"], options)).stderr, "");
    assertEquals(exists(`${directory.path}/v`), true);
    assertEquals((await run(["v", "/dev/null"], options)).status, 0);
    makeTree(directory.path, [{ path: "a", content: "abc" }]);
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
    using directory = new TempDirectory();
    const { status } = await runProgram(
      [...DECODING, BUILT, "caf\\0351", "b"],
      { cwd: directory.path },
    );
    assert(status !== 0);
    assertEquals([...Deno.readDirSync(directory.path)], []);
  },
);

builtTest(
  "it leaves nothing in the directory for temporary files",
  [],
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "abc" }, { path: "tmp/" }]);
    const { status } = await run(["a", "b"], {
      cwd: directory.path,
      env: { TMPDIR: `${directory.path}/tmp`, HOME: `${directory.path}/tmp` },
    });
    assertEquals(status, 0);
    assertEquals([...Deno.readDirSync(`${directory.path}/tmp`)], []);
  },
);
