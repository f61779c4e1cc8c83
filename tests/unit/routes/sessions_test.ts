import { assert, assertEquals } from "@std/assert";
import type { DialogueContext } from "../../../lib/routes/context.ts";
import { HostMemory } from "../../../lib/routes/host_memory.ts";
import { Hosts } from "../../../lib/routes/hosts.ts";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import {
  type Dialogue,
  ScpSessions,
} from "../../../lib/routes/scp_sessions.ts";
import { SftpServers } from "../../../lib/routes/sftp_servers.ts";
import { TalkativeShells } from "../../../lib/routes/talkative_shells.ts";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import { Tally } from "../../../lib/events/tally.ts";
import { SessionError } from "../../../lib/errors.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { peerTest, writeFailure, writeScript } from "../../support/doors.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { SFTP_CHILD_NEEDS } from "../../support/sftp/child.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const FAR: RemoteLocation = { kind: "remote", host: "far", path: "x" };
const OTHER: RemoteLocation = { kind: "remote", host: "other", path: "y" };

/** A job whose ssh is a script, and what its user is told. */
class Stage extends TempDirectory {
  readonly reported = new RecordingObserver();
  readonly observer = new Tally(this.reported);
  readonly context: DialogueContext;

  /** @param ssh Writes the ssh by a path; gives where it is. */
  constructor(
    ssh: (path: string) => string,
    protocol?: CopyOptions["protocol"],
  ) {
    super();
    const options: CopyOptions = {
      recursive: false,
      preserve: false,
      checkNames: true,
      targetIsDirectory: false,
      throughHere: true,
      verbose: false,
      sftpTuning: {},
      lockstep: false,
      ssh: {
        program: ssh(`${this.path}/ssh`),
        flags: [],
      },
      ...(protocol === undefined ? {} : { protocol }),
    };
    const { observer } = this;
    this.context = {
      job: {
        sources: [],
        target: "",
        options,
        rules: { platform: "posix", servicePort: () => undefined },
        interrupted: new AbortController().signal,
      },
      observer,
      pacer: undefined,
      shells: new TalkativeShells(observer),
      hosts: new Hosts(options, {
        memory: new HostMemory(undefined),
        observer,
      }),
    };
  }
}

/** An ssh that is a shell script. */
function script(body: string): (path: string) => string {
  return (path) => writeScript(path, body);
}

/** An ssh that says a line on standard error, and exits with a status. */
function saying(line: string, status: number): (path: string) => string {
  return (path) => writeFailure(path, line, status);
}

const BROKEN = saying("ssh: no route", 255);
const REASON = ": ssh failed (exit status 255)";

Deno.test("An SFTP server that cannot be reached is a failure, but a reason alone while another protocol may begin", async () => {
  using stage = new Stage(BROKEN);
  const servers = new SftpServers(stage.context);
  const { signal } = new AbortController();
  const standby = await servers.begin([FAR], { abandoned: signal });
  assert(standby?.kind === "absent");
  assertEquals([standby.location, standby.isProven], [FAR, false]);
  assert(standby.why.endsWith(REASON) && !standby.why.includes("far: "));
  assertEquals(stage.observer.failures, 0);
  assertEquals(await servers.begin([FAR], {}), { kind: "over" });
  assertEquals(stage.observer.failures, 1);
  assert(stage.observer.hasLostHost);
  assert(stage.reported.failures.at(-1)!.endsWith(REASON));
});

peerTest(
  "SFTP servers that were abandoned end, and no failure is told of them",
  SFTP_CHILD_NEEDS,
  async () => {
    const server = findProgram("sftp-server")!;
    // What a second host says comes to nothing.
    using stage = new Stage(
      script(`case " $* " in *" other "*) exit 1;; *) exec ${server};; esac\n`),
    );
    for (const locations of [[FAR], [FAR, OTHER]]) {
      const servers = new SftpServers(stage.context);
      const abandoned = new AbortController();
      const beginning = servers.begin(locations, {
        abandoned: abandoned.signal,
      });
      if (locations.length === 1) assertEquals(await beginning, undefined);
      abandoned.abort();
      await beginning;
      await servers.abandon(locations);
      await servers.end();
      assertEquals(stage.reported.failures, []);
    }
  },
);

peerTest(
  "An SFTP server that was not abandoned stays",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new Stage(script(`exec ${findProgram("sftp-server")}\n`));
    const servers = new SftpServers(stage.context);
    const { signal } = new AbortController();
    assertEquals(await servers.begin([FAR], { abandoned: signal }), undefined);
    await servers.abandon([FAR]);
    let label: string | undefined;
    await servers.run([FAR], async ([files]) => {
      label = files!.label;
    });
    assertEquals(label, "far: ");
    await servers.end();
    assertEquals(stage.reported.failures, []);
  },
);

/** A dialogue that has a source speak, or fails to. */
function dialogue(failure?: Error): Dialogue {
  return {
    begin: async () => failure instanceof SessionError ? [failure] : undefined,
    hold: () => Promise.reject(new Error("not to be held")),
  };
}

const REQUEST = {
  role: "-f",
  location: FAR,
  path: "x",
  targetIsDirectory: false,
} as const;

Deno.test("An scp that ends before it is told to begin is as absent as one that ends after it", async () => {
  for (const failure of [undefined, new SessionError("lost connection")]) {
    using stage = new Stage(saying("no scp here", 3));
    const beginning = await new ScpSessions(stage.context)
      .begin([REQUEST], dialogue(failure), {});
    assertEquals(beginning, {
      kind: "absent",
      location: FAR,
      why: 'SCP did not begin: "no scp here" (exit status 3)',
      isProven: false,
    });
    assertEquals(stage.observer.failures, 0);
  }
});

Deno.test("A host that cannot be reached is a failure, but a reason alone while another protocol may begin", async () => {
  using stage = new Stage(BROKEN);
  const sessions = new ScpSessions(stage.context);
  const { signal } = new AbortController();
  const standby = await sessions.begin([REQUEST], dialogue(), {
    abandoned: signal,
  });
  assertEquals(standby, {
    kind: "absent",
    location: FAR,
    why: `lost connection${REASON}`,
    isProven: false,
  });
  assertEquals(stage.observer.failures, 0);
  assertEquals(
    await sessions.begin([REQUEST], dialogue(), {}),
    { kind: "over" },
  );
  assertEquals(stage.reported.failures.at(-1), `far: lost connection${REASON}`);
  assertEquals([stage.observer.failures, stage.observer.hasLostHost], [
    1,
    true,
  ]);
});

Deno.test("No match of a remote shell is a missing source, no missing scp", async () => {
  using stage = new Stage(saying("zsh:1: no matches found: *.x", 1));
  const beginning = await new ScpSessions(stage.context)
    .begin([REQUEST], dialogue(), {});
  assertEquals(beginning, { kind: "over" });
  assertEquals(
    stage.reported.failures.at(-1),
    "far: x: No such file or directory",
  );
  assertEquals([stage.observer.failures, stage.observer.hasLostHost], [
    1,
    false,
  ]);
});
