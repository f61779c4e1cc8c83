import { assertEquals } from "@std/assert";
import { confusionHint } from "../../../lib/routes/confusion.ts";
import {
  GreetingError,
  ProtocolError,
  RefusalError,
  SessionError,
} from "../../../lib/errors.ts";

Deno.test("confusionHint() names --lockstep where a far side breaks the protocol, or says that we do", () => {
  for (
    const error of [
      new ProtocolError('the far side said "?" instead of an acknowledgement'),
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

Deno.test("confusionHint() is silent where a far side refuses, is lost, or was none", () => {
  for (
    const error of [
      new RefusalError("scp: /x: Permission denied"),
      new SessionError("lost connection"),
      new GreetingError('the far side said "Welcome"'),
    ]
  ) assertEquals(confusionHint(error, { lockstep: false }), "");
});
