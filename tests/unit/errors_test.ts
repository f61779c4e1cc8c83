import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  asEntryError,
  asFinalError,
  EntryError,
  interruptedMessage,
  isConnectionFailure,
  LimitError,
  ProtocolError,
  RefusalError,
  SessionError,
  TooManyOpenError,
  UnexpectedOutputError,
  UsageError,
  withName,
} from "../../lib/errors.ts";

Deno.test("UsageError: has scp's usual status and no usage, if nothing else is said", () => {
  const { status, showUsage } = new UsageError("x");
  assertEquals([status, showUsage], [1, false]);
});

Deno.test("isConnectionFailure(): knows the errors that end a session", () => {
  for (
    const Kind of [
      ProtocolError,
      LimitError,
      RefusalError,
      UnexpectedOutputError,
      SessionError,
    ]
  ) {
    assertEquals(isConnectionFailure(new Kind("x")), true, Kind.name);
  }
  for (const Kind of [EntryError, TooManyOpenError, UsageError, Error]) {
    assertEquals(isConnectionFailure(new Kind("x")), false, Kind.name);
  }
  assertEquals(isConnectionFailure("x"), false);
});

Deno.test("asFinalError(): throws what another try may cure, and any error that is not an entry's", () => {
  const error = new EntryError("no");
  assertEquals(asFinalError(error), error);
  for (const other of [new TooManyOpenError("full"), new ProtocolError("no")]) {
    assertEquals(assertThrows(() => asFinalError(other), Error), other);
  }
});

Deno.test("asEntryError(): throws any error that is not an entry's", () => {
  const error = new TooManyOpenError("x");
  assertEquals(asEntryError(error), error);
  const failure = new ProtocolError("x");
  assertEquals(
    assertThrows(() => asEntryError(failure), ProtocolError),
    failure,
  );
});

Deno.test("withName(): puts a name before a connection failure, and keeps its class", () => {
  for (const Kind of [ProtocolError, LimitError, SessionError]) {
    const error = new Kind("lost");
    const named = withName("a/b", error);
    assert(named instanceof Kind);
    assertEquals([named.message, named.cause], ["a/b: lost", error]);
  }
});

Deno.test("withName(): changes no message of a peer and no other error", () => {
  for (
    const error of [new RefusalError("x"), new EntryError("x"), new Error("x")]
  ) {
    assertEquals(withName("a", error) === error, true, error.name);
  }
});

Deno.test("interruptedMessage(): takes a loss for the interrupt, and keeps the names", () => {
  for (
    const [message, said] of [
      ["lost connection", "interrupted"],
      [
        "far: a\n: lost connection after 3 of 5 bytes",
        "far: a\n: interrupted after 3 of 5 bytes",
      ],
      ["lost connection: lost connection", "lost connection: interrupted"],
      ["no lost connections", "no lost connections: interrupted"],
    ] as const
  ) {
    assertEquals(interruptedMessage(new SessionError(message)), said);
  }
});
