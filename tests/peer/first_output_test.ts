/** The first byte of a remote, or the lack of it, through a real ssh. */

import { assertEquals, assertMatch } from "@std/assert";
import { type LoginState, readLoginState } from "../../lib/ssh/login_state.ts";
import { SshSession } from "../../lib/ssh/session.ts";
import { decodeName } from "../../lib/names/name_bytes.ts";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sshdDoor } from "../support/doors.ts";
import { lengthOf, until } from "../support/process/processes.ts";
import { runProgram } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  quoted,
} from "../support/process/pseudo_terminal.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

let opened: Promise<Sshd> | undefined;
Deno.test.afterAll(async () => {
  await (await opened)?.[Symbol.asyncDispose]();
});

/** No test waits so long. */
const NEVER = 24 * 60 * 60 * 1000;

/** An ssh that runs a command over there. */
async function sessionOf(
  command: string,
  options: readonly string[] = [],
): Promise<SshSession> {
  const { config } = await (opened ??= Sshd.start());
  return SshSession.start("ssh", [
    ...["-F", config],
    ...options,
    ...["--", "far", command],
  ], {
    interrupted: new AbortController().signal,
    service: "scp",
    onStderr: () => {},
  });
}

peerTest(
  "awaitFirstOutput(): sees the first byte, and the end, and reads nothing",
  sshdDoor.needs,
  async () => {
    const patience = { afterLogin: NEVER, unseen: NEVER };
    await using speaking = await sessionOf("echo hello");
    assertEquals(await speaking.awaitFirstOutput(patience), "spoke");
    assertEquals(decodeName(await speaking.channel.read(100)), "hello\n");
    await using ending = await sessionOf("exit 3");
    assertEquals(await ending.awaitFirstOutput(patience), "ended");
    const { code, stopped } = await ending.end({ isWhole: true });
    assertEquals([code, stopped], [3, false]);
  },
);

peerTest(
  "first output: what comes after a silence is read all the same",
  sshdDoor.needs,
  async () => {
    await using session = await sessionOf("read line; echo $line");
    const patience = { afterLogin: 1, unseen: NEVER };
    assertEquals(await session.awaitFirstOutput(patience), "silent");
    const next = session.awaitFirstOutput({ afterLogin: NEVER, unseen: NEVER });
    await session.channel.write(new TextEncoder().encode("late\n"));
    await session.channel.flush();
    assertEquals(await next, "spoke");
    assertEquals(decodeName(await session.channel.read(100)), "late\n");
  },
);

const VIEWER =
  new URL("../support/ssh/login_state_printer.ts", import.meta.url).pathname;

/** Programs that ask, each in a shell's words, until something is typed. */
const QUESTIONS: Readonly<Record<string, string>> = {
  "a program that opens the terminal": "read answer < /dev/tty",
  "one that another starts": "sh -c 'read answer < /dev/tty; :'; :",
  "one that asks in ssh's place":
    `echo 'read answer < $TTY' > $PWD/ask; sh $PWD/ask; :`,
};

peerTest(
  "readLoginState(): takes a login for open where nothing of it can be seen and there is a terminal",
  [LENDS_TERMINAL, "setsid"],
  async () => {
    using directory = new TempDirectory();
    const rights = ["run", "-q", "--allow-all", "--deny-ffi"];
    const words = [Deno.execPath(), ...rights, VIEWER, "exec cat /dev/null"];
    const options = { cwd: directory.path };
    const { stdout } = await onTerminal(
      words.map(quoted).join(" "),
      80,
      options,
    );
    assertMatch(stdout, /^<open>\s*$/);
    const without = await runProgram(["setsid", "-w", ...words], options);
    assertMatch(without.stdout, /^<unknown>\s*$/);
  },
);

for (const [name, command] of Object.entries(QUESTIONS)) {
  peerTest(
    `readLoginState(): sees the question of ${name}, as long as it is open`,
    [LENDS_TERMINAL, "stty", "tty"],
    async () => {
      using directory = new TempDirectory();
      const transcript = `${directory.path}/transcript`;
      Deno.writeTextFileSync(transcript, "");
      const isSeen = () =>
        Deno.readTextFileSync(transcript).includes("<unknown, asking>");
      const words = [Deno.execPath(), "run", "-qA", VIEWER, command];
      const { stdout } = await onTerminal(
        `TTY=$(tty) ${words.map(quoted).join(" ")}`,
        80,
        {
          cwd: directory.path,
          transcript,
          env: { SSH_ASKPASS: `${directory.path}/ask` },
          input: until("the question is seen", isSeen).then(() => "x\n"),
        },
      );
      assertMatch(stdout, /<unknown, asking>/);
    },
  );
}

/** Ways there, each of which shows the end of its login. */
const ways: readonly (readonly [string, readonly string[]])[] = [
  ["straight", []],
  ["through a jump host", ["-J", "far"]],
  ["as a master of its own", ["-oControlMaster=yes", "-oControlPath=PATH"]],
  ["over a running master", ["-oControlPath=MASTER"]],
];

for (const [way, options] of ways) {
  peerTest(
    `awaitFirstOutput(): sees that a login has ended, ${way}`,
    sshdDoor.needs,
    async () => {
      using directory = new TempDirectory();
      const master = `${directory.path}/master`;
      const { config } = await (opened ??= Sshd.start());
      const jump = `${directory.path}/config`;
      // ssh gives its jump host's ssh the file, but no other option.
      Deno.copyFileSync(config, jump);
      await runProgram([
        findProgram("ssh")!,
        ...["-F", config, "-fNMS", master, "far"],
      ]);
      const paths = options.map((option) =>
        option.replace("PATH", `${directory.path}/own`).replace(
          "MASTER",
          master,
        )
      );
      await using session = await sessionOf("cat > /dev/null", paths);
      const patience = { afterLogin: 1, unseen: NEVER };
      assertEquals(await session.awaitFirstOutput(patience), "silent");
      await runProgram([
        findProgram("ssh")!,
        ...["-F", config, "-S", master, "-O", "exit", "far"],
      ]);
    },
  );
}

peerTest(
  "readLoginState(): sees a login that has not ended, and one that nobody knows",
  sshdDoor.needs,
  async () => {
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const args = ["-F", "none", "-p", `${server.addr.port}`, "127.0.0.1"];
    using ssh = start("ssh", args);
    using connection = await server.accept();
    await until("ssh logs in", () => isSeen(ssh.pid, { login: "open" }));
    connection.close();
    using other = start("sleep", ["600"]);
    await until("it runs", () => isSeen(other.pid, { login: "unknown" }));
    assertEquals(readLoginState(2 ** 30), {
      login: "unknown",
      isPrompting: false,
    });
  },
);

function isSeen(pid: number, { login }: Pick<LoginState, "login">): boolean {
  return readLoginState(pid).login === login;
}

/** A program with pipes, ended and forgotten at the end. */
function start(
  program: string,
  args: readonly string[],
): Disposable & { readonly pid: number } {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    pid: child.pid,
    [Symbol.dispose]: () => {
      child.stdin.close().catch(() => {});
      child.kill("SIGKILL");
    },
  };
}

peerTest(
  "end(): stops an ssh that does not end in its time, and says so",
  sshdDoor.needs,
  async () => {
    await using session = await sessionOf("tail --pid=$PPID -f /dev/null");
    const { stopped, code } = await session.end({
      isWhole: true,
      graceMilliseconds: 200,
    });
    assertEquals([stopped, code !== 0], [true, true]);
  },
);

Deno.test(
  "end(): does not wait for others that hold the output of what it stopped",
  { ignore: Deno.build.os === "windows" },
  async () => {
    using directory = new TempDirectory();
    const child = `${directory.path}/child`;
    await using session = SshSession.start("sh", [
      "-c",
      `sleep 600 & echo $! > ${child}; wait`,
    ], {
      interrupted: new AbortController().signal,
      service: "scp",
      onStderr: () => {},
    });
    await until("it has started another", () => lengthOf(child) > 1);
    const { stopped } = await session.end({
      isWhole: true,
      graceMilliseconds: 1,
    });
    Deno.kill(Number(Deno.readTextFileSync(child)), "SIGKILL");
    assertEquals(stopped, true);
  },
);
