/**
 * Trees that come from a host where ssh asks for a password: it is asked for once, and
 * scp brings them in a second session of the login, or else SFTP in the first.
 */

import { assertEquals } from "@std/assert";
import { peerTest, writeScript } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import {
  describeTree,
  exists,
  pattern,
  type TreeEntry,
} from "../support/fixtures/tree.ts";
import {
  PASSWORD_ALONE,
  PASSWORD_NEEDS,
  startWithPassword,
} from "../support/logins/passwords.ts";
import { openAt, type OpenWay } from "../support/logins/way.ts";
import { lengthOf, until } from "../support/process/processes.ts";
import type { Outcome, Running } from "../support/process/program.ts";
import { type LoginSettings, Sshd } from "../support/ssh/sshd.ts";

const SCP = "/usr/bin/scp";
const NEEDS = [...PASSWORD_NEEDS, SCP];

const TREE: readonly TreeEntry[] = [
  { path: "tree/a b", content: "one\n", modified: 946_684_800 },
  { path: "tree/d/e/f", content: "two\n", mode: 0o640 },
  { path: "tree/large", content: pattern(300_000) },
];

/** Host that asks for a password, which a program answers. */
class Asking implements AsyncDisposable {
  readonly place: Place;
  readonly #way: OpenWay;
  readonly #sshd: Sshd;
  readonly #asked: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(way: OpenWay, sshd: Sshd) {
    this.#way = way;
    this.#sshd = sshd;
    this.place = new Place(way);
    this.place.makeFar(TREE);
    this.#asked = `${sshd.directory}/asked`;
    const askpass = writeScript(
      `${sshd.directory}/askpass`,
      `echo "$1" >> ${this.#asked}\necho 'open sesame'\n`,
    );
    this.#env = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
  }

  static async open(settings: LoginSettings, lines?: string): Promise<Asking> {
    const sshd = await startWithPassword("open sesame", settings, lines);
    return new Asking(openAt({ far: sshd }, PASSWORD_ALONE), sshd);
  }

  /** Starts a copy with `--json`. */
  start(args: readonly string[]): Running {
    return this.place.start(["--json", ...args], { env: this.#env });
  }

  /** Makes a copy with `--json`. */
  async copy(args: readonly string[]): Promise<Outcome> {
    return await this.start(args).outcome;
  }

  /** Ends every connection to the server until a run has ended. */
  async cut(run: Promise<unknown>): Promise<void> {
    await this.#sshd.killConnections(run);
  }

  /** Counts the questions, and forgets them. */
  countQuestions(): number {
    const text = Deno.readTextFileSync(this.#asked);
    Deno.removeSync(this.#asked);
    return text.split("\n").length - 1;
  }

  async assertArrived(): Promise<void> {
    const { near, far } = this.place;
    assertEquals(
      await describeTree(`${near}/tree`),
      await describeTree(`${far}/tree`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.place[Symbol.dispose]();
    await this.#way[Symbol.asyncDispose]();
  }
}

/** Gives the events of a kind, as `--json` tells them. */
// deno-lint-ignore no-explicit-any -- the schema has a test of its own
function eventsOf({ stdout }: Outcome, type: string): any[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter((event) => event.type === type);
}

/** Gives the protocols in the order in which they were chosen. */
function protocolsOf(outcome: Outcome): string[] {
  return eventsOf(outcome, "host").map(({ protocol }) => protocol);
}

/** Gives the setting by which a server runs commands in the place of scp. */
function forced(commands: string): string {
  return `ForceCommand case $SSH_ORIGINAL_COMMAND in *scp*) ${commands};; ` +
    "*) exec $SSH_ORIGINAL_COMMAND;; esac";
}

/** Hosts, and the protocols that a tree is tried over. */
const HOSTS: readonly {
  readonly name: string;
  readonly settings?: LoginSettings;
  readonly lines?: string;
  readonly protocols: readonly string[];
}[] = [
  { name: "by scp, in a second session", protocols: ["sftp", "scp"] },
  {
    name: "over SFTP where the login may have one session alone",
    lines: "MaxSessions 1",
    protocols: ["sftp"],
  },
  {
    name: "over SFTP where the server starts nothing else",
    settings: { sftp: "only" },
    protocols: ["sftp"],
  },
  {
    name: "over SFTP where the shell finds no scp",
    lines: forced("echo sh: 1: scp: not found >&2; exit 127"),
    protocols: ["sftp"],
  },
  {
    name: "over SFTP where the host says nothing",
    lines: forced("sleep 60"),
    protocols: ["sftp"],
  },
  {
    name: "by scp, where the shell talks before it starts that",
    lines: forced('echo Welcome; eval "$SSH_ORIGINAL_COMMAND"'),
    protocols: ["sftp", "scp"],
  },
  {
    name: "over SFTP where the shell says what begins like a record",
    lines: forced("echo Command not allowed; exit 1"),
    protocols: ["sftp"],
  },
  {
    name: "over SFTP where the shell says something and does not end",
    lines: forced("echo Hello; sleep 60"),
    protocols: ["sftp"],
  },
  {
    name: "over SFTP where the shell refuses it in words",
    lines: forced("echo This account is for SFTP.; exit 1"),
    protocols: ["sftp"],
  },
];

for (const { name, settings = {}, lines, protocols } of HOSTS) {
  peerTest(
    `password: a tree comes ${name}, and it is asked for once`,
    NEEDS,
    async () => {
      await using host = await Asking.open(settings, lines);
      const { place } = host;
      const outcome = await host.copy(["-rp", place.remote("tree"), "."]);
      assertEquals([outcome.status, outcome.stderr], [0, ""], outcome.stdout);
      assertEquals(protocolsOf(outcome), protocols);
      assertEquals(host.countQuestions(), 1);
      assertEquals(eventsOf(outcome, "file").length, 3);
      await host.assertArrived();
    },
  );
}

peerTest(
  "password: several trees come in sessions of one login, each that is missing is told",
  NEEDS,
  async () => {
    await using host = await Asking.open({});
    const { place } = host;
    const sources = ["tree", "none", "tree/d"].map((it) => place.remote(it));
    const outcome = await host.copy(["-rp", ...sources, "."]);
    assertEquals(outcome.status, 1, outcome.stdout);
    assertEquals(
      eventsOf(outcome, "error").map(({ message }) =>
        message.replace(/^.*: (?=.*: )/, "")
      ),
      ["none: No such file or directory"].map((it) =>
        it.replace("none", place.remote("none").slice("far:".length))
      ),
    );
    assertEquals(host.countQuestions(), 1);
    await host.assertArrived();
    assertEquals(exists(`${place.near}/d/e/f`), true);
  },
);

peerTest(
  "password: one file, a tree that goes up and a named protocol have one session",
  NEEDS,
  async () => {
    await using host = await Asking.open({});
    const { place } = host;
    place.makeNear([{ path: "up/a", content: "up\n" }]);
    for (
      const args of [
        [place.remote("tree/d/e/f"), "file"],
        ["-r", "up", place.remote("")],
        ["-sr", place.remote("tree"), "."],
      ]
    ) {
      const outcome = await host.copy(args);
      assertEquals([outcome.status, outcome.stderr], [0, ""], outcome.stdout);
      assertEquals(protocolsOf(outcome), ["sftp"]);
      assertEquals(host.countQuestions(), 1);
    }
  },
);

/** Ways to end a copy in the middle, and what is told of it. */
const ENDS: readonly {
  readonly name: string;
  readonly status: number;
  readonly kind: string;
  end(running: Running, host: Asking): Promise<void>;
}[] = [
  {
    name: "login that is cut",
    status: 255,
    kind: "connection",
    end: async ({ outcome }, host) => await host.cut(outcome),
  },
  {
    name: "Ctrl-C",
    status: 130,
    kind: "interrupted",
    end: async ({ pid }) => Deno.kill(pid, "SIGINT"),
  },
];

for (const { name, status, kind, end } of ENDS) {
  peerTest(
    `password: a ${name} while scp brings a tree is told once`,
    NEEDS,
    async () => {
      await using host = await Asking.open({});
      const { place } = host;
      place.makeFar([{ path: "tree/huge", content: pattern(24_000_000) }]);
      // It takes 3 s, and ssh holds a third of a second of it.
      const run = host.start(["-r", "-l", "65536", place.remote("tree"), "."]);
      await until(
        "the file has begun",
        () => lengthOf(`${place.near}/tree/huge`) > 0,
      );
      await end(run, host);
      const outcome = await run.outcome;
      assertEquals(outcome.status, status, outcome.stdout);
      assertEquals(
        eventsOf(outcome, "error").map(({ kind, host }) => [kind, host]),
        [[kind, "far"]],
        outcome.stdout,
      );
      assertEquals(host.countQuestions(), 1);
    },
  );
}
