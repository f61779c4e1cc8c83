/** The events of `--json`, over both protocols and both ways. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  peerTest,
  peerTestUnless,
  sftpSshdDoor,
  sshdDoor,
  writeFailure,
} from "../support/doors.ts";
import { Place, UNPRIVILEGED } from "../support/fixtures/place.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../support/fixtures/raw_names.ts";
import { cutShort, exists } from "../support/fixtures/tree.ts";
import {
  haltCopy,
  type Halted,
  sftpWays,
  ways,
} from "../support/hostile/halted_copy.ts";
import { type JsonEvent, jsonEvents } from "../support/json_events.ts";
import { type Outcome, runProgram, seacp } from "../support/process/program.ts";
import { quoted, seacpCommand } from "../support/process/pseudo_terminal.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [...sshdDoor.needs, ...sftpSshdDoor.needs];

const sshd = new SharedSshd();

interface Told {
  readonly events: readonly JsonEvent[];
  readonly stderr: string;
}

/** Runs the program with --json, and reads its events. */
async function tell(
  place: Place,
  args: readonly string[],
  { status = 0, wrapper = [] }: {
    status?: number;
    wrapper?: readonly string[];
  } = {},
): Promise<Told> {
  const outcome = await place.copy(["--json", ...args], { wrapper });
  assertEquals(outcome.status, status, outcome.stderr);
  const { stdout, stderr } = outcome;
  return { events: jsonEvents(stdout, status), stderr };
}

/** Gives the files of one action, each by its path and its bytes, in order. */
function files({ events }: Told, action: string): string[] {
  return events.filter((event) => event.action === action)
    .map(({ path, bytes }) => `${path} ${bytes}`).toSorted();
}

const TREE = [
  { path: "t/a", content: "a" },
  { path: "t/d/b", content: "bb" },
  { path: "t/empty", content: "" },
];

for (const protocol of ["-O", "-s"]) {
  const name = protocol === "-O" ? "scp" : "sftp";

  peerTest(
    `json: tells of each file of a tree, up and down over ${name}`,
    NEEDS,
    async () => {
      using here = await sshd.place(protocol);
      here.makeNear(TREE);
      const up = await tell(here, ["-r", "t", here.remote("u")]);
      assertEquals(up.stderr, "");
      assertEquals(files(up, "copied"), ["t/a 1", "t/d/b 2", "t/empty 0"]);
      const [start, host] = up.events;
      assertEquals(start!.sources, [{ path: "t" }]);
      assertEquals([host!.type, host!.hosts, host!.protocol], [
        "host",
        ["far"],
        name,
      ]);
      const { files_copied, bytes_copied, failures } = up.events.at(-1)!;
      assertEquals([files_copied, bytes_copied, failures], [3, 3, 0]);

      const down = await tell(here, ["-r", here.remote("u"), "v"]);
      assertEquals(files(down, "copied"), ["v/a 1", "v/d/b 2", "v/empty 0"]);
    },
  );

  peerTest(
    `json: tells what failed, with its path and kind, over ${name}`,
    [...NEEDS, ...UNPRIVILEGED.slice(0, 1)],
    async () => {
      using here = await sshd.place(protocol);
      here.makeNear([...TREE, { path: "t/secret", content: "s", mode: 0 }]);
      const up = await tell(here, ["-r", "t", "missing", here.remote(".")], {
        status: 1,
        wrapper: UNPRIVILEGED,
      });
      const errors = up.events.filter(({ type }) => type === "error");
      assertEquals(
        errors.map(({ kind, path }) => [kind, path]).toSorted(),
        [["not_found", "missing"], ["permission", "t/secret"]],
      );
      assertEquals(files(up, "failed").length, 2);
      assertEquals(files(up, "copied").length, 3);
      assertMatch(up.stderr, /t\/secret: Permission denied\n/);

      here.makeNear([{ path: "locked/", mode: 0o555 }]);
      here.makeFar([{ path: "f", content: "f" }]);
      const down = await tell(here, [here.remote("f"), "locked"], {
        status: 1,
        wrapper: UNPRIVILEGED,
      });
      const [error] = down.events.filter(({ type }) => type === "error");
      assertEquals([error!.kind, error!.path], ["permission", "locked/f"]);
    },
  );

  peerTest(
    `json: names the host that has no such file, over ${name}`,
    NEEDS,
    async () => {
      using here = await sshd.place(protocol);
      const { events } = await tell(here, [here.remote("no"), "."], {
        status: 1,
      });
      const [error] = events.filter(({ type }) => type === "error");
      assertEquals(error!.kind, "not_found");
      // With -O the words are the remote scp's own.
      assertEquals(error!.host, protocol === "-O" ? undefined : "far");
    },
  );

  peerTestUnless(lacksRawNames)(
    `json: a name that is not UTF-8, or would control a terminal, is told whole, over ${name}`,
    NEEDS,
    async () => {
      using here = await sshd.place(protocol);
      using _near = emptied(here.near);
      using _far = emptied(here.far);
      const evil = "\x1b]0;x\x07\x9b\u202e";
      here.makeNear([{ path: `t/${evil}`, content: "e" }]);
      shell(`printf r > "$(printf 't/\\377')"`, here.near);
      const { events } = await tell(here, ["-r", "t", here.remote(".")]);
      const told = events.filter(({ action }) => action === "copied");
      assertEquals(
        told.map(({ path, path_base64 }) => [path, path_base64])
          .toSorted((one, other) =>
            String(one[0]).length - String(other[0]).length
          ),
        // The bytes 74 2f ff.
        [["t/\ufffd", "dC//"], [`t/${evil}`, undefined]],
      );
    },
  );

  peerTest(
    `json: an ssh that does not connect is told, with the reason, over ${name}`,
    NEEDS,
    async () => {
      using here = await sshd.place(protocol);
      here.makeNear(TREE);
      const lines = [
        ["far: Permission denied (publickey).", "auth"],
        ["Host key verification failed.", "host_key"],
        ["ssh: connect to host far port 22: Connection refused", "connection"],
      ] as const;
      for (const [line, kind] of lines) {
        const ssh = writeFailure(`${here.near}/ssh`, line, 255);
        const { events } = await tell(here, ["-S", ssh, "t/a", "far:"], {
          status: protocol === "-O" ? 1 : 255,
        });
        const [error] = events.filter(({ type }) => type === "error");
        assertEquals([error!.kind, error!.host], [kind, "far"]);
      }
    },
  );
}

peerTest(
  "json: tells of a copy between two hosts, and of one on this machine",
  NEEDS,
  async () => {
    for (const protocol of ["-O", "-s"]) {
      using here = await sshd.place(protocol);
      here.makeFar([{ path: "t/d/b", content: "bb" }, { path: "to/" }]);
      here.makeNear(TREE);
      const between = await tell(here, [
        ...["-r", here.remote("t"), here.remote("to", "other")],
      ]);
      assertEquals(files(between, "copied").length, 1);
      assertMatch(files(between, "copied")[0]!, /\bt\/d\/b 2$/);
      const local = await tell(here, ["-r", "t", "u"]);
      assertEquals(files(local, "copied"), ["u/a 1", "u/d/b 2", "u/empty 0"]);
    }
  },
);

for (const way of [...ways, ...sftpWays]) {
  /** Halts a copy inside `f`, and reads the events of its end. */
  const endInside = async (
    act: (halted: Halted) => Promise<unknown>,
    check: (events: readonly JsonEvent[], outcome: Outcome) => void,
  ) =>
    await haltCopy({ sshd: await sshd.start(), way }, {
      after: { z: "z" },
      start: (place, args) => place.start(["--json", ...args]),
      act: async (halted) => {
        await act(halted);
        await halted.outcome;
      },
    }, (outcome, { from, to }) => {
      const events = jsonEvents(outcome.stdout, outcome.status);
      const near = way.direction === "up" ? "from" : "to";
      const pathsOf = (kept: (event: JsonEvent) => boolean) =>
        events.filter(kept).map(({ path }) => path);
      const failed = pathsOf(({ action }) => action === "failed");
      assertEquals(failed.length, new Set(failed).size, outcome.stdout);
      const short = cutShort(from, to).map((name) => `${near}/${name}`);
      assert(short.includes(`${near}/f`));
      for (const path of short) assert(failed.includes(path), outcome.stdout);
      const named = pathsOf(({ type }) => type === "error");
      assert(named.includes(`${near}/f`), outcome.stdout);
      check(events, outcome);
    });

  for (const [signal, status] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
    peerTest(
      `json: ${signal} inside ${way.name} names what is cut short, and leaves a summary, last`,
      NEEDS,
      async () => {
        await endInside(
          ({ pid }) => Promise.resolve(Deno.kill(pid, signal)),
          (events, outcome) => {
            assertEquals(outcome.status, status);
            const kinds = events.filter(({ type }) => type === "error")
              .map(({ kind }) => kind);
            assert(kinds.includes("interrupted"), outcome.stdout);
            assert(!outcome.stdout.includes("lost"), outcome.stdout);
          },
        );
      },
    );
  }

  peerTest(
    `json: a connection that is lost inside ${way.name} names what is cut short`,
    NEEDS,
    async () => {
      await endInside(
        ({ line }) => Promise.resolve(line.proxy.drop()),
        (events, { stdout }) => {
          const lost = events.filter(({ message }) =>
            String(message).includes("lost connection")
          );
          assert(lost.length > 0, stdout);
          assert(lost.every(({ kind }) => kind === "connection"), stdout);
          assert(lost.some(({ host }) => host === "far"), stdout);
        },
      );
    },
  );
}

Deno.test("json: a wrong call is told on standard output too", async () => {
  const calls: readonly (readonly [string[], number])[] = [
    [["--json"], 1],
    [["--json", "-z", "a", "b"], 1],
    [["--json", "-P", "0", "a", "b"], 255],
    [["--json", "-R", "one:a", "two:"], 1],
    [["-z", "--json"], 1],
  ];
  for (const [args, status] of calls) {
    const outcome = await seacp(args);
    assertEquals(outcome.status, status);
    const [start, error, ...rest] = jsonEvents(outcome.stdout, status);
    assertEquals([start!.type, error!.kind, rest.length], [
      "start",
      "usage",
      1,
    ]);
    assert(outcome.stderr !== "");
  }
});

peerTest(
  "json: a standard output that nobody reads ends the run",
  [...NEEDS, "bash", "head"],
  async () => {
    for (const protocol of ["-O", "-s"]) {
      using here = await sshd.place(protocol);
      here.makeNear(Array.from({ length: 200 }, (_, at) => ({
        path: `t/${at}`,
        content: "x".repeat(1000),
      })));
      const args = [
        ...[protocol, ...here.options, "--json", "-l", "200"],
        ...["-r", "t", here.remote(".")],
      ];
      const command = `${seacpCommand(args)} ` +
        `| head -n 2 > ${quoted(`${here.near}/head`)}; echo \${PIPESTATUS[0]}`;
      const { stdout, stderr } = await runProgram(["bash", "-c", command], {
        cwd: here.near,
      });
      assertEquals(stdout, "141\n");
      assertMatch(stderr, /standard output was closed\n/);
      const [start] = Deno.readTextFileSync(`${here.near}/head`).split("\n");
      assertEquals(JSON.parse(start!).type, "start");
      // Before the first of them the directory need not be there.
      const sent = exists(`${here.far}/t`)
        ? [...Deno.readDirSync(`${here.far}/t`)]
        : [];
      assert(sent.length < 200);
    }
  },
);

peerTest(
  "json: tells the progress, and the total in the end",
  NEEDS,
  async () => {
    using here = await sshd.place("-s");
    here.makeNear([
      { path: "t/a", content: "x".repeat(60_000) },
      { path: "t/b", content: "x".repeat(60_000) },
    ]);
    const { events } = await tell(here, [
      ...["-l", "600", "-r", "t", here.remote(".")],
    ]);
    const last = events.findLast(({ type }) => type === "progress")!;
    assertEquals(
      [last.total_files, last.total_bytes, last.is_total_complete],
      [2, 120_000, true],
    );
  },
);
