import type { MendablePoint } from "../../../lib/events/copy_event.ts";
import { assertEquals, assertThrows } from "@std/assert";
import {
  asConnectionFailure,
  type ConnectionFailure,
  LimitError,
  ProtocolError,
  RefusalError,
  SessionError,
  UnexpectedOutputError,
} from "../../../lib/errors.ts";
import {
  asHostMessage,
  type DialogueExit,
  dialogueFailures,
  type FailureEvent,
  isScpMessage,
  type StartExit,
  type StartFailure,
  startFailure,
} from "../../../lib/routes/session_failure.ts";
import { abi } from "../../../lib/system/abi.ts";
import { EPIPE, LibcError } from "../../../lib/system/libc.ts";
import { lacksLibrary } from "../../support/c_library.ts";

const LOST = new SessionError("lost connection");
const ODD = new ProtocolError('the remote said "?" instead of a record');
const BANNER = new UnexpectedOutputError('the remote said "Welcome"');
const DENIED = new RefusalError("scp: x: Permission denied");
const NAMED = new UnexpectedOutputError('far: the remote said "Welcome"', {
  cause: BANNER,
});

const SSH_FAILED = { code: 255, failure: "ssh failed (exit status 255)" };
const KILLED = { code: 137, failure: "ssh was ended by SIGKILL" };
const ONE = { code: 1, failure: "the remote ended with exit status 1" };
const UNREACHABLE = ["ssh: connect to host far port 22: Connection refused"];

function failure(message: string): FailureEvent {
  return { kind: "failure", message };
}

function lost(message: string): FailureEvent {
  return { kind: "failure", message, isConnection: true };
}

/** The same of a connection that a new one may make good. */
function mendable(point: MendablePoint, message: string): FailureEvent {
  return { ...lost(message), mendable: point };
}

function unavailable(reason: string, isProven = false): StartFailure {
  return { kind: "unavailable", reason, isProven };
}

/** SCP, which nobody named, on a host that said nothing. */
const START: StartExit = {
  protocol: "scp",
  location: { kind: "remote", host: "far", path: "x" },
  isNamed: false,
  isInterrupted: false,
  errorLines: [],
};

/** Sessions that did not start, and their meanings. */
const STARTS: readonly (readonly [
  sentence: string,
  failure: ConnectionFailure,
  exit: Partial<StartExit>,
  meaning: StartFailure,
])[] = [
  [
    "an ssh that does not start fails in its own words",
    new SessionError("ssh: No such file or directory", {
      cause: new Error("spawn"),
    }),
    {},
    {
      kind: "failed",
      reason: "ssh: No such file or directory",
      event: lost("ssh: No such file or directory"),
    },
  ],
  [
    "a connection that is lost in a banner fails, and its reason has no host",
    new SessionError("far: lost connection", { cause: LOST }),
    {},
    {
      kind: "failed",
      reason: "lost connection",
      event: lost("far: lost connection"),
    },
  ],
  [
    "a banner that no scp follows is no scp",
    NAMED,
    {},
    unavailable('the remote said "Welcome"'),
  ],
  [
    "a banner that no scp follows is a failure with -O",
    NAMED,
    { isNamed: true },
    {
      kind: "failed",
      reason: 'the remote said "Welcome"',
      event: failure('far: the remote said "Welcome"'),
    },
  ],
  [
    "a protocol error that quotes nothing is a failure",
    new ProtocolError("far: too long", { cause: new LimitError("too long") }),
    {},
    { kind: "failed", reason: "too long", event: failure("far: too long") },
  ],
  [
    "a program that breaks the protocol is no SFTP server",
    new ProtocolError("the remote does not speak SFTP"),
    { protocol: "sftp" },
    unavailable("the remote does not speak SFTP"),
  ],
  [
    "a program that breaks the protocol is no SFTP server with -s",
    new ProtocolError("the remote does not speak SFTP"),
    { protocol: "sftp", isNamed: true },
    unavailable("the remote does not speak SFTP"),
  ],
  [
    "an interruption comes before a broken protocol of SFTP",
    ODD,
    { protocol: "sftp", isInterrupted: true },
    {
      kind: "failed",
      reason: `${ODD.message}: interrupted`,
      event: lost(`far: ${ODD.message}: interrupted`),
    },
  ],
  [
    "a missing program is proven",
    LOST,
    { status: { code: 127, failure: "there is no scp on the remote" } },
    unavailable("there is no scp (exit status 127)", true),
  ],
  [
    "a missing server is proven",
    LOST,
    { protocol: "sftp", status: { code: 127, failure: "no SFTP server" } },
    unavailable("there is no SFTP server (exit status 127)", true),
  ],
  [
    "an interruption comes before a missing program",
    LOST,
    { status: { code: 127, failure: "none" }, isInterrupted: true },
    {
      kind: "failed",
      reason: "interrupted",
      event: lost("far: interrupted"),
    },
  ],
  [
    "an exit of 0 without output is no scp",
    LOST,
    { status: { code: 0 } },
    unavailable("SCP did not begin: exit status 0"),
  ],
  [
    "a pattern without a match is a missing source",
    LOST,
    { status: ONE, errorLines: ["zsh:1: no matches found: x"] },
    {
      kind: "missing",
      event: failure("far: x: No such file or directory"),
    },
  ],
  [
    "a pattern without a match is a lost connection over SFTP",
    LOST,
    {
      protocol: "sftp",
      status: ONE,
      errorLines: ["zsh:1: no matches found: x"],
    },
    {
      kind: "failed",
      reason: `lost connection: ${ONE.failure}`,
      event: lost(`far: lost connection: ${ONE.failure}`),
    },
  ],
  [
    "a host that cannot be reached fails by ssh's status",
    LOST,
    { status: SSH_FAILED, errorLines: UNREACHABLE },
    {
      kind: "failed",
      reason: "lost connection: ssh failed (exit status 255)",
      event: mendable(
        "login",
        "far: lost connection: ssh failed (exit status 255)",
      ),
    },
  ],
  [
    "an interrupted login is not to be tried again",
    LOST,
    { status: SSH_FAILED, errorLines: UNREACHABLE, isInterrupted: true },
    {
      kind: "failed",
      reason: "interrupted",
      event: lost("far: interrupted"),
    },
  ],
  [
    "an ssh that a signal ended fails by its name, over SFTP too",
    LOST,
    { protocol: "sftp", status: KILLED },
    {
      kind: "failed",
      reason: "lost connection: ssh was ended by SIGKILL",
      event: lost("far: lost connection: ssh was ended by SIGKILL"),
    },
  ],
];

for (const [sentence, error, exit, meaning] of STARTS) {
  Deno.test(`startFailure(): ${sentence}`, () => {
    assertEquals(startFailure(error, { ...START, ...exit }), meaning);
  });
}

/** Dialogue over SCP, which nobody named, with one host. */
const DIALOGUE: DialogueExit = {
  protocol: "scp",
  location: { kind: "remote", host: "far", path: "x" },
  isNamed: false,
  isInterrupted: false,
  lockstep: false,
  hasSeveral: false,
  hasReported: false,
};

/** Dialogues that are over, and their messages. */
const DIALOGUES: readonly (readonly [
  sentence: string,
  failure: ConnectionFailure | undefined,
  exit: Partial<DialogueExit>,
  events: readonly FailureEvent[],
])[] = [
  ["a success has none", undefined, { status: { code: 0 } }, []],
  [
    "a broken protocol has a hint",
    ODD,
    {},
    [failure(`far: ${ODD.message}: try --lockstep`)],
  ],
  [
    "a broken protocol has a hint with -O and over SFTP",
    ODD,
    { isNamed: true, protocol: "sftp" },
    [failure(`far: ${ODD.message}: try --lockstep`)],
  ],
  [
    "a broken protocol has no hint in lockstep",
    ODD,
    { lockstep: true },
    [failure(`far: ${ODD.message}`)],
  ],
  [
    "a remote that says the client broke the protocol has a hint",
    new RefusalError("scp: protocol error: expected control record"),
    {},
    [
      failure("far: protocol error: expected control record: try --lockstep"),
    ],
  ],
  [
    "unexpected output has no hint",
    BANNER,
    {},
    [failure('far: the remote said "Welcome"')],
  ],
  [
    "a limit has no hint",
    new LimitError("a record is too long"),
    {},
    [failure("far: a record is too long")],
  ],
  [
    "a refusal is the host's",
    DENIED,
    {},
    [failure("far: x: Permission denied")],
  ],
  [
    "a refusal keeps its words with -O",
    DENIED,
    { isNamed: true },
    [failure("scp: x: Permission denied")],
  ],
  [
    "a refusal of one of two hosts names it with -O",
    DENIED,
    { isNamed: true, hasSeveral: true },
    [failure("far: scp: x: Permission denied")],
  ],
  [
    "a broken protocol names the host with -O",
    BANNER,
    { isNamed: true },
    [failure('far: the remote said "Welcome"')],
  ],
  [
    "a lost connection tells ssh's failure",
    LOST,
    { status: SSH_FAILED },
    [mendable("scp", "far: lost connection: ssh failed (exit status 255)")],
  ],
  [
    "a lost connection tells a status of the remote",
    LOST,
    { status: ONE, hasReported: true },
    [lost("far: lost connection: the remote ended with exit status 1")],
  ],
  [
    "a lost connection without a failure of ssh ended too early",
    LOST,
    { status: { code: 0 } },
    [lost("far: lost connection: the remote ended too early")],
  ],
  [
    "a connection that an interrupt ended was not lost",
    LOST,
    { status: KILLED, isInterrupted: true },
    [lost("far: interrupted")],
  ],
  [
    "a status is a failure after a whole dialogue",
    undefined,
    { status: ONE },
    [failure("far: the remote ended with exit status 1")],
  ],
  [
    "a status of 1 is explained by failures before it",
    undefined,
    { status: ONE, hasReported: true },
    [],
  ],
  [
    "another status is not explained by failures before it",
    undefined,
    { status: { code: 2, failure: "status 2" }, hasReported: true },
    [failure("far: status 2")],
  ],
  [
    "any status is explained by failures of an interrupted copy",
    undefined,
    { status: SSH_FAILED, hasReported: true, isInterrupted: true },
    [],
  ],
  [
    "an interruption explains no status by itself",
    undefined,
    { status: KILLED, isInterrupted: true },
    [failure("far: ssh was ended by SIGKILL")],
  ],
  [
    "a failure of ssh is one of the connection",
    undefined,
    { status: SSH_FAILED },
    [mendable("scp", "far: ssh failed (exit status 255)")],
  ],
  [
    "any status of an SFTP server is a failure of the connection",
    undefined,
    { protocol: "sftp", status: ONE },
    [lost("far: the remote ended with exit status 1")],
  ],
  [
    "a late refusal is the host's, and explains a status of 1",
    undefined,
    { status: ONE, lateRefusal: "scp: x: No space left on device" },
    [failure("far: x: No space left on device")],
  ],
  [
    "a late refusal comes before a status that it does not explain",
    undefined,
    { status: SSH_FAILED, lateRefusal: "scp: x" },
    [failure("far: x"), mendable("scp", "far: ssh failed (exit status 255)")],
  ],
  [
    "a late refusal keeps its words with -O, of two hosts too",
    undefined,
    {
      status: { code: 0 },
      lateRefusal: "scp: x",
      isNamed: true,
      hasSeveral: true,
    },
    [failure("scp: x")],
  ],
];

for (const [sentence, error, exit, events] of DIALOGUES) {
  Deno.test(`dialogueFailures(): ${sentence}`, () => {
    assertEquals(dialogueFailures(error, { ...DIALOGUE, ...exit }), events);
  });
}

const MESSAGES: readonly (readonly [message: string, asHosts: string])[] = [
  ["scp: x: No such file or directory", "far: x: No such file or directory"],
  ["scp: scp: x", "far: scp: x"],
  ["scp:x", "far: scp:x"],
  ["x: Permission denied", "far: x: Permission denied"],
  ["", "far: "],
];

for (const [message, asHosts] of MESSAGES) {
  Deno.test(`asHostMessage(): makes ${JSON.stringify(asHosts)} of ${JSON.stringify(message)}`, () => {
    assertEquals(asHostMessage("far", message), asHosts);
    assertEquals(isScpMessage(message), message.startsWith("scp: "));
  });
}

Deno.test("asConnectionFailure(): gives back what breaks a dialogue, and rethrows all else", () => {
  for (const error of [LOST, ODD, DENIED]) {
    assertEquals(asConnectionFailure(error), error);
  }
  assertThrows(
    () => asConnectionFailure(new TypeError("a mistake")),
    TypeError,
    "a mistake",
  );
});

Deno.test(
  "dialogueFailures(): a connection that a call of ours lost tells the system's reason",
  {
    ignore: lacksLibrary !== undefined,
  },
  () => {
    const messageOf = (code: number) => {
      const inner = new SessionError("lost connection", {
        cause: new LibcError(code),
      });
      const error = new SessionError("f: lost connection", { cause: inner });
      return dialogueFailures(error, { ...DIALOGUE, status: { code: 0 } })
        .map(({ message }) => message);
    };
    const EBADF = 9;
    assertEquals(messageOf(EBADF), [
      "far: f: lost connection: Bad file descriptor",
    ]);
    const early = ["far: f: lost connection: the remote ended too early"];
    assertEquals([EPIPE, abi.ECONNRESET].map(messageOf), [early, early]);
  },
);
