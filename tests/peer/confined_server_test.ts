/** A server whose clients stay in a directory, by SCP: `seacp --serve` behind sshd. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTestUnless } from "../support/doors.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { ConfinedServer } from "../support/servers/confined.ts";
import { refusing } from "../support/process/refused_calls.ts";
import { runProgram, SEACP, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { listing } from "../support/fixtures/listing.ts";
import { describeTree, makeTree, pattern } from "../support/fixtures/tree.ts";

const NEEDS = ["ssh", "scp", "sshd", "ssh-keygen"];

const test = peerTestUnless(lacksLinuxLibrary);

const OK = { status: 0, stdout: "", stderr: "" };

const TREE = [
  { path: "t/a.txt", content: "alpha", mode: 0o640, modified: 1_000_000_000 },
  { path: "t/u/it's b", content: pattern(100_000), modified: 1_100_000_000 },
  { path: "t/u/", mode: 0o750, modified: 1_200_000_000 },
  { path: "t/", mode: 0o755, modified: 1_300_000_000 },
];

test(
  "--serve: scp -O copies files, trees and patterns both ways, in the directory",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start();
    makeTree(server.near, TREE);
    assertEquals(await server.scp(["-O", "-rp", "t", "far:"]), OK);
    assertEquals(await server.scp(["-O", "-rp", "far:~/t", "back"]), OK);
    const original = await describeTree(`${server.near}/t`, { times: true });
    for (const copy of [`${server.served}/t`, `${server.near}/back`]) {
      assertEquals(await describeTree(copy, { times: true }), original);
    }
    assertEquals(await server.scp(["-O", "far:/t/*.txt", "p"]), OK);
    assertEquals(Deno.readTextFileSync(`${server.near}/p`), "alpha");
    assertEquals(await server.scp(["-O", "p", "far:t/u/../new"]), OK);
    assertEquals(Deno.readTextFileSync(`${server.served}/t/new`), "alpha");
    assertEquals(listing(server.outside), []);
  },
);

test(
  "--serve: seacp copies over SCP, with -O and where it falls back",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start();
    makeTree(server.near, TREE);
    const original = await describeTree(`${server.near}/t`, { times: true });
    for (const [at, options] of [["-O"], [], ["--jobs", "2"]].entries()) {
      const copy = `copy${at}`;
      const said = await server.seacp([...options, "-rp", "t", `far:${copy}`]);
      assertEquals(said.status, 0, said.stderr);
      const back = await server.seacp([...options, "-rp", `far:${copy}`, copy]);
      assertEquals(back.status, 0, back.stderr);
      for (const place of [server.served, server.near]) {
        assertEquals(
          await describeTree(`${place}/${copy}`, { times: true }),
          original,
          options.join(" "),
        );
      }
    }
  },
);

test(
  "--serve: no path leads out, whichever way it is written",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start();
    makeTree(server.outside, [{ path: "secret", content: "secret" }]);
    makeTree(server.near, [{ path: "a", content: "a" }]);
    Deno.symlinkSync("../served-not", `${server.served}/out`);
    Deno.symlinkSync(`${server.outside}/secret`, `${server.served}/link`);
    const paths = [
      ...["../served-not/secret", `${server.outside}/secret`, "out/secret"],
      ...["link", "out/../../served-not/secret", "/proc/self/root/etc/passwd"],
      ...["'out'/*", "'../served-not/'*", "out/", "/etc/passwd"],
    ];
    for (const path of paths) {
      const down = await server.scp(["-O", "-r", `far:${path}`, "got"]);
      assertEquals(down.status, 1, path);
      const up = await server.scp(["-O", "a", `far:${path}`]);
      assertEquals(up.status, 1, `${path}: ${up.stderr}`);
      // No message names a path of the host that the client did not name itself.
      assert(path.startsWith("/tmp") || !down.stderr.includes("/tmp"));
    }
    assertEquals(listing(server.near), ['a = "a"']);
    assertEquals(listing(server.outside), ['secret = "secret"']);
  },
);

test("--serve: nothing but copies is answered", NEEDS, async () => {
  await using server = await ConfinedServer.start();
  const only = "seacp: this server only takes copies by SCP or SFTP\n";
  for (
    const command of ["id", "sh", "touch x", "rsync --server . .", "seacp a b"]
  ) {
    assertEquals(await server.ask(command), {
      ...{ status: 1, stdout: "", stderr: only },
    });
  }
  for (const command of ["scp -t x; touch y", "scp -f `touch y`"]) {
    assertEquals(await server.ask(command), {
      ...{ status: 1, stdout: `\x02${only}`, stderr: "" },
    });
  }
  const { stdout } = await server.ask("scp -S touch -t x");
  assertEquals(stdout[0], "\x02");
  assertMatch(stdout, /seacp: this server takes no other options of scp/);
  assertEquals(listing(server.served), []);
});

test("--serve: rsync is refused", [...NEEDS, "rsync"], async () => {
  await using server = await ConfinedServer.start();
  makeTree(server.near, [{ path: "a", content: "a" }]);
  const ssh = `ssh ${server.config.join(" ")}`;
  const { status, stderr } = await runProgram([
    ...[findProgram("rsync")!, "-e", ssh, `${server.near}/a`, "far:"],
  ]);
  assert(status !== 0);
  assertMatch(stderr, /this server only takes copies by SCP or SFTP/);
  assertEquals(listing(server.served), []);
});

test("--serve --read-only takes nothing", NEEDS, async () => {
  await using server = await ConfinedServer.start(["--read-only"]);
  makeTree(server.near, [{ path: "a", content: "new" }]);
  makeTree(server.served, [{ path: "a", content: "old" }]);
  for (const target of ["far:", "far:a", "far:new"]) {
    assertEquals(await server.scp(["-O", "a", target]), {
      ...{ status: 1, stdout: "" },
      stderr: "seacp: this server is read-only\n",
    });
    assertEquals((await server.seacp(["-O", "a", target])).status, 1);
  }
  assertEquals(listing(server.served), ['a = "old"']);
  assertEquals(await server.scp(["-O", "far:a", "got"]), OK);
});

test(
  "--serve --write-only takes new files, and shows none",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start(["--write-only"]);
    makeTree(server.near, [{ path: "a", content: "new" }, ...TREE]);
    makeTree(server.served, [{ path: "old", content: "old" }]);
    Deno.symlinkSync("old", `${server.served}/link`);
    assertEquals(await server.scp(["-O", "a", "far:"]), OK);
    assertEquals(await server.scp(["-O", "-rp", "t", "far:"]), OK);
    const answers = new Set<string>();
    for (const name of ["old", "a", "link", "none/x", "old/x"]) {
      const { status, stderr } = await server.scp(["-O", "a", `far:${name}`]);
      assertEquals(status, 1, name);
      answers.add(stderr.replace(`scp: ${name}: `, ""));
    }
    assertEquals([...answers], [
      "not taken: this server takes only new files\n",
    ]);
    assertEquals(await server.scp(["-O", "far:old", "got"]), {
      ...{ status: 1, stdout: "" },
      stderr: "seacp: this server only takes files, and shows none\n",
    });
    assertEquals(
      listing(server.served).filter((line) => !line.startsWith("t/")),
      ['a = "new"', "link -> old", 'old = "old"'],
    );
    assertEquals(
      await describeTree(`${server.served}/t`, { times: true }),
      await describeTree(`${server.near}/t`, { times: true }),
    );
  },
);

test(
  "--serve --no-overwrite replaces nothing, and shows what is there",
  NEEDS,
  async () => {
    await using server = await ConfinedServer.start(["--no-overwrite"]);
    makeTree(server.near, [{ path: "a", content: "new" }]);
    makeTree(server.served, [{ path: "a", content: "old" }]);
    assertEquals(await server.scp(["-O", "a", "far:"]), {
      ...{ status: 1, stdout: "" },
      stderr: "scp: ./a: it exists, and this server replaces nothing\n",
    });
    assertEquals(await server.scp(["-O", "a", "far:b"]), OK);
    assertEquals(await server.scp(["-O", "far:a", "got"]), OK);
    assertEquals(listing(server.served), ['a = "old"', 'b = "new"']);
    assertEquals(Deno.readTextFileSync(`${server.near}/got`), "old");
  },
);

test("--serve: each session leaves a line in the log", NEEDS, async () => {
  await using server = await ConfinedServer.start(["--read-only"]);
  makeTree(server.served, [{ path: "a", content: "alpha" }]);
  await server.scp(["-O", "far:a", "."]);
  await server.scp(["-O", "far:none", "."]);
  await server.ask("id; \x1b[31m");
  const [ok, failed, refused, ...others] = server.sessions;
  assertEquals(others, []);
  assertMatch(
    ok!,
    /^user=\S+ from=127\.0\.0\.1:\d+ access=read-only command="scp -f a" files-received=0 bytes-received=0 files-sent=1 bytes-sent=5 verdict=ok failures=0$/,
  );
  assertMatch(
    failed!,
    /verdict=failed failures=1 reason="none: No such file or directory"$/,
  );
  assertMatch(refused!, /command="id; \\033\[31m" .* verdict=refused/);
});

test("--serve: fifty clients copy at once", NEEDS, async () => {
  await using server = await ConfinedServer.start();
  makeTree(server.near, [{ path: "a", content: pattern(300_000) }]);
  const ends = await Promise.all(
    Array.from(
      { length: 50 },
      (_, at) => server.scp(["-O", "a", `far:copy${at}`]),
    ),
  );
  for (const end of ends) assertEquals(end, OK);
  const original = Deno.readFileSync(`${server.near}/a`);
  for (let at = 0; at < 50; at++) {
    assertEquals(Deno.readFileSync(`${server.served}/copy${at}`), original);
  }
  assertEquals(server.sessions.length, 50);
});

test(
  "--serve --check tells what is in force, and refuses what it could not serve",
  [],
  async () => {
    using directory = new TempDirectory();
    const { path } = directory;
    for (const name of ["home", "srv", "home/.ssh"]) {
      Deno.mkdirSync(
        `${path}/${name}`,
      );
    }
    const env = { HOME: `${path}/home` };
    const check = (...args: string[]) => seacp(["--check", ...args], { env });
    const { status, stdout } = await check(
      "--serve",
      `${path}/srv`,
      "--read-only",
    );
    assertEquals(status, 0);
    assertMatch(stdout, /^access: read-only/m);
    assertMatch(stdout, /^openat2: in force/m);
    assertMatch(stdout, /^Landlock: /m);
    assertMatch(stdout, /^written by: this account, which owns it$/m);
    const refused: readonly (readonly [string[], RegExp])[] = [
      [["--serve", path], /it holds the account's home directory/],
      [["--serve", `${path}/home`], /it holds the account's home directory/],
      [["--serve", `${path}/home/.ssh`], /it lies in .*\.ssh/],
      [["--serve", `${path}/none`], /none: No such file or directory/],
      [["--serve", "/"], /it holds the account's home directory/],
      [
        ["--serve", `${path}/srv`, "--log", `${path}/srv/log`],
        /the log lies in it/,
      ],
    ];
    for (const [args, reason] of refused) {
      const { status, stderr } = await check(...args);
      assertEquals(status, 1, args.join(" "));
      assertMatch(stderr, reason);
    }
  },
);

test(
  "--serve: a file beyond the system's limit fails, and nothing else",
  [],
  async () => {
    using directory = new TempDirectory();
    const served = `${directory.path}/served`;
    const log = `${directory.path}/log`;
    Deno.mkdirSync(served);
    const body = "x".repeat(3_000_000);
    const { status, stdout } = await runProgram(
      [
        "sh",
        "-c",
        'ulimit -f 2000 && exec "$@"',
        "sh",
        ...SEACP,
        "--serve",
        served,
        "--log",
        log,
      ],
      {
        env: { SSH_ORIGINAL_COMMAND: "scp -t ." },
        input: Promise.resolve(
          `C0644 ${body.length} a\n${body}\0C0644 1 b\nb\0`,
        ),
      },
    );
    assertEquals(status, 1);
    assertMatch(stdout, /a: File too large\n/);
    assertEquals(Deno.readTextFileSync(`${served}/b`), "b");
    assertMatch(
      Deno.readTextFileSync(log),
      /reason="\.\/a: File too large"\n$/,
    );
  },
);

for (const refusal of ["ENOSYS", "EPERM", "EAGAIN"] as const) {
  test(
    `--serve does not start where openat2 gives ${refusal}`,
    ["python3"],
    async () => {
      using directory = new TempDirectory();
      const { status, stdout, stderr } = await seacp(
        ["--serve", directory.path],
        { wrapper: refusing("openat2", refusal) },
      );
      assertEquals([status, stdout], [1, ""]);
      assertMatch(stderr, /this system does not let openat2\(2\) be used/);
    },
  );
}

for (const refusal of ["ENOSYS", "EPERM"] as const) {
  test(`--serve starts, and tells so, where Landlock gives ${refusal}`, [
    "python3",
  ], async () => {
    using directory = new TempDirectory();
    const { status, stdout } = await seacp(
      ["--serve", directory.path, "--check"],
      { wrapper: refusing("landlock_create_ruleset", refusal) },
    );
    assertEquals(status, 0);
    assertMatch(stdout, /^Landlock: not in force/m);
  });
}
