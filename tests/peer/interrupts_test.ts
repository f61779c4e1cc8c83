/** Signals, Ctrl-C on a terminal, and standard streams that nobody reads. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { lacksLibrary } from "../support/c_library.ts";
import {
  type Door,
  peerTest,
  peerTestUnless,
  sshdDoor,
  writeScript,
} from "../support/doors.ts";
import {
  haltCopy,
  LENGTH,
  sftpWays,
  type Way,
  ways,
} from "../support/hostile/halted_copy.ts";
import { Place } from "../support/fixtures/place.ts";
import { until } from "../support/process/processes.ts";
import { messagesOf } from "../support/process/summary.ts";
import { runProgram, startSeacp } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  linesLeft,
  onTerminal,
  seacpCommand,
  startOnTerminal,
} from "../support/process/pseudo_terminal.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import {
  cutShort,
  describeTree,
  exists,
  pattern,
} from "../support/fixtures/tree.ts";

let opened: Promise<Sshd> | undefined;
Deno.test.afterAll(async () => {
  await (await opened)?.[Symbol.asyncDispose]();
});

async function sharedSshd(): Promise<Sshd> {
  return await (opened ??= Sshd.start());
}

/** Message about `f` when it is interrupted. */
function interruption({ direction }: Way): RegExp {
  return direction === "up" ? /^far: from\/f: interrupted$/m : new RegExp(
    `^far: to/f: interrupted after \\d+ of ${LENGTH} bytes$`,
    "m",
  );
}

for (const way of sftpWays) {
  peerTest(
    `interrupts: SIGINT inside ${way.name} ends it and ssh, and names what is cut short`,
    [...sshdDoor.needs, "sftp-server"],
    async () => {
      await haltCopy({ sshd: await sharedSshd(), way }, {
        after: { z: "z" },
        act: async ({ pid, outcome }) => {
          Deno.kill(pid, "SIGINT");
          await outcome;
        },
      }, ({ status, stdout, stderr }, { from, to }) => {
        assertEquals([status, stdout], [130, ""]);
        const partial = cutShort(from, to);
        assert(partial.includes("f"));
        for (const name of partial) {
          assertMatch(stderr, new RegExp(`/${name}: .*interrupted`));
        }
        assert(!stderr.includes("lost"), stderr);
      });
    },
  );
}

/** Many small files that come after `f`: more bytes than pass before the halt. */
const MANY = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [`g${at}`, "g".repeat(40_000)]),
);

for (const way of sftpWays) {
  peerTest(
    `interrupts: SIGINT inside ${way.name} of many files is told in one line`,
    [...sshdDoor.needs, "sftp-server"],
    async () => {
      await haltCopy({ sshd: await sharedSshd(), way }, {
        after: MANY,
        begun: ["f", ...Object.keys(MANY)],
        act: async ({ pid, outcome }) => {
          Deno.kill(pid, "SIGINT");
          await outcome;
        },
      }, ({ status, stderr }) => {
        assertEquals(status, 130);
        const [said, ...others] = messagesOf(stderr).trimEnd().split("\n");
        assertEquals(others, []);
        assertMatch(
          said!,
          /^seacp: far: .*: interrupted.* \(and \d+ more in flight(, \d+ not sent)?\)$/,
        );
      });
    },
  );
}

for (const way of ways) {
  for (
    const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const
  ) {
    peerTest(
      `interrupts: ${signal} inside ${way.name} ends it and ssh, leaves a true prefix, named`,
      sshdDoor.needs,
      async () => {
        await haltCopy({ sshd: await sharedSshd(), way }, {
          after: { z: "z" },
          act: async ({ pid, outcome }) => {
            Deno.kill(pid, signal);
            await outcome;
          },
        }, ({ status, stdout, stderr }, { from, to }) => {
          assertEquals([status, stdout], [expected, ""]);
          assertMatch(stderr, interruption(way));
          assertEquals(cutShort(from, to), ["f"]);
          assert(!exists(`${to}/z`));
        });
      },
    );
  }

  peerTest(
    `interrupts: ctrl-C inside ${way.name} leaves a true prefix, named, and the terminal whole`,
    [...sshdDoor.needs, LENDS_TERMINAL, "stty"],
    async () => {
      const typed = Promise.withResolvers<string>();
      await haltCopy({ sshd: await sharedSshd(), way }, {
        start: (place, args) =>
          startOnTerminal(
            betweenSettings(seacpCommand([...place.options, ...args])),
            80,
            { cwd: place.near, input: typed.promise },
          ),
        act: async ({ outcome }) => {
          typed.resolve(CTRL_C);
          await outcome;
        },
      }, ({ status, stdout }, { from, to, place }) => {
        assertEquals(status, 130, stdout);
        assertEquals(cutShort(from, to), ["f"]);
        const [meter, ...said] = linesLeft(stdout.replace("^C", ""));
        assertMatch(meter!, /^f +\d+% /);
        assertMatch(said.at(-1)!, interruption(way));
        assertSameSettings(place.near);
      });
    },
  );
}

peerTest(
  "interrupts: ctrl-C while ssh asks for a passphrase leaves the terminal whole",
  [...sshdDoor.needs, LENDS_TERMINAL, "stty"],
  async () => {
    const sshd = await sharedSshd();
    using directory = new TempDirectory();
    const { path } = directory;
    const config = Deno.readTextFileSync(sshd.config);
    const [, key] = /IdentityFile (.*)/.exec(config)!;
    Deno.copyFileSync(key!, `${path}/key`);
    await runProgram([
      findProgram("ssh-keygen")!,
      ...["-q", "-p", "-P", "", "-N", "secret", "-f", `${path}/key`],
    ]);
    Deno.writeTextFileSync(
      `${path}/config`,
      config.replace(key!, `${path}/key`).replace(
        "BatchMode yes",
        "BatchMode no",
      ),
    );
    const transcript = `${path}/transcript`;
    Deno.writeTextFileSync(transcript, "");
    const isAsked = until(
      "ssh asks for the passphrase",
      () => Deno.readTextFileSync(transcript).includes("Enter passphrase"),
    );
    const { status, stdout } = await onTerminal(
      betweenSettings(seacpCommand(["-F", "config", "far:x", "x"])),
      80,
      { cwd: path, transcript, input: isAsked.then(() => CTRL_C) },
    );
    assertEquals(status, 130, stdout);
    assertStringIncludes(stdout, "interrupted");
    assertSameSettings(path);
  },
);

for (const way of ways) {
  peerTestUnless(lacksLibrary)(
    `Signals that were ignored at the start stay ignored inside ${way.name}`,
    [...sshdDoor.needs, "env"],
    async () => {
      await haltCopy({ sshd: await sharedSshd(), way }, {
        after: { z: "z" },
        start: (place, args) =>
          place.start(args, {
            wrapper: ["env", "--ignore-signal=HUP,INT,TERM"],
          }),
        act: async ({ pid }) => {
          const begin = performance.now();
          await until(
            "the runtime listens by itself, if it ever does",
            () => listens(pid) || performance.now() - begin > 2000,
          );
          for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
            for (const id of [pid, ...childrenOf(pid)]) Deno.kill(id, signal);
          }
        },
      }, ({ status, stdout, stderr }, { from, to }) => {
        assertEquals([status, stdout, stderr], [0, "", ""]);
        assertEquals(cutShort(from, to), []);
        assert(exists(`${to}/z`));
      });
    },
  );
}

/** Tells whether a process of the runtime has begun to listen to SIGUSR1. */
function listens(pid: number): boolean {
  const SIGUSR1 = 1n << 9n;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const [, mask] = /^SigCgt:\t(.*)$/m.exec(status)!;
  return (BigInt(`0x${mask}`) & SIGUSR1) !== 0n;
}

/** The processes that one has started, as Linux tells. */
function childrenOf(pid: number): number[] {
  const { stdout } = new Deno.Command("ps", {
    args: ["-o", "pid=", "--ppid", `${pid}`],
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").map(Number)
    .filter((id) => id > 0);
}

/** Peers that say things for ever, as fast as they can. */
const FLOODS: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  "of empty files": [
    `awk 'BEGIN { printf "D0755 0 d\\n"; while (1) printf "C0644 0 f\\n%c", 0 }'`,
    ["-O", "-r"],
  ],
  "of warnings": [
    `awk 'BEGIN { printf "D0755 0 d\\n"; while (1) printf "%cscp: no\\n", 1 }'`,
    ["-O", "-r"],
  ],
  "on standard error": ["yes '\x1b[2J' >&2", ["-O", "-r"]],
  "of what is no protocol": ["yes nonsense", ["-O", "-r"]],
};

/** Longest time that an interrupted copy may take here, in milliseconds. */
const INTERRUPTED_MILLISECONDS = 8000;

for (const [name, [script, options]] of Object.entries(FLOODS)) {
  peerTest(
    `interrupts: SIGINT ends a copy from a flood ${name}`,
    ["awk", "yes"],
    async () => {
      using directory = new TempDirectory();
      const { path } = directory;
      const program = writeScript(
        `${path}/ssh`,
        `echo > ${path}/started\n${script}\n`,
      );
      const { pid, outcome } = startSeacp(
        [...options, "-S", program, "far:d", path],
        { env: { TMPDIR: path } },
      );
      await until("the peer speaks", () => exists(`${path}/started`));
      const begin = performance.now();
      try {
        Deno.kill(pid, "SIGINT");
      } catch {
        // It has found out already that this is no protocol.
      }
      await outcome;
      assert(performance.now() - begin < INTERRUPTED_MILLISECONDS);
    },
  );
}

const CTRL_C = "\x03";

/** Runs a command, and writes down the terminal's settings around it. */
function betweenSettings(command: string): string {
  return `trap : INT; stty -g > before; ${command}; status=$?; ` +
    "stty -g > after; exit $status";
}

function assertSameSettings(directory: string): void {
  assertEquals(
    Deno.readTextFileSync(`${directory}/after`),
    Deno.readTextFileSync(`${directory}/before`),
  );
}

/**
 * Commands of a shell that runs the program, `"$@"`, with a stream that leads
 * nowhere.
 */
const streams: Readonly<Record<string, string>> = {
  "standard output is a pipe that nobody reads": nobodyReads(""),
  "both outputs are a pipe that nobody reads": nobodyReads("2>&1"),
  "both outputs are a pipe of which one byte is read":
    '{ "$@" 2>&1; echo $? > status; } | head -c 1 > first; ' +
    "exit $(cat status)",
  "standard input is closed": '"$@" <&-',
  "standard output is closed": '"$@" >&-',
  "standard error is closed": '"$@" 2>&-',
  "all three are closed": '"$@" <&- >&- 2>&-',
};

/** The reader is gone before the program starts. */
function nobodyReads(also: string): string {
  return "rm -f pipe && mkfifo pipe && { sleep 0 < pipe & } && " +
    `exec 3> pipe && wait && "$@" >&3 ${also}`;
}

let door: Promise<Door> | undefined;
Deno.test.afterAll(async () => {
  await (await door)?.[Symbol.asyncDispose]();
});

for (const [name, script] of Object.entries(streams)) {
  peerTest(
    `interrupts: a copy arrives whole, and a failure is a failure, where ${name}`,
    [...sshdDoor.needs, "sh", "mkfifo", "head"],
    async () => {
      using place = new Place(await (door ??= sshdDoor.open()));
      const wrapper = ["sh", "-c", script, "sh"];
      const content = pattern(300_000);
      place.makeNear([
        { path: "tree/f", content },
        { path: "tree/d/g", content: "g" },
      ]);
      const sent = await describeTree(`${place.near}/tree`);
      // -v has all of us, ssh and the remote, say a lot.
      for (
        const args of [
          ["-vr", "tree", place.remote("")],
          ["-vr", place.remote("tree"), "back"],
        ]
      ) {
        const { status } = await place.copy(args, { wrapper });
        assertEquals(status, 0, args.join(" "));
      }
      assertEquals(await describeTree(`${place.far}/tree`), sent);
      assertEquals(await describeTree(`${place.near}/back`), sent);
      const { status } = await place.copy(["-v", "no", place.remote("")], {
        wrapper,
      });
      assertEquals(status, 1);
    },
  );
}
