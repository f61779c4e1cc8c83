import { assertEquals, assertRejects } from "@std/assert";
import { AwaitedResponse } from "../../../lib/sftp/outcomes.ts";

const OK = { kind: "status", code: 0, message: "" } as const;

Deno.test("AwaitedResponse: gives the response, or rejects with the error in place of one", async () => {
  const [answered, lost] = [new AwaitedResponse(), new AwaitedResponse()];
  answered.settle(OK);
  lost.settle(new Error("lost connection"));
  assertEquals(await answered.response, OK);
  await assertRejects(() => lost.response, Error, "lost connection");
});
