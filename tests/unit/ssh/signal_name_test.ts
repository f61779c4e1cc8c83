import { assertEquals } from "@std/assert";
import { signalName } from "../../../lib/ssh/signal_name.ts";

Deno.test("signalName() gives Linux's names, and a number for what has none", () => {
  for (
    const [number, name] of [
      [1, "SIGHUP"],
      [2, "SIGINT"],
      [6, "SIGABRT"],
      [9, "SIGKILL"],
      [11, "SIGSEGV"],
      [13, "SIGPIPE"],
      [15, "SIGTERM"],
      [24, "SIGXCPU"],
      [31, "SIGSYS"],
      [40, "SIG40"],
    ] as const
  ) {
    assertEquals(signalName(number), name);
  }
});
