import { assert, assertEquals } from "@std/assert";
import { ControlDirectory } from "../../../lib/ssh/control_directory.ts";
import { onWindows } from "../../support/platform.ts";
import { runProgram } from "../../support/process/program.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { exists } from "../../support/fixtures/tree.ts";

const MODULE = new URL(
  "../../../lib/ssh/control_directory.ts",
  import.meta.url,
);

/** Gives what a program prints that makes a directory and may exit at once. */
async function printed(
  env: Readonly<Record<string, string>>,
  rest = "",
): Promise<string> {
  const code = `const { ControlDirectory } = await import("${MODULE}");
    const made = ControlDirectory.make();
    console.log(made?.nextSocket());
    ${rest}`;
  const { stdout } = await runProgram(
    [Deno.execPath(), "eval", "--quiet", code],
    { env: { ...env } },
  );
  return stdout.trim();
}

Deno.test({
  name:
    "ControlDirectory: is the user's alone, and gone when it is disposed of",
  ignore: onWindows,
  fn: () => {
    let directory: string;
    {
      using made = ControlDirectory.make();
      const sockets = [made!.nextSocket(), made!.nextSocket()];
      directory = sockets[0]!.replace(/\/0$/, "");
      assertEquals(sockets, [`${directory}/0`, `${directory}/1`]);
      assertEquals(Deno.statSync(directory).mode! & 0o777, 0o700);
      Deno.writeTextFileSync(sockets[1]!, "");
    }
    assert(!exists(directory));
  },
});

Deno.test({
  name: "ControlDirectory: is gone when the process exits",
  ignore: onWindows,
  fn: async () => {
    using directory = new TempDirectory();
    const env = { XDG_RUNTIME_DIR: directory.path };
    const socket = await printed(env, "Deno.exit(1);");
    assert(socket.startsWith(`${directory.path}/seacp-`), socket);
    assertEquals([...Deno.readDirSync(directory.path)], []);
  },
});

Deno.test({
  name:
    "ControlDirectory: is made where the path of a socket is short and plain",
  ignore: onWindows,
  fn: async () => {
    using directory = new TempDirectory();
    const long = `${directory.path}/${"x".repeat(80)}`;
    const odd = `${directory.path}/%h`;
    const missing = `${directory.path}/missing`;
    Deno.mkdirSync(long);
    Deno.mkdirSync(odd);
    for (const unfit of [long, odd, missing, "relative"]) {
      const socket = await printed({
        XDG_RUNTIME_DIR: unfit,
        TMPDIR: directory.path,
      });
      assert(socket.startsWith(`${directory.path}/seacp-`), socket);
    }
  },
});
