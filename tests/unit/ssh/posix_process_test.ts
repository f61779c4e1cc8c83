import { assertEquals } from "@std/assert";
import { signalName } from "../../../lib/ssh/posix_process.ts";

Deno.test("signalName(): gives each system's names, and a number where there is none", () => {
  for (
    const [number, linux, darwin] of [
      [1, "SIGHUP", "SIGHUP"],
      [2, "SIGINT", "SIGINT"],
      [6, "SIGABRT", "SIGABRT"],
      [9, "SIGKILL", "SIGKILL"],
      [10, "SIGUSR1", "SIGBUS"],
      [11, "SIGSEGV", "SIGSEGV"],
      [13, "SIGPIPE", "SIGPIPE"],
      [15, "SIGTERM", "SIGTERM"],
      [24, "SIGXCPU", "SIGXCPU"],
      [31, "SIGSYS", "SIGUSR2"],
      [40, "SIG40", "SIG40"],
    ] as const
  ) {
    assertEquals(signalName(number, "linux"), linux);
    assertEquals(signalName(number, "darwin"), darwin);
    assertEquals(signalName(number, "other"), `SIG${number}`);
  }
});
