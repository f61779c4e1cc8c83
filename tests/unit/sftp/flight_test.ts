import { assertEquals } from "@std/assert";
import { Flight } from "../../../lib/sftp/flight.ts";
import { turn } from "../../support/turn.ts";

const OK = { kind: "status", code: 0, message: "" } as const;

Deno.test("Flight: gives the outcomes in the order of the requests once all are known", async () => {
  const flight = new Flight(3);
  const [first, second, third] = [0, 1, 2].map((at) => flight.listenerAt(at));
  let outcomes: unknown;
  flight.outcomes.then((all) => outcomes = all);
  const lost = new Error("lost connection");
  third!.reject(lost);
  first!.resolve(OK);
  await turn();
  assertEquals(outcomes, undefined);
  second!.resolve({ ...OK, code: 4 });
  await turn();
  assertEquals(outcomes, [OK, { ...OK, code: 4 }, lost]);
});
