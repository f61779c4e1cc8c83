import { assertEquals, assertRejects } from "@std/assert";
import { AwaitedResponse, Flight } from "../../../lib/sftp/outcomes.ts";
import { turn } from "../../support/turn.ts";

const OK = { kind: "status", code: 0, message: "" } as const;

Deno.test("Flight: gives the outcomes in the order of the requests once all are known", async () => {
  const flight = new Flight(3);
  let outcomes: unknown;
  flight.outcomes.then((all) => outcomes = all);
  const lost = new Error("lost connection");
  flight.settle(lost, 2);
  flight.settle(OK, 0);
  await turn();
  assertEquals(outcomes, undefined);
  flight.settle({ ...OK, code: 4 }, 1);
  await turn();
  assertEquals(outcomes, [OK, { ...OK, code: 4 }, lost]);
});

Deno.test("AwaitedResponse: gives the response, or rejects with the error in place of one", async () => {
  const [answered, lost] = [new AwaitedResponse(), new AwaitedResponse()];
  answered.settle(OK);
  lost.settle(new Error("lost connection"));
  assertEquals(await answered.response, OK);
  await assertRejects(() => lost.response, Error, "lost connection");
});
