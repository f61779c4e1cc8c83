/** A server whose clients stay in a directory, by SFTP: `seacp --serve` behind sshd. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTestUnless } from "../support/doors.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { listing } from "../support/fixtures/listing.ts";
import { describeTree, makeTree, pattern } from "../support/fixtures/tree.ts";
import { type Outcome, runProgram } from "../support/process/program.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";
import { ConfinedServer } from "../support/servers/confined.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const NEEDS = ["ssh", "scp", "sftp", "sshd", "ssh-keygen"];

const test = peerTestUnless(lacksLinuxLibrary);

const OK = { status: 0, stdout: "", stderr: "" };

const TREE = [
  { path: "t/a.txt", content: "alpha", mode: 0o640 },
  { path: "t/u/it's b", content: pattern(300_000) },
  { path: "t/u/", mode: 0o750 },
  { path: "t/empty", content: "" },
  { path: "t/", mode: 0o755 },
];

/** Runs commands of OpenSSH's sftp, to the first that fails. */
async function sftp(
  server: ConfinedServer,
  ...commands: readonly string[]
): Promise<Outcome> {
  return await runProgram(
    [findProgram("sftp")!, ...server.config, "-q", "-b", "-", "far"],
    {
      cwd: server.near,
      input: Promise.resolve(commands.map((each) => `${each}\n`).join("")),
    },
  );
}

test("--serve: no path leads an SFTP client out", NEEDS, async () => {
  await using server = await ConfinedServer.start();
  makeTree(server.outside, [{ path: "secret", content: "secret" }]);
  makeTree(server.near, [{ path: "a", content: "a" }]);
  makeTree(server.served, [{ path: "own", content: "own" }]);
  Deno.symlinkSync("../served-not", `${server.served}/out`);
  Deno.symlinkSync(`${server.outside}/secret`, `${server.served}/link`);
  const stateOf = () =>
    [server.near, server.served, server.outside].map((path) => {
      const { mode, mtime } = Deno.statSync(path);
      return [listing(path), mode, mtime];
    });
  const before = stateOf();
  for (
    const path of [
      ...["../served-not/secret", `${server.outside}/secret`, "out/secret"],
      ...["link", "/proc/self/root/etc/passwd", "out"],
    ]
  ) {
    // A failure ends no session of commands with a dash.
    await sftp(server, ...[
      ...[`-get ${path} got`, `-put a ${path}`, `-rm ${path}/secret`],
      ...[`-chmod 777 ${path}`, `-mkdir ${path}/d`, `-rename own ${path}/x`],
      ...[`-ln own ${path}/hard`, `-ls ${path}/secret`, `-reput a ${path}`],
    ]);
    assertEquals(stateOf(), before, path);
  }
  for (const command of ["ln -s /etc/passwd x", "chmod 700 /", "chmod 700 ."]) {
    assertEquals((await sftp(server, command)).status, 1, command);
  }
  assertEquals(stateOf(), before);
  const { stdout, stderr } = await sftp(server, "pwd", "ls -la", "-readlink x");
  assertMatch(stdout, /Remote working directory: \/\n/);
  assert(!`${stdout}${stderr}`.includes("served"), stdout + stderr);
});

test("--serve --read-only: SFTP changes nothing", NEEDS, async () => {
  await using server = await ConfinedServer.start(["--read-only"]);
  makeTree(server.near, [{ path: "a", content: "new" }]);
  makeTree(server.served, [{ path: "old", content: "old" }, { path: "d/" }]);
  const before = await describeTree(server.served, {
    modes: true,
    times: true,
  });
  for (
    const command of [
      ...["put a", "put a old", "reput a old", "rm old", "rmdir d", "mkdir e"],
      ...["rename old new", "chmod 600 old", "ln -s old l", "ln old l"],
      ...["put -p a old", "rename -l old new"],
    ]
  ) {
    assertEquals((await sftp(server, command)).status, 1, command);
  }
  for (const option of ["-s", "--atomic", "--no-clobber"]) {
    const { status } = await server.seacp([option, "a", "far:new"]);
    assert(status !== 0, option);
  }
  assertEquals(
    await describeTree(server.served, { modes: true, times: true }),
    before,
  );
  assertEquals((await sftp(server, "ls", "df", "get old")).status, 0);
  assertEquals(Deno.readTextFileSync(`${server.near}/old`), "old");
});

test(
  "--serve --write-only: SFTP takes new files, and shows none",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start(["--write-only"]);
    makeTree(server.near, [{ path: "a", content: "new" }, ...TREE]);
    makeTree(server.served, [{ path: "old", content: "old" }]);
    assertEquals(await server.scp(["a", "far:"]), OK);
    assertEquals(await server.scp(["-r", "t", "far:"]), OK);
    assertEquals(await server.seacp(["-s", "a", "far:b"]), OK);
    assertEquals((await server.seacp(["-s", "-r", "t", "far:tt"])).stderr, "");
    const answers = new Set<string>();
    for (const name of ["old", "a", "none/x", "old/x"]) {
      const { status, stderr } = await sftp(server, `put a ${name}`);
      assertEquals(status, 1, name);
      answers.add(stderr.replaceAll(`/${name}`, "NAME"));
    }
    assertEquals(answers.size, 1, [...answers].join("\n"));
    for (
      const command of [
        ...["get old", "ls old", "rm old", "rename old new", "df"],
        ...["chmod 600 old", "get none", "reput a old", "rmdir t"],
      ]
    ) {
      assertEquals((await sftp(server, command)).status, 1, command);
    }
    assertEquals(
      listing(server.served).filter((line) => !/^tt?\//.test(line)),
      ['a = "new"', 'b = "new"', 'old = "old"'],
    );
    const original = await describeTree(`${server.near}/t`);
    for (const name of ["t", "tt"]) {
      assertEquals(await describeTree(`${server.served}/${name}`), original);
    }
  },
);

test("--serve --no-overwrite: SFTP replaces nothing", NEEDS, async () => {
  await using server = await ConfinedServer.start(["--no-overwrite"]);
  makeTree(server.near, [{ path: "a", content: "new" }]);
  makeTree(server.served, [{ path: "a", content: "old" }, { path: "d/" }]);
  for (
    const command of [
      ...["put a", "reput a", "rm a", "rmdir d", "rename a b", "chmod 600 a"],
      ...["rename -l a b", "ln a b", "put -p a a"],
    ]
  ) {
    assertEquals((await sftp(server, command)).status, 1, command);
  }
  for (const option of ["-s", "--atomic"]) {
    const { status } = await server.seacp([option, "a", "far:a"]);
    assert(status !== 0, option);
    assertEquals(await server.seacp([option, "a", `far:new${option}`]), OK);
  }
  assertEquals(listing(server.served), [
    ...['a = "old"', "d/", 'new--atomic = "new"', 'new-s = "new"'],
  ]);
  assertEquals((await sftp(server, "ls", "get a got")).status, 0);
  assertEquals(Deno.readTextFileSync(`${server.near}/got`), "old");
});

test("--serve: SFTP goes on with a file where it was cut", NEEDS, async () => {
  await using server = await ConfinedServer.start();
  makeTree(server.near, [{ path: "a", content: pattern(300_000) }]);
  makeTree(server.served, [
    { path: "a", content: pattern(300_000).subarray(0, 70_000) },
  ]);
  assertEquals((await sftp(server, "reput a", "get a b")).status, 0);
  for (const copy of [`${server.served}/a`, `${server.near}/b`]) {
    assertEquals(Deno.readFileSync(copy), pattern(300_000));
  }
});

test("--serve: a session of SFTP leaves a line in the log", NEEDS, async () => {
  await using server = await ConfinedServer.start();
  makeTree(server.near, [{ path: "a", content: "alpha" }]);
  await server.scp(["a", "far:"]);
  assertMatch(
    server.sessions[0]!,
    /files-received=1 bytes-received=5 files-sent=0 bytes-sent=0 verdict=ok failures=0$/,
  );
});

test(
  "--serve: requests of SFTP that fail leave lines in the log",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start(["--no-overwrite"]);
    makeTree(server.near, [{ path: "a", content: "new" }]);
    makeTree(server.served, [{ path: "a", content: "old" }, { path: "d/" }]);
    await sftp(server, "-put a", "-rm d/\x1bn", "-ls none", "-mkdir d");
    const who = /^user=\S+ from=127\.0\.0\.1:\d+ /;
    const [put, rm, session, ...others] = server.sessions;
    assertEquals(others, []);
    for (const line of [put!, rm!, session!]) assertMatch(line, who);
    assertEquals(
      [put!, rm!].map((line) => line.replace(who, "")),
      [
        "request=open-to-write path=/a " +
        'reason="it exists, and this server replaces nothing"',
        'request=remove path="/d/\\033n" reason="No such file or directory"',
      ],
    );
    assertMatch(
      session!,
      /verdict=failed failures=2 reason="\/a: it exists, and this server replaces nothing"$/,
    );
  },
);

test(
  "--serve: it is a subsystem, too, where no command is forced",
  NEEDS,
  async () => {
    await using sshd = await Sshd.start({
      sftp: "none",
      // sshd itself sets none where it forces none.
      environment: "SSH_ORIGINAL_COMMAND=",
      prepare: async (directory) => {
        await Deno.mkdir(`${directory}/served`);
        const command = seacpCommand(["--serve", `${directory}/served`]);
        return { lines: `Subsystem sftp ${command}` };
      },
    });
    const served = `${sshd.directory}/served`;
    Deno.writeTextFileSync(`${sshd.directory}/a`, "alpha");
    const scp = [findProgram("scp")!, "-s", "-F", sshd.config];
    const cwd = sshd.directory;
    assertEquals(await runProgram([...scp, "a", "far:/b"], { cwd }), OK);
    assertEquals(await runProgram([...scp, "far:b", "c"], { cwd }), OK);
    assertEquals(listing(served), ['b = "alpha"']);
    assertEquals(Deno.readTextFileSync(`${cwd}/c`), "alpha");
  },
);

test("--serve: fifty clients of SFTP copy at once", NEEDS, async () => {
  await using server = await ConfinedServer.start();
  makeTree(server.near, [{ path: "a", content: pattern(300_000) }]);
  const ends = await Promise.all(
    Array.from({ length: 50 }, (_, at) => server.scp(["a", `far:copy${at}`])),
  );
  for (const end of ends) assertEquals(end, OK);
  const original = Deno.readFileSync(`${server.near}/a`);
  for (let at = 0; at < 50; at++) {
    assertEquals(Deno.readFileSync(`${server.served}/copy${at}`), original);
  }
});
