import { assert, assertEquals } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import {
  type SftpCopy,
  SftpSessions,
} from "../../../lib/routes/sftp_sessions.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { peerTest } from "../../support/doors.ts";
import { exists } from "../../support/fixtures/tree.ts";
import { isRunning } from "../../support/process/processes.ts";
import { SFTP_CHILD_NEEDS } from "../../support/sftp/child.ts";
import {
  BROKEN,
  BROKEN_REASON,
  FAR,
  KeyStage,
  OTHER,
  saying,
  script,
  SessionStage,
} from "./session_stage.ts";

const SERVER = findProgram("sftp-server");

const unused = copyBy(async () => {
  throw new Error("not to be used");
});

function copyBy(run: SftpCopy["run"]): SftpCopy {
  return { run, width: 1, likelyWidth: 1, looks: [] };
}

Deno.test("SftpSessions: reports an unreachable server, but not while the other protocol may connect", async () => {
  using stage = new SessionStage(BROKEN);
  const sessions = new SftpSessions(stage.context);
  const { signal } = new AbortController();
  const fallback = await sessions.connect([FAR], unused, { abandoned: signal });
  assert(fallback.kind === "unavailable");
  assertEquals([fallback.location, fallback.isProven], [FAR, false]);
  assert(fallback.reason.endsWith(BROKEN_REASON));
  assert(!fallback.reason.includes("far: "));
  assertEquals(stage.observer.failures, 0);
  assertEquals(await sessions.connect([FAR], unused, {}), { kind: "failed" });
  assertEquals(stage.observer.failures, 1);
  assert(stage.observer.hasLostHost);
  assert(stage.reported.failures.at(-1)!.endsWith(BROKEN_REASON));
});

Deno.test("SftpSessions: reports an ssh that does not start, but not while the other protocol may connect", async () => {
  using stage = new SessionStage((path) => `${path}/none`);
  const sessions = new SftpSessions(stage.context);
  const reason = `${stage.path}/ssh/none: No such file or directory`;
  const { signal } = new AbortController();
  assertEquals(
    await sessions.connect([FAR], unused, { abandoned: signal }),
    { kind: "unavailable", location: FAR, reason, isProven: false },
  );
  assertEquals(await sessions.connect([FAR], unused, {}), { kind: "failed" });
  assertEquals(stage.reported.lostConnections, [reason]);
});

Deno.test("SftpSessions: finds SFTP unavailable where the server is missing, and reports nothing", async () => {
  using stage = new SessionStage(saying("sh: sftp-server: not found", 127));
  const sessions = new SftpSessions(stage.context);
  assertEquals(await sessions.connect([FAR], unused, {}), {
    kind: "unavailable",
    location: FAR,
    reason: "there is no SFTP server (exit status 127)",
    isProven: true,
  });
  assertEquals(stage.reported.failures, []);
});

peerTest(
  "SftpSessions: ends the sessions of an abandoned attempt, and reports no failure",
  SFTP_CHILD_NEEDS,
  async () => {
    // The second host's server does not start.
    using stage = new SessionStage(
      script(`case " $* " in *" other "*) exit 1;; *) exec ${SERVER};; esac\n`),
    );
    for (const locations of [[FAR], [FAR, OTHER]]) {
      const sessions = new SftpSessions(stage.context);
      const abandoned = new AbortController();
      const connecting = sessions.connect(locations, unused, {
        abandoned: abandoned.signal,
      });
      if (locations.length === 1) {
        assertEquals((await connecting).kind, "connected");
      }
      abandoned.abort();
      const result = await connecting;
      if (result.kind === "connected") await result.close();
      await sessions.end();
      assertEquals(stage.reported.failures, []);
    }
  },
);

peerTest(
  "SftpSessions: keeps a session that was not abandoned, for later copies too",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new SessionStage(script(`exec ${SERVER}\n`));
    const sessions = new SftpSessions(stage.context);
    const { signal } = new AbortController();
    const labels: string[] = [];
    for (let copy = 0; copy < 2; copy++) {
      const result = await sessions.connect(
        [FAR],
        copyBy(async ([files]) => {
          labels.push(files!.label);
        }),
        { abandoned: signal },
      );
      assert(result.kind === "connected" && result.isCertain);
      await result.close();
      assertEquals(await result.run(), undefined);
    }
    assertEquals(labels, ["far: ", "far: "]);
    const executed = stage.reported.verboseLines
      .filter((line) => line.startsWith("Executing: "));
    assertEquals(executed, [
      `Executing: program ${stage.path}/ssh host far, ` +
      "user (unspecified), command sftp",
    ]);
    await sessions.end();
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "SftpSessions: reports a connection that is lost during a copy, and connects again for the next one",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new SessionStage(script(`exec ${SERVER}\n`));
    const sessions = new SftpSessions(stage.context);
    const first = await sessions.connect(
      [FAR],
      copyBy(async () => {
        throw new SessionError("lost connection");
      }),
      {},
    );
    assert(first.kind === "connected");
    assertEquals(await first.run(), undefined);
    assertEquals(stage.reported.lostConnections, [
      "far: lost connection: the remote ended too early",
    ]);
    const second = await sessions.connect([FAR], copyBy(async () => {}), {});
    assert(second.kind === "connected");
    assertEquals(await second.run(), undefined);
    await sessions.end();
    assertEquals(stage.observer.failures, 1);
  },
);

/** Gives an ssh whose first host answers once the second one's login has begun. */
function awaitingOther(loginOfOther: string): (path: string) => string {
  return script(
    `case " $* " in\n` +
      `*" other "*) : >"$0.begun"; ${loginOfOther};;\n` +
      `*) for i in $(seq 200); do [ -e "$0.begun" ] && break; sleep 0.05; done\n` +
      `[ -e "$0.begun" ] || exit 255;;\n` +
      `esac\nexec ${SERVER}\n`,
  );
}

peerTest(
  "SftpSessions: log in to two hosts at once where neither is expected to prompt",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new KeyStage(awaitingOther(":"));
    const sessions = new SftpSessions(stage.keyContext);
    const labels: string[] = [];
    const result = await sessions.connect(
      [FAR, OTHER],
      copyBy(async (files) => {
        labels.push(...files.map(({ label }) => label));
      }),
      {},
    );
    assert(result.kind === "connected");
    assertEquals(await result.run(), undefined);
    assertEquals(labels, ["far: ", "other: "]);
    await sessions.end();
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "SftpSessions: log in anew to a second host that did not accept a login without a prompt",
  SFTP_CHILD_NEEDS,
  async () => {
    const refusal = `case " $* " in *" -oBatchmode=yes "*) ` +
      `echo "Permission denied" >&2; exit 255;; *) echo Password: >&2;; esac`;
    using stage = new KeyStage(awaitingOther(refusal));
    const sessions = new SftpSessions(stage.keyContext);
    const result = await sessions.connect([FAR, OTHER], unused, {});
    assertEquals(result.kind, "connected");
    await sessions.end();
    assertEquals(stage.reported.failures, []);
    assertEquals(stage.reported.sshOutputs, ["Password:\n"]);
  },
);

peerTest(
  "SftpSessions: do not log in anew to a second host that cannot be reached",
  SFTP_CHILD_NEEDS,
  async () => {
    const line = "ssh: connect to host other port 22: Connection timed out";
    using stage = new KeyStage(
      awaitingOther(`echo >>"$0.tries"; echo "${line}" >&2; exit 255`),
    );
    const sessions = new SftpSessions(stage.keyContext);
    const result = await sessions.connect([FAR, OTHER], unused, {});
    assertEquals(result, { kind: "failed" });
    await sessions.end();
    assertEquals(stage.reported.failures, [
      `other: lost connection${BROKEN_REASON}`,
    ]);
    assertEquals(stage.reported.sshOutputs, [`${line}\n`]);
    assertEquals(Deno.readTextFileSync(`${stage.path}/ssh.tries`), "\n");
  },
);

peerTest(
  "SftpSessions: end the login to a second host where the first one fails",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new KeyStage(script(
      `case " $* " in *" other "*) exec ${SERVER};; *) exit 255;; esac\n`,
    ));
    const sessions = new SftpSessions(stage.keyContext);
    const result = await sessions.connect([FAR, OTHER], unused, {});
    assert(result.kind === "unavailable");
    assertEquals(result.location, FAR);
    await sessions.end();
    assertEquals(stage.reported.failures, []);
  },
);

/** Gives an ssh whose first login answers once three silent ones have begun. */
function awaitingSilent(silent: string): (path: string) => string {
  return script(
    `case " $* " in\n` +
      `*" -oBatchmode=yes "*) : >"$0.$$.begun"; ${silent};;\n` +
      `*) for i in $(seq 200); do\n` +
      `set -- "$0".*.begun; [ $# -ge 3 ] && break; sleep 0.05; done\n` +
      `[ $# -ge 3 ] || exit 255;;\n` +
      `esac\nexec ${SERVER}\n`,
  );
}

/** Counts the logins that were silent from their beginning. */
function silentLogins(stage: KeyStage): number {
  return silentIds(stage).length;
}

/** Gives the ids of their processes. */
function silentIds({ path }: KeyStage): readonly number[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name)
    .filter((name) => name.endsWith(".begun"))
    .map((name) => Number(name.split(".").at(-2)));
}

peerTest(
  "SftpSessions: log in four times at once for a copy that has work for as many connections",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new KeyStage(awaitingSilent(":"), { jobs: 4 });
    const sessions = new SftpSessions(stage.keyContext);
    const copy = {
      ...copyBy(async () => {}),
      width: 4,
      likelyWidth: 4,
    };
    const result = await sessions.connect([FAR], copy, {});
    assert(result.kind === "connected");
    assertEquals(silentLogins(stage), 3);
    assertEquals(await result.run(), undefined);
    await sessions.end();
    // None was started in vain.
    assertEquals(silentLogins(stage), 3);
    assertEquals(stage.reported.failures, []);
    assertEquals(stage.reported.warnings, []);
  },
);

peerTest(
  "SftpSessions: end a login that is interrupted at once, where a copy would remove what is not whole",
  [],
  async () => {
    using stage = new SessionStage(
      script(`sleep 0.5; : >"$0.survived"; exit 255\n`),
      { jobs: 8 },
    );
    const sessions = new SftpSessions(stage.context);
    const connecting = sessions.connect([FAR], unused, {});
    stage.interruption.abort(130);
    assertEquals((await connecting).kind, "failed");
    await sessions.end();
    assertEquals(stage.reported.failures, ["far: interrupted"]);
    assert(!exists(`${stage.path}/ssh.survived`));
  },
);

peerTest(
  "SftpSessions: end the logins that a copy turns out to have no work for, and say nothing of them",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new KeyStage(awaitingSilent(":"), { jobs: 4 });
    const sessions = new SftpSessions(stage.keyContext);
    const copy = { ...copyBy(async () => {}), likelyWidth: 4 };
    const result = await sessions.connect([FAR], copy, {});
    assert(result.kind === "connected");
    assertEquals(await result.run(), undefined);
    assertEquals(silentLogins(stage), 3);
    await sessions.end();
    assertEquals(silentIds(stage).filter(isRunning), []);
    assertEquals(stage.reported.failures, []);
    assertEquals(stage.reported.warnings, []);
  },
);

peerTest(
  "SftpSessions: end the other logins of a server whose first one fails, and say nothing of them",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = new KeyStage(
      script(
        `case " $* " in *" -oBatchmode=yes "*) echo refused >&2; ` +
          `exec sleep 1000;; *) sleep 0.2; exit 255;; esac\n`,
      ),
      { jobs: 8 },
    );
    const sessions = new SftpSessions(stage.keyContext);
    const copy = { ...unused, likelyWidth: 8 };
    const result = await sessions.connect([FAR], copy, {});
    assertEquals(result.kind, "unavailable");
    await sessions.end();
    assertEquals(stage.reported.sshOutputs, []);
    assertEquals(stage.reported.warnings, []);
  },
);

peerTest(
  "SftpSessions: begin no other login where it may prompt, or the copy has work for one",
  SFTP_CHILD_NEEDS,
  async () => {
    const lines = ["identityagent none\n", "proxyjump jump\n", ""];
    for (const [at, line] of lines.entries()) {
      using stage = new KeyStage(
        script(`exec ${SERVER}\n`),
        { jobs: 4 },
      );
      stage.configure(line);
      if (at === 0) stage.hosts.text = line;
      const sessions = new SftpSessions(stage.keyContext);
      const likelyWidth = line === "" ? 1 : 4;
      const copy = { ...copyBy(async () => {}), likelyWidth };
      const result = await sessions.connect([FAR], copy, {});
      assert(result.kind === "connected");
      const executed = stage.reported.verboseLines
        .filter((told) => told.startsWith("Executing: "));
      assertEquals(executed.length, 1, line);
      await sessions.end();
      assertEquals(stage.reported.failures, []);
    }
  },
);
