import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import { decodeName } from "../../../lib/names/name_bytes.ts";
import {
  runSsh,
  type SessionOptions,
  SshSession,
} from "../../../lib/ssh/session.ts";
import { testUnless } from "../../support/c_library.ts";

const LACKS_SH = Deno.build.os === "windows" ? "no sh" : undefined;

/** Gives the options of a session, and the text that it shows. */
function recorded(
  interrupted: AbortSignal = new AbortController().signal,
): { options: SessionOptions; shown: string[] } {
  const shown: string[] = [];
  const options = {
    interrupted,
    service: "scp",
    onStderr: (text: string) => shown.push(text),
  };
  return { options, shown };
}

function startScript(script: string, options: SessionOptions): SshSession {
  return SshSession.start("sh", ["-c", script], options);
}

Deno.test("start(): throws for a program that does not exist", () => {
  assertThrows(
    () => SshSession.start("/no/such/ssh", [], recorded().options),
    SessionError,
    "/no/such/ssh: No such file or directory",
  );
});

testUnless(
  LACKS_SH,
  "SshSession: moves bytes both ways through its channel",
  async () => {
    const { options } = recorded();
    await using session = startScript("cat", options);
    assertEquals(session.hasOutput, false);
    await session.channel.write(new TextEncoder().encode("hello"));
    await session.channel.flush();
    assertEquals(decodeName(await session.channel.read(5)), "hello");
    assertEquals(session.hasOutput, true);
    const patience = { afterLogin: 0, unseen: 0 };
    assertEquals(await session.awaitFirstOutput(patience), "spoke");
    assertEquals(await session.end({ isWhole: true }), {
      code: 0,
      leftover: "",
      stopped: false,
    });
  },
);

testUnless(
  LACKS_SH,
  "end(): gives the exit status and the beginning of the output left",
  async () => {
    const { options } = recorded();
    const script = "printf bye; head -c 5000 /dev/zero | tr '\\0' x; exit 3";
    await using session = startScript(script, options);
    assertEquals(await session.end({ isWhole: true }), {
      code: 3,
      failure: "the remote ended with exit status 3",
      leftover: "bye" + "x".repeat(2045),
      stopped: false,
    });
  },
);

testUnless(
  LACKS_SH,
  "end(): stops a program that outlives its time or prints too much",
  async () => {
    for (
      const [script, end] of [
        ["exec sleep 600", { isWhole: false, graceMilliseconds: 1 }],
        ["exec cat /dev/zero", { isWhole: true }],
      ] as const
    ) {
      const { options } = recorded();
      await using session = startScript(script, options);
      const { stopped, code } = await session.end(end);
      assertEquals([stopped, code], [true, 143]);
    }
  },
);

testUnless(
  LACKS_SH,
  "SshSession: stops its program once interrupted",
  async () => {
    const interrupted = new AbortController();
    const { options } = recorded(interrupted.signal);
    await using session = startScript("exec sleep 600", options);
    interrupted.abort();
    const { failure } = await session.end({ isWhole: true });
    assertEquals(failure, "ssh was ended by SIGTERM");
  },
);

testUnless(
  LACKS_SH,
  "showHeld(): shows reports of a missing program, else they are dropped",
  async () => {
    const report = "sh: 1: scp: not found\n";
    for (const isShown of [false, true]) {
      const { options, shown } = recorded();
      const script = `echo hello >&2; printf '${report}' >&2; exit 127`;
      await using session = startScript(script, options);
      const { failure } = await session.end({ isWhole: false });
      if (isShown) session.showHeld();
      assertEquals(failure, "there is no scp on the remote (exit status 127)");
      assertEquals(session.stderrLines, ["hello", "sh: 1: scp: not found"]);
      assertEquals(shown.join(""), isShown ? `hello\n${report}` : "hello\n");
    }
  },
);

testUnless(
  LACKS_SH,
  "runSsh(): shows standard error and gives the exit status",
  async () => {
    const { options, shown } = recorded();
    const script = "echo 'sh: 1: scp: not found' >&2; exit 4";
    assertEquals(await runSsh("sh", ["-c", script], options), {
      code: 4,
      failure: "the remote ended with exit status 4",
    });
    assertEquals(shown.join(""), "sh: 1: scp: not found\n");
  },
);

Deno.test("runSsh(): throws for a program that does not exist", async () => {
  await assertRejects(
    () => runSsh("/no/such/ssh", [], recorded().options),
    SessionError,
    "/no/such/ssh: No such file or directory",
  );
});
