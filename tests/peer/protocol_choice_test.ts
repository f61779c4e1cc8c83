/** Choice of a protocol, and the messages and memory of it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { startAll } from "../support/at_once.ts";
import { peerTest, sftpSshdDoor, writeScript } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { seacp } from "../support/process/program.ts";
import { asyncsshKinds } from "../support/servers/asyncssh.ts";
import { Server } from "../support/servers/server.ts";
import { against } from "../support/ssh/shared_sshd.ts";
import { freePort, type LoginSettings, Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists } from "../support/fixtures/tree.ts";

const NEEDS = [...sftpSshdDoor.needs, "scp"];

/** Names that a remote shell would take apart, run or expand. */
const SHELL_NAMES: readonly string[] = [
  "it's",
  "a b.txt",
  "R&D.txt",
  "a;b",
  "a>b",
  "new[1].txt",
  "x;touch pwned",
  "$(touch pwned)",
  "`touch pwned`",
  "~",
  "!!",
  "back\\slash",
  '"',
  "{a,b}",
  "#",
  "$HOME",
];

/** Names that the others would become, were a remote shell to read them. */
const BESIDE: readonly string[] = ["its", "new1.txt", "a", "b", "back"];

/** A server whose SFTP server is run, whatever is asked for. */
const FORCED_SFTP: LoginSettings = {
  prepare: (directory) =>
    Promise.resolve({
      lines: `ForceCommand ${findProgram("sftp-server")} -d ${directory}/home`,
    }),
};

/** A server with bash for a login shell, and a PATH without scp. */
function withoutScp(directory: string, shell: "sh" | "bash"): LoginSettings {
  Deno.symlinkSync(findProgram(shell)!, `${directory}/${shell}`);
  return { shell, environment: `PATH=${directory}` };
}

/** Gives the number of logins that a server has seen. */
function logins({ log }: Sshd): number {
  return log.match(/Accepted publickey/g)?.length ?? 0;
}

/** Has the program keep what it learns of hosts in a directory of its own. */
function rememberingIn(directory: string): { env: Record<string, string> } {
  return { env: { SEACP_HOST_MEMORY: "", XDG_CACHE_HOME: directory } };
}

const GOING_ON = {
  silence: "seacp: warning: far: SCP did not begin: the server says nothing: " +
    "going on over SFTP\n",
  noScp: "seacp: warning: far: there is no scp (exit status 127): " +
    "going on over SFTP\n",
  noSftp: "seacp: warning: far: the server refuses it: " +
    "subsystem request failed on channel 0: going on over SCP\n",
};

/** Does all of it, a few at a time, and fails with the first failure. */
async function allOf(works: readonly (() => Promise<void>)[]): Promise<void> {
  for (const failure of await Promise.all(startAll(works))) {
    if (failure !== undefined) throw failure;
  }
}

/** Gives the name and the content of each file in a directory, in order. */
function contents(directory: string): (readonly [string, string])[] {
  return [...Deno.readDirSync(directory)]
    .filter(({ isFile }) => isFile)
    .map(({ name }) =>
      [name, Deno.readTextFileSync(`${directory}/${name}`)] as const
    )
    .toSorted(byName);
}

function byName(
  [a]: readonly [string, string],
  [b]: readonly [string, string],
): number {
  return a < b ? -1 : 1;
}

/** Servers that take the protocol that is first for such names, and the other. */
const namings: readonly (readonly [string, LoginSettings, string])[] = [
  ["", {}, ""],
  [" where there is no SFTP", { sftp: "none" }, GOING_ON.noSftp],
];

for (const [where, settings, stderr] of namings) {
  const well = { status: 0, stdout: "", stderr };

  peerTest(
    `protocol choice: a target's name is literal, whatever a shell would read${where}`,
    NEEDS,
    () =>
      against(settings, async (place, { home }) => {
        place.makeNear([{ path: "new", content: "new" }]);
        place.makeFar(BESIDE.map((path) => ({ path, content: path })));
        await allOf(
          SHELL_NAMES.map((name) => async () =>
            assertEquals(
              await place.copy(["new", place.remote(name)]),
              well,
              name,
            )
          ),
        );
        assertEquals(
          contents(place.far),
          [
            ...SHELL_NAMES.map((name) => [name, "new"] as const),
            ...BESIDE.map((name) => [name, name] as const),
          ].toSorted(byName),
        );
        assert(!exists(`${home}/pwned`));
      }),
  );

  peerTest(
    `protocol choice: a source that exists as it is written comes first${where}`,
    NEEDS,
    () =>
      against(settings, async (place, { home }) => {
        const names = [...SHELL_NAMES, ...BESIDE];
        place.makeFar(names.map((path) => ({ path, content: path })));
        const sources = SHELL_NAMES.map((name) => place.remote(name));
        assertEquals(await place.copy([...sources, "."]), well);
        assertEquals(
          contents(place.near),
          SHELL_NAMES.map((name) => [name, name] as const).toSorted(byName),
        );
        assert(!exists(`${home}/pwned`));
      }),
  );

  peerTest(
    `protocol choice: a pattern stands for what it matches, an escaped one for itself${where}`,
    NEEDS,
    () =>
      against(settings, async (place) => {
        const names = ["a b1", "a b2", ".a b3", "a*", "new1.txt", "it's"];
        place.makeFar(names.map((path) => ({ path, content: path })));
        const rows: readonly (readonly [string, readonly string[]])[] = [
          ["a b*", ["a b1", "a b2"]],
          ["a b[!1]", ["a b2"]],
          ["new[1].txt", ["new1.txt"]],
          ["*'s", ["it's"]],
          ["a\\ b1", ["a b1"]],
          ["a\\*", ["a*"]],
          [".a b?", [".a b3"]],
        ];
        await allOf(rows.map(([path, names], at) => async () => {
          Deno.mkdirSync(`${place.near}/${at}`);
          const outcome = await place.copy([place.remote(path), String(at)]);
          assertEquals(outcome, well, path);
          assertEquals(
            contents(`${place.near}/${at}`).map(([name]) => name),
            names,
            path,
          );
        }));
        const { status, stderr: said } = await place.copy([
          place.remote("gone *"),
          ".",
        ]);
        const path = place.remote("gone *").slice("far:".length);
        assertEquals(
          [status, said],
          [1, `${stderr}seacp: far: ${path}: No such file or directory\n`],
        );
      }),
  );
}

peerTest(
  "protocol choice: a host that is silent to scp is asked for SFTP, once",
  NEEDS,
  () =>
    against(FORCED_SFTP, async (place, sshd) => {
      using cache = new TempDirectory();
      place.makeNear([{ path: "a", content: "a" }]);
      place.makeFar([{ path: "b", content: "b" }, { path: "c", content: "c" }]);
      const copies = [
        ["a", place.remote("")],
        [place.remote("b"), place.remote("c"), "."],
      ];
      const outcomes = await Promise.all(
        copies.map((args) => place.copy(args, rememberingIn(cache.path))),
      );
      const well = { status: 0, stdout: "", stderr: GOING_ON.silence };
      assertEquals(outcomes, [well, well]);
      assertEquals(contents(place.far).map(([name]) => name), ["a", "b", "c"]);
      assertEquals(contents(place.near).map(([name]) => name), ["a", "b", "c"]);
      assertEquals(logins(sshd), 4);
      await place.copyWell([place.remote("b"), "d"], rememberingIn(cache.path));
      assertEquals(logins(sshd), 5);
    }),
);

peerTest(
  "protocol choice: a host that is only slow sees one login",
  NEEDS,
  () =>
    against({
      prepare: (directory) =>
        Promise.resolve({
          lines: `ForceCommand sleep 6; cd ${directory}/home; ` +
            `exec sh -c "$SSH_ORIGINAL_COMMAND"`,
        }),
    }, async (place, sshd) => {
      place.makeNear([{ path: "a", content: "a" }]);
      await place.copyWell(["a", place.remote("")]);
      assertEquals(Deno.readTextFileSync(`${place.far}/a`), "a");
      assertEquals(logins(sshd), 1);
    }),
);

const refusingExec = asyncsshKinds.find(({ speaks }) => !speaks.scp)!;

peerTest(
  "protocol choice: a server that refuses to run anything is asked for SFTP",
  refusingExec.needs,
  async () => {
    await using server = await Server.start(refusingExec);
    using place = new Place(server);
    place.makeNear([{ path: "a", content: "a" }]);
    assertEquals(await place.copy(["a", place.remote("b")]), {
      status: 0,
      stdout: "",
      stderr: "seacp: warning: far: the server refuses it: " +
        "exec request failed on channel 0: going on over SFTP\n",
    });
    assertEquals(Deno.readTextFileSync(`${place.far}/b`), "a");
  },
);

for (const shell of ["sh", "bash"] as const) {
  peerTest(
    `protocol choice: ${shell}'s words about a lack of scp are shown only if the copy does not go on`,
    [...NEEDS, shell],
    async () => {
      using directory = new TempDirectory();
      await against(withoutScp(directory.path, shell), async (place) => {
        place.makeFar([{ path: "a", content: "a" }]);
        assertEquals(await place.copy([place.remote("a"), "."]), {
          status: 0,
          stdout: "",
          stderr: GOING_ON.noScp,
        });
        const { status, stderr } = await place.copy([
          ...["-O", place.remote("a"), "b"],
        ]);
        assertEquals(status, 1);
        assertMatch(
          stderr,
          /^\S+: (line )?1: scp: (command )?not found\nfar: there is no scp \(exit status 127\): try -s\n$/,
        );
        assert(!exists(`${place.near}/b`));
      });
    },
  );
}

peerTest(
  "protocol choice: where neither protocol begins, both reasons are told",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const settings = withoutScp(directory.path, "bash");
    await against({ ...settings, sftp: "none" }, async (place) => {
      place.makeNear([{ path: "a", content: "a" }]);
      const { status, stderr } = await place.copy(["a", place.remote("")]);
      assertEquals(status, 255);
      assertEquals(
        stderr,
        "seacp: far: neither protocol begins: " +
          "SCP: there is no scp (exit status 127); " +
          "SFTP: the server refuses it: subsystem request failed on channel 0\n",
      );
    });
  },
);

peerTest(
  "protocol choice: a lack is remembered, until it is none",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    using cache = new TempDirectory();
    const at = (name: string) => `${directory.path}/${name}`;
    writeScript(at("server"), `exec ${findProgram("sftp-server")}\n`);
    await against({
      ...withoutScp(directory.path, "sh"),
      sftp: "none",
      prepare: () =>
        Promise.resolve({ lines: `Subsystem sftp ${at("server")}` }),
    }, async (place, sshd) => {
      place.makeNear([{ path: "d/a", content: "a" }]);
      place.makeFar([{ path: "b", content: "b" }]);
      const runs = [
        [[place.remote("b"), "."], GOING_ON.noScp, 2],
        [[place.remote("b"), "."], "", 1],
        "another server",
        [
          [place.remote("b"), "."],
          "seacp: warning: far: there is no SFTP server (exit status 127): going on over SCP\n",
          2,
        ],
        // Directories go up over SFTP, but for a host that has none.
        [["-r", "d", place.remote("")], "", 1],
      ] as const;
      for (const run of runs) {
        if (run === "another server") {
          Deno.removeSync(at("server"));
          Deno.symlinkSync(findProgram("scp")!, at("scp"));
          continue;
        }
        const [args, stderr, expected] = run;
        const before = logins(sshd);
        assertEquals(
          await place.copy(args, rememberingIn(cache.path)),
          { status: 0, stdout: "", stderr },
        );
        assertEquals(logins(sshd) - before, expected);
      }
      assertEquals(Deno.readTextFileSync(`${place.far}/d/a`), "a");
      const names = [...Deno.readDirSync(`${cache.path}/seacp/hosts`)]
        .map(({ name }) => name);
      assertEquals(names.length, 2);
      for (const name of names) assertMatch(name, /^(salt|[0-9a-f]{64})$/);
    });
  },
);

peerTest(
  "protocol choice: with SEACP_HOST_MEMORY=no nothing is remembered",
  NEEDS,
  async () => {
    using cache = new TempDirectory();
    await against({ sftp: "only" }, async (place, sshd) => {
      place.makeFar([{ path: "a", content: "a" }]);
      for (const expected of [2, 4]) {
        const { status } = await place.copy([place.remote("a"), "."], {
          env: { SEACP_HOST_MEMORY: "no", XDG_CACHE_HOME: cache.path },
        });
        assertEquals([status, logins(sshd)], [0, expected]);
      }
      assert(!exists(`${cache.path}/seacp`));
    });
  },
);

/** Gives the lines that tell a protocol and why it is taken. */
function choicesIn(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line.startsWith("Protocol "));
}

peerTest(
  "protocol choice: -v tells the protocol and why it is taken, in one line",
  NEEDS,
  () =>
    against({}, async (place) => {
      place.makeNear([{ path: "a", content: "a" }, {
        path: "d/f",
        content: "",
      }]);
      place.makeFar([{ path: "a b", content: "a" }]);
      const rows: readonly (readonly [readonly string[], string])[] = [
        [["a", place.remote("x")], "SCP: it is the faster one"],
        [
          ["-r", "d", place.remote("")],
          "SFTP: a tree goes up faster over it",
        ],
        [
          [place.remote("a b"), "."],
          "SFTP: a remote shell would read the path otherwise",
        ],
        [["-O", "a", place.remote("y")], "SCP: an option names it"],
        [["-s", "a", place.remote("z")], "SFTP: an option names it"],
      ];
      await allOf(rows.map(([args, choice]) => async () => {
        const { status, stderr } = await place.copy(["-v", ...args]);
        assertEquals(status, 0, stderr);
        assertEquals(
          choicesIn(stderr),
          [`Protocol for far: ${choice}`],
        );
      }));
    }),
);

Deno.test("protocol choice: where nobody listens the status is 255, and 1 with -O", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/a`, "a");
  const remote = `scp://127.0.0.1:${freePort()}/b`;
  const flags = ["-F", "/dev/null", "-o", "BatchMode=yes"];
  const rows: readonly (readonly [readonly string[], number, string])[] = [
    [[], 255, "seacp: "],
    [["-s"], 255, "seacp: "],
    [["-O"], 1, ""],
  ];
  await allOf(
    rows.flatMap(([mode, expected, program]) =>
      [["a", remote], [remote, "."], ["-r", directory.path, remote], [
        remote,
        remote,
      ]]
        .map((args) => async () => {
          const { status, stderr } = await seacp([...flags, ...mode, ...args], {
            cwd: directory.path,
          });
          assertEquals(status, expected, stderr);
          assertEquals(
            stderr.split("\n").filter((line) => !/^ssh: /.test(line)),
            [
              `${program}127.0.0.1: lost connection: ssh failed (exit status 255)`,
              "",
            ],
          );
        })
    ),
  );
});

peerTest(
  "protocol choice: what goes from one host to another goes over SFTP",
  NEEDS,
  () =>
    against({}, async (place) => {
      place.makeFar([{ path: "d/f", content: "" }, {
        path: "a",
        content: "a",
      }]);
      const rows = [
        ["-r", place.remote("d"), place.remote("e", "other")],
        [place.remote("a"), place.remote("b", "other")],
      ];
      for (const args of rows) {
        const { status, stderr } = await place.copy(["-v", ...args]);
        assertEquals(status, 0, stderr);
        const [told] = choicesIn(stderr);
        assertMatch(told!, /^Protocol for far, other: SFTP:/);
      }
      assertEquals(Deno.readTextFileSync(`${place.far}/b`), "a");
      assert(exists(`${place.far}/e/f`));
    }),
);
