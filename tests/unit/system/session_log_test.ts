import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { LibcError } from "../../../lib/system/libc.ts";
import { openLogFile, openSystemLog } from "../../../lib/system/session_log.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

/** Program that listens as the system's log does, and tells one message. */
const LISTENER = `
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
os.write(1, b"ready")
os.write(1, listener.recv(4096))
`;

testUnless(
  lacksLinuxLibrary,
  "openLogFile() adds lines to a file, which it makes for its owner alone",
  () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/log`;
    for (const line of ["one", "two"]) {
      using log = openLogFile(path);
      log.write(line);
    }
    assertMatch(
      Deno.readTextFileSync(path),
      /^\d{4}-\d\d-\d\dT[\d:.]+Z seacp\[\d+\]: one\n.*: two\n$/,
    );
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    assertThrows(() => openLogFile(`${directory.path}/none/log`), LibcError);
  },
);

testUnless(
  lacksLinuxLibrary,
  "openSystemLog() sends a datagram for each line, and fails where nobody listens",
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/socket`;
    assertThrows(() => openSystemLog(path), LibcError);
    const listener = new Deno.Command("python3", {
      args: ["-c", LISTENER, path],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const lines = listener.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    assertEquals((await lines.read()).value, "ready");
    using log = openSystemLog(path);
    log.write("one");
    assertMatch((await lines.read()).value!, /^<38>seacp\[\d+\]: one$/);
    assertEquals((await lines.read()).done, true);
    assertEquals((await listener.status).success, true);
  },
);
