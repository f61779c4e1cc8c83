import { poll } from "@std/async/poll";
import { assertEquals } from "@std/assert";
import { readLoginState } from "../../../lib/ssh/login_state.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

testUnless(
  lacksLinuxLibrary,
  "readLoginState(): knows nothing of processes that do not exist",
  () => {
    assertEquals(readLoginState(2 ** 30), {
      login: "unknown",
      isPrompting: false,
    });
  },
);

testUnless(
  lacksLinuxLibrary,
  "readLoginState(): sees a prompt of ssh-askpass among the descendants",
  async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/ssh-askpass`, "read answer\n");
    const child = new Deno.Command("sh", {
      args: ["-c", "sh ./ssh-askpass; read answer; :"],
      cwd: directory.path,
      env: { SSH_ASKPASS: "" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const isPrompting = () => readLoginState(child.pid).isPrompting;
    await poll(isPrompting, (is) => is, { interval: 5 });
    const input = child.stdin.getWriter();
    await input.write(new TextEncoder().encode("yes\n"));
    await poll(isPrompting, (is) => !is, { interval: 5 });
    await input.close();
    await child.status;
  },
);
