/** The one file that is installed, as its users meet it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  lacksDevices,
  lacksLibrary,
  lacksLinuxLibrary,
} from "../support/c_library.ts";
import { RUN_LAST, writeScript } from "../support/doors.ts";
import { lacksIgnoredSignals } from "../support/emulator.ts";
import { BUILT, builtTest, runBuilt as run } from "../support/executable.ts";
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
import { exists, makeTree } from "../support/tree.ts";

/** How a program comes to have another name, and why that cannot be seen here. */
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
}, { lacks: lacksLibrary ?? lacksIgnoredSignals });

for (
  const [where, before, lacks] of [
    // Deno's runtime takes it off there, since 2.7.
    ["as the first word", [], lacksLinuxLibrary],
    ["behind --", ["--"], undefined],
  ] as const
) {
  builtTest(`it copies itself by its own path ${where}`, [], async () => {
    using folder = new TempFolder();
    const program = `${folder.path}/seacp`;
    Deno.copyFileSync(BUILT, program);
    const { status, stderr } = await runProgram(
      [program, ...before, program, `${folder.path}/scp`],
    );
    assertEquals([status, stderr], [0, ""]);
    assertEquals(
      Deno.statSync(`${folder.path}/scp`).size,
      Deno.statSync(BUILT).size,
    );
  }, { lacks });
}

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
