/** `seacp --sftp-server` in place of OpenSSH's sftp-server. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { StreamChannel } from "../../lib/channel/stream_channel.ts";
import { ExactReader } from "../../lib/sftp/exact_reader.ts";
import { findProgram } from "../../scripts/peers.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { type Door, peerTestUnless, writeScript } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import { until } from "../support/process/processes.ts";
import { runProgram, SEACP, seacp } from "../support/process/program.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";
import { packet, string, uint32, uint64 } from "../support/sftp/bytes.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = ["ssh", "sshd", "ssh-keygen"];

const test = peerTestUnless(lacksLinuxLibrary);

const OK = { status: 0, stdout: "", stderr: "" };

/** What a copy of a tree may lose: modes, times, names, links of any kind. */
const TREE = [
  { path: "t/a.txt", content: "alpha", mode: 0o640, modified: 1_000_000_000 },
  { path: 't/u/it\'s "b" *?[x]\\ $(id)', content: pattern(700_001) },
  { path: "t/u/new\nline\u00e9", content: "x", mode: 0o444 },
  { path: "t/u/", mode: 0o750, modified: 1_100_000_000 },
  { path: "t/empty/", mode: 0o711 },
  { path: "t/none", content: "" },
  { path: "t/", mode: 0o755, modified: 1_200_000_000 },
];

const FACTS = { modes: true, times: true };

/** Opens a door whose server of SFTP is the program, behind an sshd. */
async function openServer(): Promise<Door> {
  const sshd = await Sshd.start({
    prepare: (directory) =>
      Promise.resolve({
        lines: `ForceCommand cd ${directory}/home && exec ` +
          seacpCommand(["--sftp-server"]),
      }),
  });
  return {
    options: ["-F", sshd.config],
    home: sshd.home,
    [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose](),
  };
}

for (const client of ["scp", "seacp"] as const) {
  test(
    `--sftp-server: ${client} copies a tree up and down with all it preserves`,
    [...NEEDS, "scp"],
    async () => {
      await using door = await openServer();
      using place = new Place(door);
      place.makeNear(TREE);
      const expected = await describeTree(`${place.near}/t`, FACTS);
      const copy = async (...args: readonly string[]) => {
        const all = ["-s", ...place.options, "-rp", ...args];
        return client === "seacp"
          ? await seacp(all, { cwd: place.near })
          : await runProgram([findProgram("scp")!, "-q", ...all], {
            cwd: place.near,
          });
      };
      assertEquals(await copy("t", place.remote("up")), OK);
      assertEquals(await describeTree(`${place.far}/up`, FACTS), expected);
      assertEquals(await copy(place.remote("up"), "down"), OK);
      assertEquals(await describeTree(`${place.near}/down`, FACTS), expected);
      assertEquals(await copy(place.remote("up/*.txt"), "."), OK);
      assertEquals(Deno.readTextFileSync(`${place.near}/a.txt`), "alpha");
      const missing = await copy(place.remote("none"), ".");
      assertEquals(missing.status, 1);
      assertMatch(missing.stderr, /none: No such file or directory/);
    },
  );
}

test(
  "--sftp-server: sftp -D finds in it what it finds in OpenSSH's server",
  ["sftp", "sftp-server"],
  async () => {
    const servers = [
      `exec ${seacpCommand(["--sftp-server"])}`,
      `exec ${findProgram("sftp-server")}`,
    ];
    const commands = [
      ...["pwd", "put big", "put -p small s1", "mkdir d", "put small d/", "ls"],
      ...["get big got", "reget big part", "reput big short", "rename s1 d/s2"],
      ...["rename small d/s2", "ln d/s2 hard", "ln -s d/s2 soft", "ls d"],
      ...[
        "chmod 600 hard",
        "copy big copied",
        "-get none",
        "-rmdir d",
        "-rm d",
      ],
      ...["-mkdir d", "-chmod 7 none", "-cd small", "get -R d dd", "rm soft"],
    ];
    const ends: unknown[] = [];
    for (const server of servers) {
      using directory = new TempDirectory();
      const { path } = directory;
      Deno.mkdirSync(`${path}/near`);
      Deno.mkdirSync(`${path}/far`);
      Deno.writeFileSync(`${path}/near/big`, pattern(3_000_001));
      Deno.writeFileSync(`${path}/near/part`, pattern(3_000_001).slice(0, 999));
      Deno.writeFileSync(`${path}/far/short`, pattern(3_000_001).slice(0, 9));
      Deno.writeTextFileSync(`${path}/near/small`, "small");
      Deno.writeTextFileSync(`${path}/far/small`, "first");
      const script = writeScript(
        `${path}/server`,
        `cd ${path}/far\n${server}\n`,
      );
      const { status, stdout, stderr } = await runProgram(
        [findProgram("sftp")!, "-q", "-b", "-", "-D", script],
        {
          cwd: `${path}/near`,
          input: Promise.resolve(commands.map((each) => `${each}\n`).join("")),
        },
      );
      const clean = (text: string) => text.replaceAll(path, "PATH");
      ends.push([
        status,
        clean(stdout),
        // A failure has the system's reason in place of "Failure".
        clean(stderr).replaceAll(/: [^:\n]*$/gm, ""),
        await describeTree(`${path}/far`, { modes: true }),
        await describeTree(`${path}/near`),
      ]);
    }
    assertEquals(ends[0], ends[1]);
  },
);

test("--sftp-server: takes nothing else", [], async () => {
  for (const args of [["-v"], ["x"], ["--read-only"]]) {
    const { status, stdout } = await seacp(["--sftp-server", ...args]);
    assertEquals([status, stdout], [255, ""], args[0]);
  }
});

/** A server that is spoken to in packets. */
function startServer(cwd: string): Deno.ChildProcess {
  const [program, ...args] = [...SEACP, "--sftp-server"];
  return new Deno.Command(program!, {
    args,
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

const INIT = packet("\x01", uint32(3));

/** Most bytes that the server gives at once. */
const LONGEST_READ = 255 * 1024;

function joined(packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(packets.flatMap((each) => [...each]));
}

/** Gives the most memory that a process has had so far, in bytes. */
function mostMemory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmHWM:\s*(\d+)/.exec(status)![1]) * 1024;
}

test(
  "--sftp-server: a bad packet ends it with one line and status 1",
  [],
  async () => {
    using directory = new TempDirectory();
    const child = startServer(directory.path);
    const writer = child.stdin.getWriter();
    const output = child.output();
    await writer.write(joined([INIT, packet("\x0e", uint32(1), uint32(99))]));
    const { code, stderr } = await output;
    await writer.close().catch(() => {
      // It has ended before it could read the end.
    });
    assertEquals(code, 1);
    assertEquals(
      new TextDecoder().decode(stderr),
      "seacp: --sftp-server: protocol error: packet too short\n",
    );
    assertEquals([...Deno.readDirSync(directory.path)], []);
  },
);

test("--sftp-server: SIGTERM ends it while it waits", [], async () => {
  using directory = new TempDirectory();
  await using child = startServer(directory.path);
  const writer = child.stdin.getWriter();
  await writer.write(INIT);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGTERM");
  const { code, signal } = await child.status;
  assert(code === 143 || signal === "SIGTERM", `${code} ${signal}`);
  await reader.cancel();
  await child.stderr.cancel();
  await writer.abort().catch(() => {
    // The pipe has gone with its reader.
  });
});

/** Gives the bytes that a process has read so far. */
function bytesRead(pid: number): string {
  return /rchar: \d+/.exec(Deno.readTextFileSync(`/proc/${pid}/io`))![0];
}

test(
  "--sftp-server: answers 10,000 requests in their order, and keeps none in memory",
  [],
  async () => {
    using directory = new TempDirectory();
    Deno.writeFileSync(`${directory.path}/f`, pattern(LONGEST_READ));
    await using child = startServer(directory.path);
    const channel = new StreamChannel(child.stdout, child.stdin);
    const reader = new ExactReader(channel);
    const next = async (): Promise<readonly [type: number, id: number]> => {
      const length = new DataView((await reader.take(4)).slice().buffer);
      const body = (await reader.take(length.getUint32(0))).slice();
      return [body[0]!, new DataView(body.buffer).getUint32(1)];
    };
    await channel.write(joined([
      INIT,
      packet("\x03", uint32(1), string("f"), uint32(1), uint32(0)),
    ]));
    assertEquals((await next())[0], 2);
    assertEquals(await next(), [102, 1]);
    const before = mostMemory(child.pid);
    const requests = Array.from({ length: 10_000 }, (_, at) => {
      const id = uint32(at + 2);
      return at % 20 === 0
        ? packet("\x05", id, string(uint32(1)), uint64(0), uint32(LONGEST_READ))
        : packet("\x11", id, string("none".repeat(50)));
    });
    const written = channel.write(joined(requests));
    // The server stops once the pipe of its answers, all of 128 MB, is full.
    let read = "";
    let times = 0;
    await until("the server waits for its client", () => {
      const now = bytesRead(child.pid);
      times = now === read ? times + 1 : 0;
      read = now;
      return times === 20;
    });
    for (let at = 0; at < requests.length; at++) {
      assertEquals(await next(), [at % 20 === 0 ? 103 : 101, at + 2]);
    }
    const growth = mostMemory(child.pid) - before;
    assert(growth < 64 * 2 ** 20, `${growth} bytes more`);
    await written;
    await channel.close();
    assertEquals((await reader.take(1)).length, 0);
    assertEquals((await child.status).code, 0);
    await child.stderr.cancel();
  },
);
