import { assertEquals } from "@std/assert";
import { confusionHint } from "../../../lib/routes/confusion.ts";
import {
  ProtocolError,
  RefusalError,
  SessionError,
  UnexpectedOutputError,
} from "../../../lib/errors.ts";

Deno.test("confusionHint() names --lockstep where a remote breaks the protocol, or says that we do", () => {
  for (
    const error of [
      new ProtocolError('the remote said "?" instead of an acknowledgement'),
      new RefusalError("scp: protocol error: expected control record"),
    ]
  ) {
    assertEquals(
      confusionHint(error, { lockstep: false }),
      ": try --lockstep",
    );
    assertEquals(confusionHint(error, { lockstep: true }), "");
  }
});

Deno.test("confusionHint() is silent where a remote refuses, is lost, or was none", () => {
  for (
    const error of [
      new RefusalError("scp: /x: Permission denied"),
      new SessionError("lost connection"),
      new UnexpectedOutputError('the remote said "Welcome"'),
    ]
  ) assertEquals(confusionHint(error, { lockstep: false }), "");
});
