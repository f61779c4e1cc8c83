import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { exitStatusOf } from "../../../lib/ssh/exit_status.ts";
import type { ProcessEnd } from "../../../lib/ssh/spawner.ts";
import { turn } from "../../support/turn.ts";

function processWith(end: ProcessEnd): { ended: Promise<ProcessEnd> } {
  return { ended: Promise.resolve(end) };
}

Deno.test("exitStatusOf(): describes every failure, and no success", async () => {
  const interrupted = AbortSignal.abort();
  for (
    const [code, signal, failure] of [
      [0, null, undefined],
      [1, null, "the remote ended with exit status 1"],
      [127, null, "there is no SFTP server on the remote (exit status 127)"],
      [255, null, "ssh failed (exit status 255)"],
      [143, "SIGTERM", "ssh was ended by SIGTERM"],
    ] as const
  ) {
    const process = processWith({ code, signal });
    assertEquals(
      await exitStatusOf(process, interrupted, "SFTP server"),
      failure === undefined ? { code } : { code, failure },
    );
  }
});

Deno.test("exitStatusOf(): waits a moment for a Ctrl-C that may have ended ssh", async () => {
  for (
    const [end, waits] of [
      [{ code: 255, signal: null }, true],
      [{ code: 130, signal: "SIGINT" }, true],
      [{ code: 1, signal: null }, false],
    ] as const
  ) {
    using time = new FakeTime();
    let isDone = false;
    const status = exitStatusOf(
      processWith(end),
      new AbortController().signal,
      "scp",
    ).then(() => isDone = true);
    await turn();
    assertEquals(isDone, !waits);
    time.tick(100);
    await status;
  }
});

Deno.test("exitStatusOf(): waits no longer once the Ctrl-C is noticed", async () => {
  using _time = new FakeTime();
  const interrupted = new AbortController();
  const status = exitStatusOf(
    processWith({ code: 255, signal: null }),
    interrupted.signal,
    "scp",
  );
  await turn();
  interrupted.abort();
  assertEquals((await status).code, 255);
});
