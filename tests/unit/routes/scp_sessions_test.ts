import { assert, assertEquals } from "@std/assert";
import {
  ProtocolError,
  RefusalError,
  SessionError,
  UnexpectedOutputError,
} from "../../../lib/errors.ts";
import type { ScpRequest } from "../../../lib/routes/scp_request.ts";
import {
  type ConnectionFailures,
  type Dialogue,
  ScpSessions,
} from "../../../lib/routes/scp_sessions.ts";
import { peerTest } from "../../support/doors.ts";
import {
  BROKEN,
  BROKEN_REASON,
  FAR,
  OTHER,
  saying,
  script,
  SessionStage,
} from "./session_stage.ts";

/** Gives a dialogue that starts with a failure or none, and does not run. */
function starting(failure?: Error): Dialogue {
  return {
    start: async () => failure instanceof SessionError ? [failure] : undefined,
    run: () => Promise.reject(new Error("not to be run")),
  };
}

/** Gives a dialogue that runs once and ends with these failures. */
function ending(...failures: ConnectionFailures): Dialogue {
  return { start: async () => undefined, run: async () => failures };
}

const SOURCE: ScpRequest = {
  role: "-f",
  location: FAR,
  path: "x",
  targetIsDirectory: false,
};

const SINK: ScpRequest = { ...SOURCE, role: "-t" };

const TWO_SINKS: readonly ScpRequest[] = [SINK, { ...SINK, location: OTHER }];

Deno.test("ScpSessions: finds SCP unavailable where scp ends before or after it is asked to speak", async () => {
  for (const failure of [undefined, new SessionError("lost connection")]) {
    using stage = new SessionStage(saying("no scp here", 3));
    const result = await new ScpSessions(stage.context)
      .connect([SOURCE], starting(failure), {});
    assertEquals(result, {
      kind: "unavailable",
      location: FAR,
      reason: 'SCP did not begin: "no scp here" (exit status 3)',
      isProven: false,
    });
    assertEquals(stage.observer.failures, 0);
  }
});

Deno.test("ScpSessions: reports an unreachable host, but not while the other protocol may connect", async () => {
  using stage = new SessionStage(BROKEN);
  const sessions = new ScpSessions(stage.context);
  const { signal } = new AbortController();
  const fallback = await sessions.connect([SOURCE], starting(), {
    abandoned: signal,
  });
  assertEquals(fallback, {
    kind: "unavailable",
    location: FAR,
    reason: `lost connection${BROKEN_REASON}`,
    isProven: false,
  });
  assertEquals(stage.observer.failures, 0);
  assertEquals(
    await sessions.connect([SOURCE], starting(), {}),
    { kind: "failed" },
  );
  assertEquals(
    stage.reported.lostConnections,
    [`far: lost connection${BROKEN_REASON}`],
  );
  assertEquals(stage.observer.failures, 1);
});

Deno.test("ScpSessions: reports an ssh that does not start, but not while the other protocol may connect", async () => {
  using stage = new SessionStage((path) => `${path}/none`);
  const sessions = new ScpSessions(stage.context);
  const reason = `${stage.path}/ssh/none: No such file or directory`;
  const { signal } = new AbortController();
  assertEquals(
    await sessions.connect([SINK], starting(), { abandoned: signal }),
    { kind: "unavailable", location: FAR, reason, isProven: false },
  );
  assertEquals(
    await sessions.connect([SINK], starting(), {}),
    { kind: "failed" },
  );
  assertEquals(stage.reported.lostConnections, [reason]);
});

Deno.test("ScpSessions: reports a missing source where a remote shell matches nothing", async () => {
  using stage = new SessionStage(saying("zsh:1: no matches found: *.x", 1));
  const result = await new ScpSessions(stage.context)
    .connect([SOURCE], starting(), {});
  assertEquals(result, { kind: "failed" });
  assertEquals(
    stage.reported.failures,
    ["far: x: No such file or directory"],
  );
  assertEquals(stage.observer.hasLostHost, false);
});

/** Gives an ssh that acknowledges the start, then runs the rest of a script. */
function sink(rest: string): (path: string) => string {
  return script(`printf '\\0'\n${rest}\n`);
}

/** Connects to sinks and runs a dialogue that ends with these failures. */
async function runSinks(
  stage: SessionStage,
  dialogue: Dialogue,
  requests: readonly ScpRequest[] = [SINK],
): Promise<unknown> {
  const result = await new ScpSessions(stage.context)
    .connect(requests, dialogue, {});
  assert(result.kind === "connected");
  return await result.run();
}

peerTest(
  "ScpSessions: reports an exit status after a whole dialogue, unless failures explain it",
  ["sh"],
  async () => {
    using stage = new SessionStage(sink("exit 1"));
    await runSinks(stage, ending(undefined));
    assertEquals(
      stage.reported.failures,
      ["far: the remote ended with exit status 1"],
    );
    await runSinks(stage, {
      start: async () => undefined,
      run: async () => {
        stage.observer.report({ kind: "failure", message: "explained" });
        return [undefined];
      },
    });
    assertEquals(stage.reported.failures.slice(1), ["explained"]);
    assertEquals(stage.reported.lostConnections, []);
  },
);

peerTest(
  "ScpSessions: reports a broken protocol of one host, and no exit",
  ["sh"],
  async () => {
    using stage = new SessionStage(sink("exit 3"));
    await runSinks(
      stage,
      ending(new SessionError("lost connection"), new ProtocolError("odd")),
      TWO_SINKS,
    );
    assertEquals(stage.reported.failures, ["other: odd: try --lockstep"]);
  },
);

peerTest(
  "ScpSessions: reports the lost connection of one host, not the exit of the other",
  ["sh"],
  async () => {
    using stage = new SessionStage(sink("exit 3"));
    await runSinks(
      stage,
      ending(undefined, new SessionError("lost connection")),
      TWO_SINKS,
    );
    assertEquals(stage.reported.failures, [
      "other: lost connection: the remote ended with exit status 3",
    ]);
    assertEquals(stage.reported.lostConnections, stage.reported.failures);
  },
);

peerTest(
  "ScpSessions: reports a refusal in scp's own words with -O",
  ["sh"],
  async () => {
    const refusal = new RefusalError("scp: x: Permission denied");
    for (
      const [options, message] of [
        [{}, "far: x: Permission denied"],
        [{ protocol: "scp" }, "scp: x: Permission denied"],
      ] as const
    ) {
      using stage = new SessionStage(sink("exit 1"), options);
      await runSinks(stage, ending(refusal));
      assertEquals(stage.reported.failures, [message]);
    }
  },
);

peerTest(
  "ScpSessions: reports answers that were left over, as a banner and a refusal",
  ["sh"],
  async () => {
    using stage = new SessionStage(sink("printf '\\0\\1scp: full\\n'; exit 1"));
    await runSinks(stage, {
      start: async () => undefined,
      run: async ([scp]) => {
        await scp!.channel.read(1);
        return [undefined];
      },
    });
    assertEquals(stage.reported.failures, ["far: full"]);
    assertEquals(stage.reported.warnings.length, 1);
    assert(stage.reported.warnings[0]!.startsWith("far: the shell said"));
  },
);

peerTest(
  "ScpSessions: finds SCP unavailable where unexpected output refuses it",
  ["sh"],
  async () => {
    using stage = new SessionStage(sink("exit 1"));
    const output = 'the remote said "scp is not allowed"';
    assertEquals(
      await runSinks(stage, ending(new UnexpectedOutputError(output))),
      {
        location: FAR,
        reason: 'scp is refused: the server said "scp is not allowed"',
        isProven: false,
      },
    );
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "ScpSessions: runs a dialogue again behind the banner that broke it",
  ["sh"],
  async () => {
    // The last argument is the command; a marked one begins with `echo MARKER;`.
    using stage = new SessionStage(script(
      "for last; do :; done\n" +
        'echo Welcome\ncase $last in "echo seacp-"*)\n' +
        'marker=${last#echo }; echo "${marker%%;*}"; printf "\\0";; esac\n',
    ));
    let runs = 0;
    const read: string[] = [];
    const dialogue: Dialogue = {
      start: async () => undefined,
      run: async ([scp]) => {
        const [first] = await scp!.channel.read(1);
        read.push(String.fromCharCode(first!));
        return runs++ === 0
          ? [new UnexpectedOutputError('the remote said "Welcome"')]
          : [undefined];
      },
    };
    assertEquals(await runSinks(stage, dialogue), undefined);
    assertEquals(read, ["W", "\0"]);
    assertEquals(stage.reported.failures, []);
    assertEquals(stage.reported.warnings.length, 1);
    assert(stage.reported.warnings[0]!.includes("Welcome"));
  },
);
