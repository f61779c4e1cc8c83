import { assertEquals } from "@std/assert";
import { testUnless } from "../../support/c_library.ts";
import { writeScript } from "../../support/doors.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import {
  findInPath,
  outputOf,
  pathsOf,
  succeeds,
  versionOf,
} from "../../../lib/ssh/program.ts";

Deno.test("pathsOf(): gives the paths that a program may have, in order", () => {
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

Deno.test("findInPath(): finds programs of the PATH alone", () => {
  const program = Deno.build.os === "windows" ? "cmd" : "sh";
  assertEquals(findInPath(program) === undefined, false);
  assertEquals(findInPath("no-such-program"), undefined);
});

Deno.test("succeeds(): gives false for a failure and for a program that does not exist", async () => {
  const deno = Deno.execPath();
  assertEquals(await succeeds(deno, ["eval", "Deno.exit(0)"]), true);
  assertEquals(await succeeds(deno, ["eval", "Deno.exit(1)"]), false);
  assertEquals(await succeeds("/no/such/program", []), false);
  const script = "Deno.exit(Number(Deno.env.get('X')))";
  assertEquals(await succeeds(deno, ["eval", script], { X: "0" }), true);
});

Deno.test("outputOf(): gives the output of a program that succeeds", async () => {
  const deno = Deno.execPath();
  const print = (code: number) => [
    "eval",
    `console.log("caf\u00e9"); Deno.exit(${code})`,
  ];
  assertEquals(await outputOf(deno, print(0)), "caf\u00e9\n");
  assertEquals(await outputOf(deno, print(1)), undefined);
  assertEquals(await outputOf("/no/such/program", []), undefined);
});

testUnless(
  Deno.build.os === "windows" ? "no sh" : undefined,
  "versionOf(): gives the first line on standard error",
  () => {
    using directory = new TempDirectory();
    const program = writeScript(
      `${directory.path}/ssh`,
      'echo out; echo "$1 9.2p1" >&2; echo more >&2\n',
    );
    assertEquals(versionOf(program), "-V 9.2p1");
    assertEquals(versionOf(`${directory.path}/none`), undefined);
  },
);
