import { assertEquals } from "@std/assert";
import { findInPath, pathsOf } from "../../../lib/ssh/program.ts";

Deno.test("pathsOf() gives the paths that a program may have, in order", () => {
  const unix = { path: "/usr/bin:/bin", extensions: ".EXE" };
  for (const os of ["linux", "darwin"]) {
    assertEquals(pathsOf("ssh", { os, ...unix }), ["/usr/bin/ssh", "/bin/ssh"]);
  }
  const path = "C:\\Windows\\System32\\OpenSSH;D:\\bin";
  const onWindows = (program: string, extensions: string) =>
    pathsOf(program, { os: "windows", path, extensions });
  assertEquals(onWindows("ssh", ".COM;.EXE;"), [
    "C:\\Windows\\System32\\OpenSSH\\ssh.com",
    "C:\\Windows\\System32\\OpenSSH\\ssh.exe",
    "D:\\bin\\ssh.com",
    "D:\\bin\\ssh.exe",
  ]);
  assertEquals(onWindows("ssh.exe", ".COM;.EXE"), [
    "C:\\Windows\\System32\\OpenSSH\\ssh.exe",
    "D:\\bin\\ssh.exe",
  ]);
  assertEquals(onWindows("ssh", "").slice(0, 4), [
    "C:\\Windows\\System32\\OpenSSH\\ssh.com",
    "C:\\Windows\\System32\\OpenSSH\\ssh.exe",
    "C:\\Windows\\System32\\OpenSSH\\ssh.bat",
    "C:\\Windows\\System32\\OpenSSH\\ssh.cmd",
  ]);
});

Deno.test("findInPath() finds a program, and none that is not there", () => {
  const program = Deno.build.os === "windows" ? "cmd" : "sh";
  assertEquals(findInPath(program) === undefined, false);
  assertEquals(findInPath("no-such-program"), undefined);
});
