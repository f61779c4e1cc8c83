/** Remote names at Tab: they come soon, and without a prompt. */

import { assert, assertEquals } from "@std/assert";
import { Cache, type RemoteName } from "../../lib/completion/cache.ts";
import { remoteNames } from "../../lib/completion/remote_names.ts";
import {
  closingQuote,
  quotedFor,
  type Quoting,
} from "../../lib/completion/shell_text.ts";
import { readTypedPath } from "../../lib/completion/typed_path.ts";
import { lacksLibrary } from "../support/c_library.ts";
import { peerTest, peerTestUnless, writeScript } from "../support/doors.ts";
import { ODD_NAMES } from "../support/fixtures/odd_names.ts";
import { isRunning, until } from "../support/process/processes.ts";
import { type Outcome, runProgram, seacp } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  seacpCommand,
} from "../support/process/pseudo_terminal.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists, makeTree } from "../support/fixtures/tree.ts";

const NEEDS = ["ssh", "sshd", "ssh-keygen", "sftp-server"];

/** No machine is too busy for that. */
const LONG_MILLISECONDS = 20_000;

let started: Promise<Sshd> | undefined;

Deno.test.afterAll(async () => {
  await (await started)?.[Symbol.asyncDispose]();
});

function sshd(): Promise<Sshd> {
  return started ??= Sshd.start();
}

/** Asks for the names that fit a path. */
async function namesAt(
  path: string,
  { flags, program = "ssh", cache = new Cache(undefined), limit }: {
    flags: readonly string[];
    program?: string;
    cache?: Cache;
    limit?: number;
  },
): Promise<RemoteName[]> {
  return await remoteNames(
    { kind: "remote", host: "far", path },
    readTypedPath(path, "server")!,
    {
      ssh: { program, flags },
      cache,
      limit: limit ?? LONG_MILLISECONDS,
    },
  );
}

function told(names: readonly RemoteName[]): string[] {
  return names.map(({ name, kind }) => `${name}: ${kind}`);
}

peerTest(
  "remote names: a directory's names are told, but for what is hostile",
  NEEDS,
  async () => {
    const { home, config } = await sshd();
    makeTree(home, [
      { path: "d/" },
      { path: "d/sub/" },
      { path: "d/.hidden", content: "" },
      { path: "d/new\nline", content: "" },
      { path: "d/\x1b[2J", content: "" },
      { path: "d/$(touch x)", content: "" },
      { path: "e/" },
    ]);
    Deno.symlinkSync("sub", `${home}/d/to directory`);
    Deno.symlinkSync("nowhere", `${home}/d/to nowhere`);
    await runProgram(["sh", "-c", `touch "$(printf '${home}/d/\\351')"`]);
    const flags = ["-F", config];
    assertEquals(told(await namesAt("d/", { flags })), [
      "$(touch x): file",
      "sub: directory",
      "to directory: directory",
      "to nowhere: file",
    ]);
    assertEquals(told(await namesAt("~/d/s", { flags })), ["sub: directory"]);
    assertEquals(told(await namesAt("d/.", { flags })), [".hidden: file"]);
    assertEquals(told(await namesAt("e/", { flags })), []);
    assertEquals(told(await namesAt("no/", { flags })), []);
    assertEquals(told(await namesAt("d/sub/../s", { flags })), [
      "sub: directory",
    ]);
  },
);

peerTest(
  "remote names: what is known of a directory is not asked again",
  NEEDS,
  async () => {
    const { home, config } = await sshd();
    using directory = new TempDirectory();
    let time = Date.now();
    const cache = new Cache(`${directory.path}/cache`, () => time);
    makeTree(home, [{ path: "kept/" }, { path: "kept/one", content: "" }]);
    const ask = async () =>
      told(await namesAt("kept/", { flags: ["-F", config], cache }));
    assertEquals(await ask(), ["one: file"]);
    makeTree(home, [{ path: "kept/two", content: "" }]);
    assertEquals(await ask(), ["one: file"]);
    time += 60_000;
    assertEquals(await ask(), ["one: file", "two: file"]);
  },
);

peerTest(
  "remote names: a host that does not answer is left alone for a while",
  [],
  async () => {
    using directory = new TempDirectory();
    let time = Date.now();
    const cache = new Cache(`${directory.path}/cache`, () => time);
    const program = writeScript(
      `${directory.path}/ssh`,
      `echo $$ >> ${directory.path}/log\nexec sleep 100\n`,
    );
    const logins = () => Deno.readTextFileSync(`${directory.path}/log`).trim();
    const ask = () => namesAt("d/", { flags: [], program, cache, limit: 1000 });
    const before = performance.now();
    assertEquals(await ask(), []);
    const took = performance.now() - before;
    assert(took >= 850 && took < LONG_MILLISECONDS, `${took} ms`);
    const pid = Number(logins());
    await until("ssh has ended", () => !isRunning(pid));
    assertEquals(await namesAt("e/", { flags: [], program, cache }), []);
    time += 14_999;
    assertEquals(await ask(), []);
    assertEquals(logins(), String(pid));
    time += 1;
    assertEquals(await ask(), []);
    assert(logins() !== String(pid));
  },
);

/** Output of the completion of a path where ssh could prompt at a terminal. */
async function completedOnTerminal(
  args: readonly string[],
  env: Record<string, string>,
): Promise<Outcome> {
  const command = seacpCommand(["--complete", "fish", "--", ...args]);
  return await onTerminal(
    `answer=$(${command} </dev/null 2>/dev/null); echo "[$answer]"`,
    200,
    { env },
  );
}

peerTestUnless(lacksLibrary)(
  "No ssh asks at the terminal, a jump host's neither, nor by a program",
  [...NEEDS, LENDS_TERMINAL],
  async () => {
    const { config } = await sshd();
    using directory = new TempDirectory();
    const at = (name: string) => `${directory.path}/${name}`;
    // The server takes it, so that ssh wants to know its passphrase.
    Deno.copyFileSync(config.replace("ssh_config", "user"), at("key"));
    await runProgram([
      ...["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", at("key")],
    ]);
    const text = Deno.readTextFileSync(config)
      .replace(/IdentityFile .*/, `IdentityFile ${at("key")}`)
      .replace("BatchMode yes", "BatchMode no");
    Deno.writeTextFileSync(at("passphrase"), text);
    Deno.writeTextFileSync(
      at("unknown"),
      text.replace(/UserKnownHostsFile .*/, "UserKnownHostsFile /dev/null")
        .replace("StrictHostKeyChecking yes", "StrictHostKeyChecking ask"),
    );
    const asked = writeScript(at("ask"), `echo "$@" >> ${at("asked")}\n`);
    const env = {
      HOME: directory.path,
      SSH_ASKPASS: asked,
      SSH_ASKPASS_REQUIRE: "prefer",
      DISPLAY: ":0",
    };
    const rows = [
      ["-F", at("passphrase"), "far:"],
      ["-F", at("unknown"), "far:"],
      ["-F", at("passphrase"), "-J", "other", "far:"],
      ["-F", at("unknown"), "-J", "other", "far:"],
      ["-oBatchMode=no", "-F", at("passphrase"), "far:"],
    ];
    for (const args of rows) {
      assertEquals(
        await completedOnTerminal(args, env),
        { status: 0, stdout: "[words]\r\n", stderr: "" },
        args.join(" "),
      );
    }
    assertEquals(
      [...Deno.readDirSync(directory.path)].map(({ name }) => name)
        .includes("asked"),
      false,
    );
  },
);

peerTestUnless(lacksLibrary)(
  "Nothing is left of an ssh that hangs, nor of what it runs",
  NEEDS,
  async () => {
    let pid = 0;
    // A busy machine may not come to start the proxy in time.
    for (let tries = 5; pid === 0 && tries > 0; tries--) {
      using directory = new TempDirectory();
      const pidFile = `${directory.path}/pid`;
      Deno.writeTextFileSync(pidFile, "0");
      const program = writeScript(
        `${directory.path}/proxy`,
        `trap : HUP\necho $$ > ${pidFile}\nexec sleep 100\n`,
      );
      const command = seacpCommand([
        ...["--complete", "zsh", "--", `-oProxyCommand=${program}`, "far:"],
      ]);
      const { status, stdout, stderr } = await runProgram(
        ["sh", "-c", `answer=$(${command} 2>&1); echo "[$answer]"`],
        { env: { HOME: directory.path } },
      );
      assertEquals([status, stdout, stderr], [0, "[words]\n", ""]);
      pid = Number(Deno.readTextFileSync(pidFile));
    }
    assert(pid > 0);
    await until("its proxy has ended", () => !isRunning(pid));
  },
);

peerTest(
  "remote names: a server that lies is believed nothing",
  [],
  async () => {
    using directory = new TempDirectory();
    const bodies = ["echo hello", "cat /dev/zero", "exit 1", "kill $$", "cat"];
    for (const [at, body] of bodies.entries()) {
      const program = writeScript(`${directory.path}/ssh${at}`, `${body}\n`);
      const outcome = await seacp(
        ["--complete", "zsh", "--", "-S", program, "far:"],
        { env: { HOME: directory.path } },
      );
      assertEquals(outcome, { status: 0, stdout: "words\n", stderr: "" }, body);
    }
  },
);

Deno.test("remote names: a host that ssh would not be given is asked nothing", async () => {
  using directory = new TempDirectory();
  const program = writeScript(
    `${directory.path}/ssh`,
    `: > ${directory.path}/started\n`,
  );
  for (const host of ["ho;st:", "a`b:", "-oX@y:"]) {
    const outcome = await seacp(
      ["--complete", "fish", "--", "-S", program, "--", host],
      { env: { HOME: directory.path } },
    );
    assertEquals([outcome.status, outcome.stderr], [0, ""], host);
  }
  assertEquals(exists(`${directory.path}/started`), false);
});

/** Shells that read a word, and the quotes that may be open in it. */
const READERS: readonly (readonly [string, readonly Quoting[]])[] = [
  ["bash", ["", "'", '"', "$'"]],
  ["dash", ["", "'", '"']],
  ["zsh", ["", "'", '"']],
  ["fish", [""]],
];

for (const [shell, quotings] of READERS) {
  peerTest(
    `remote names: ${shell} reads every name as it is`,
    [shell],
    async () => {
      for (const quoting of quotings) {
        const words = ODD_NAMES.map((name) =>
          quoting + quotedFor(quoting, name) + closingQuote(quoting)
        ).map((word) => word.startsWith("=") ? `\\${word}` : word);
        const { stdout } = await runProgram(
          [shell, "-c", `printf '%s\\n' ${words.join(" ")}`],
        );
        assertEquals(stdout.split("\n").slice(0, -1), ODD_NAMES, quoting);
      }
    },
  );
}
