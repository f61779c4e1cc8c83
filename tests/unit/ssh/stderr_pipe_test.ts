import { assertEquals } from "@std/assert";
import { decodeName } from "../../../lib/names/name_bytes.ts";
import { startProcess } from "../../../lib/ssh/posix_process.ts";
import { StderrPipe } from "../../../lib/ssh/stderr_pipe.ts";
import { close, makePipe } from "../../../lib/system/descriptors.ts";
import { lacksLibrary, testUnless } from "../../support/c_library.ts";

/** Runs a shell script and gives everything it wrote to standard error. */
async function stderrOf(script: string): Promise<string> {
  let text = "";
  const stderr = new StderrPipe((bytes) => text += decodeName(bytes));
  const input = makePipe(4096);
  const { ended } = startProcess(["sh", "-c", script], {
    input: input.readEnd,
    output: stderr.writeEnd,
    error: stderr.writeEnd,
  });
  for (const fd of [input.readEnd, input.writeEnd]) close(fd);
  await stderr.listenUntil(ended);
  return text;
}

testUnless(
  lacksLibrary,
  "StderrPipe: hands on everything before the end of the program",
  async () => {
    assertEquals(await stderrOf("exit 0"), "");
    assertEquals(await stderrOf("echo hello >&2; exit 3"), "hello\n");
    const script = "head -c 300000 /dev/zero | tr '\\0' x >&2; echo . >&2";
    assertEquals(await stderrOf(script), "x".repeat(300_000) + ".\n");
  },
);

testUnless(
  lacksLibrary,
  "StderrPipe: does not wait for a child that holds standard error",
  async () => {
    const text = await stderrOf("sleep 600 & echo $!");
    Deno.kill(Number(text), "SIGKILL");
    assertEquals(text.endsWith("\n"), true);
  },
);
