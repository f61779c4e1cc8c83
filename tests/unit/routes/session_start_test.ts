import { assert, assertEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { Pacer } from "../../../lib/channel/paced_channel.ts";
import { SessionError } from "../../../lib/errors.ts";
import type { CopyJob } from "../../../lib/options/copy_options.ts";
import type { ConnectOptions } from "../../../lib/routes/route.ts";
import {
  awaitFirstOutput,
  endSignal,
  pacedChannel,
  reportStart,
  silentRemote,
  startSsh,
} from "../../../lib/routes/session_start.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { FAR, OPTIONS, SessionStage } from "./session_stage.ts";

type Session = Parameters<typeof awaitFirstOutput>[0];
type Sign = Awaited<ReturnType<Session["awaitFirstOutput"]>>;

/** Gives a session with these signs, which records the timeouts. */
function session(
  timeouts: string[],
  ...signs: readonly Sign[]
): Session {
  return {
    awaitFirstOutput: async ({ afterLogin, unseen }) => {
      timeouts.push(`${afterLogin}/${unseen}`);
      return signs[timeouts.length - 1]!;
    },
    channel: { awaitInput: async () => {} },
  };
}

const EITHER = { mayChange: true };

Deno.test("awaitFirstOutput(): waits a minute where the user named the protocol", async () => {
  const timeouts: string[] = [];
  const onSilence = () => Promise.reject(new Error("not to be called"));
  assertEquals(
    await awaitFirstOutput(session(timeouts, "silent"), { mayChange: false }, {
      onSilence,
    }),
    "silent",
  );
  assertEquals(timeouts, ["60000/60000"]);
});

Deno.test("awaitFirstOutput(): waits for the last timeouts where the other protocol was tried", async () => {
  for (const sign of ["spoke", "ended", "silent"] as const) {
    const timeouts: string[] = [];
    assertEquals(
      await awaitFirstOutput(session(timeouts, sign), EITHER, {}),
      sign,
    );
    assertEquals(timeouts, ["20000/30000"]);
  }
});

Deno.test("awaitFirstOutput(): waits a second in another one's login, which can do without it", async () => {
  const timeouts: string[] = [];
  const part = { kind: "shared", socket: "/s" } as const;
  assertEquals(
    await awaitFirstOutput(session(timeouts, "silent"), EITHER, { part }),
    "silent",
  );
  assertEquals(timeouts, ["1000/1000"]);
});

Deno.test("awaitFirstOutput(): tries no other protocol where the remote speaks or ends", async () => {
  for (const sign of ["spoke", "ended"] as const) {
    const timeouts: string[] = [];
    const onSilence = () => Promise.reject(new Error("not to be called"));
    assertEquals(
      await awaitFirstOutput(session(timeouts, sign), EITHER, { onSilence }),
      sign,
    );
    assertEquals(timeouts, ["8000/15000"]);
  }
});

Deno.test("awaitFirstOutput(): gives up a silent remote once the other protocol has connected", async () => {
  const timeouts: string[] = [];
  assertEquals(
    await awaitFirstOutput(session(timeouts, "silent"), EITHER, {
      onSilence: async () => true,
    }),
    "silent",
  );
  assertEquals(timeouts, ["8000/15000"]);
});

Deno.test("awaitFirstOutput(): takes the time of the other protocol's attempt off the last timeouts", async () => {
  for (const [waited, left] of [[12_000, "8000/18000"], [25_000, "0/5000"]]) {
    let now = 0;
    using _clock = stub(performance, "now", () => now);
    const timeouts: string[] = [];
    assertEquals(
      await awaitFirstOutput(session(timeouts, "silent", "spoke"), EITHER, {
        onSilence: async () => {
          now += waited as number;
          return false;
        },
      }),
      "spoke",
    );
    assertEquals(timeouts, ["8000/15000", left as string]);
  }
});

Deno.test("silentRemote(): proves that a protocol is unavailable", () => {
  assertEquals(silentRemote(FAR, "sftp"), {
    kind: "unavailable",
    location: FAR,
    reason: "SFTP did not begin: the server says nothing",
    isProven: true,
  });
});

/** Reports a session that did not start; gives the result and the failures. */
function reported(
  failure: Parameters<typeof reportStart>[1],
  options: ConnectOptions,
): [result: string, failures: readonly string[]] {
  using stage = new SessionStage((path) => path);
  const { observer, reported } = stage;
  const result = reportStart(FAR, failure, { ...options, observer });
  const reason = result.kind === "unavailable" ? `: ${result.reason}` : "";
  return [`${result.kind}${reason}`, reported.failures];
}

Deno.test("reportStart(): reports a failure, but not while the other protocol may connect", () => {
  const { signal: abandoned } = new AbortController();
  const event = { kind: "failure", message: "far: lost" } as const;
  const failed = { kind: "failed", reason: "lost", event } as const;
  assertEquals(reported(failed, {}), ["failed", ["far: lost"]]);
  assertEquals(reported(failed, { abandoned }), ["unavailable: lost", []]);
  const missing = { kind: "missing", event } as const;
  assertEquals(reported(missing, {}), ["failed", ["far: lost"]]);
  assertEquals(reported(missing, { abandoned }), ["failed", ["far: lost"]]);
  const unavailable = {
    kind: "unavailable",
    reason: "no program",
    isProven: true,
  } as const;
  for (const options of [{}, { abandoned }]) {
    assertEquals(reported(unavailable, options), [
      "unavailable: no program",
      [],
    ]);
  }
});

const JOB: Omit<CopyJob, "interrupted"> = {
  sources: [],
  target: "",
  options: OPTIONS,
  rules: { platform: "posix", servicePort: () => undefined },
};

Deno.test("endSignal(): is aborted by the user and by the other protocol", () => {
  for (const who of ["user", "other protocol"]) {
    const user = new AbortController();
    const other = new AbortController();
    const job = { ...JOB, interrupted: user.signal };
    const signal = endSignal({ job }, { abandoned: other.signal });
    assertEquals(signal.aborted, false);
    (who === "user" ? user : other).abort();
    assert(signal.aborted, who);
    assertEquals(endSignal({ job }, {}), user.signal);
  }
});

Deno.test("pacedChannel(): gives the channel itself without a rate limit", () => {
  const channel = new ScriptedPeer();
  assertEquals(pacedChannel(channel, { pacer: undefined }), channel);
  assert(pacedChannel(channel, { pacer: new Pacer(8000) }) !== channel);
});

Deno.test("startSsh(): reports the command, and throws where ssh does not start", () => {
  using stage = new SessionStage((path) => `${path}/none`);
  const program = stage.context.job.options.ssh.program;
  for (const [isSecond, user] of [[false, undefined], [true, "bob"]] as const) {
    assertThrows(
      () =>
        startSsh(
          {
            location: user === undefined ? FAR : { ...FAR, user },
            program,
            args: [],
            command: "scp -t x",
            service: "scp",
            isSecond,
          },
          { observer: stage.observer },
          stage.interruption.signal,
        ),
      SessionError,
      `${program}: No such file or directory`,
    );
  }
  assertEquals(stage.reported.verboseLines, [
    `Executing: program ${program} host far, user (unspecified), command scp -t x`,
    `Executing: 2nd program ${program} host far, user bob, command scp -t x`,
  ]);
});
