/** The program on the remote: clients leave it and end it. */

import { toText } from "@std/streams/to-text";
import { assert, assertEquals } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, seacpDoors } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { lengthOf, until } from "../support/process/processes.ts";
import {
  EXECUTABLE,
  type Outcome,
  runProgram,
  SEACP,
} from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  seacpCommand,
} from "../support/process/pseudo_terminal.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";

for (const kind of seacpDoors) {
  peerTest(
    `remote side: OpenSSH's scp -O is told by ${kind.name} where a loop of links closes`,
    ["scp", ...kind.needs],
    async () => {
      await using door = await kind.open();
      using place = new Place(door);
      place.makeFar([{ path: "d/" }]);
      Deno.symlinkSync(".", `${place.far}/d/l`);
      const d = place.remote("d");
      const path = d.slice("far:".length);
      assertEquals(
        await runProgram(
          [findProgram("scp")!, "-O", ...place.options, "-r", d, "."],
          { cwd: place.near },
        ),
        {
          status: 1,
          stdout: "",
          stderr: `scp: ${path}/l: Too many levels of symbolic links: ` +
            `it is ${path} again\n`,
        },
      );
    },
  );
}

/** A remote that was started and is spoken to in pieces. */
class Started {
  readonly child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(args: readonly string[], cwd: string) {
    const [program, ...rest] = [...SEACP, ...args];
    this.child = new Deno.Command(program!, {
      args: rest,
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.child.stdin.getWriter();
  }

  async say(words: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(words));
  }

  /** Ends its standard input. */
  async leave(): Promise<void> {
    await this.#writer.close();
  }

  /** Resolves once it has ended. */
  async outcome(): Promise<Outcome> {
    const { code, stdout, stderr } = await this.child.output();
    const decoder = new TextDecoder();
    return {
      status: code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  }

  /** Lets go of its standard input, which may be broken. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
  }
}

const OLDER = "o".repeat(400_000);

/** Part of a longer body that has come. */
const CAME = "x".repeat(200_000);

/** Starts a remote that has got a part of a file, and waits for the rest. */
async function startedInBody(directory: string): Promise<Started> {
  Deno.writeTextFileSync(`${directory}/a`, OLDER);
  const started = new Started(["-t", "."], directory);
  await started.say(`C0644 300000 a\n${CAME}`);
  await until(
    "the part that was sent is in the file",
    () => Deno.readTextFileSync(`${directory}/a`)[CAME.length - 1] === "x",
  );
  return started;
}

Deno.test("remote side: a client that vanishes in a body leaves a true prefix, nothing older behind it", async () => {
  using directory = new TempDirectory();
  await using started = await startedInBody(directory.path);
  await started.leave();
  assertEquals(await started.outcome(), {
    status: 1,
    stdout: "\0\0\x01scp: Broken pipe\n",
    stderr: "",
  });
  assertEquals(Deno.readTextFileSync(`${directory.path}/a`), CAME);
});

Deno.test("remote side: a client that vanishes in a body, both ways, leaves a true prefix", async () => {
  using directory = new TempDirectory();
  await using started = await startedInBody(directory.path);
  await started.child.stdout.cancel();
  await started.leave();
  assertEquals((await started.child.status).code, 1);
  assertEquals(await toText(started.child.stderr), "");
  assertEquals(Deno.readTextFileSync(`${directory.path}/a`), CAME);
});

/**
 * Time in which an ended program must exit, in milliseconds: half its own
 * limit.
 */
const AT_ONCE_MILLISECONDS = 1000;

for (const [signal, status] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  /** Ends a remote by the signal; expects that it ends at once. */
  const end = async (started: Started): Promise<Outcome> => {
    const before = performance.now();
    started.child.kill(signal);
    const outcome = await started.outcome();
    const took = performance.now() - before;
    assert(took < AT_ONCE_MILLISECONDS, `it took ${took} ms`);
    assertEquals([outcome.status, outcome.stderr], [status, ""]);
    return outcome;
  };

  Deno.test(`remote side: ${signal} in a body ends the remote at once, the file cut to what came`, async () => {
    using directory = new TempDirectory();
    await using started = await startedInBody(directory.path);
    await end(started);
    assertEquals(Deno.readTextFileSync(`${directory.path}/a`), CAME);
  });

  Deno.test(`remote side: ${signal} between records ends a sink at once`, async () => {
    using directory = new TempDirectory();
    await using started = new Started(["-t", "."], directory.path);
    await started.say("C0644 1 a\na\0T1 0 ");
    await until("a is there", () => lengthOf(`${directory.path}/a`) === 1);
    await end(started);
  });

  Deno.test(`remote side: ${signal} ends a source that waits at once`, async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "a", content: "a" }]);
    await using started = new Started(["-f", "a"], directory.path);
    const reader = started.child.stdout.getReader();
    await started.say("\0");
    await reader.read();
    reader.releaseLock();
    await end(started);
  });
}

/**
 * Commands of a shell that runs the program, `"$@"`, with an output that leads
 * nowhere.
 */
const outputs: Readonly<Record<string, string>> = {
  "is closed": '"$@" >&-',
  "is a pipe that nobody reads": "rm -f pipe && mkfifo pipe && " +
    '{ sleep 0 < pipe & } && exec 3> pipe && wait && "$@" >&3',
};

for (const [name, script] of Object.entries(outputs)) {
  for (
    const [role, args, input] of [
      ["sink", ["-t", "."], `C0644 100000 new\n${"x".repeat(100_000)}\0`],
      ["source", ["-f", "a"], "\0\0\0\0"],
      ["source without a client", ["-f", "a"], ""],
    ] as const
  ) {
    peerTest(
      `remote side: a ${role} ends where its standard output ${name}`,
      ["sh", "mkfifo", "timeout"],
      async () => {
        using directory = new TempDirectory();
        Deno.writeTextFileSync(`${directory.path}/a`, OLDER);
        const { status, stderr } = await runProgram(
          ["timeout", "10", "sh", "-c", script, "sh", ...SEACP, ...args],
          { cwd: directory.path, input: Promise.resolve(input) },
        );
        assert(status <= 1, `its status is ${status}`);
        assertEquals(stderr, "");
      },
    );
  }
}

Deno.test(
  "A remote needs nothing but its directory: no configuration, no environment, no program",
  {
    ignore: EXECUTABLE !== undefined,
  },
  async () => {
    using directory = new TempDirectory();
    const here = `${directory.path}/here`;
    Deno.mkdirSync(here);
    const restricted = [
      ...SEACP.filter((word) => word !== "--allow-all").slice(0, -1),
      "--no-prompt",
      `--allow-read=${here}`,
      `--allow-write=${here}`,
      "--allow-sys",
      "--allow-ffi",
      SEACP.at(-1)!,
    ];
    const sink = await runProgram([...restricted, "-rpt", "."], {
      cwd: here,
      input: Promise.resolve("T1 0 2 0\nC0755 1 a\na\0D0700 0 d\nE\n"),
    });
    assertEquals(sink, { status: 0, stdout: "\0".repeat(6), stderr: "" });
    const source = await runProgram([...restricted, "-pf", "a"], {
      cwd: here,
      input: Promise.resolve("\0\0\0\0"),
    });
    assertEquals(source.status, 0);
    assertEquals(source.stderr, "");
    assert(source.stdout.endsWith("C0755 1 a\na\0"));
  },
);

peerTest(
  "remote side: a remote says nothing to its terminal and asks it nothing",
  [LENDS_TERMINAL, "stty", "printf"],
  async () => {
    using directory = new TempDirectory();
    const sink = seacpCommand(["-t", "."]);
    const source = seacpCommand(["-f", "a"]);
    const outcome = await onTerminal(
      `{ printf 'C0644 3 a\\nabc\\0' | ${sink} | cat > sink; ` +
        `printf '\\0\\0\\0' | ${source} | cat > source; }`,
      80,
      { cwd: directory.path },
    );
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    assertEquals(Deno.readTextFileSync(`${directory.path}/sink`), "\0\0\0");
    assert(
      Deno.readTextFileSync(`${directory.path}/source`).endsWith(" 3 a\nabc\0"),
    );
  },
);
