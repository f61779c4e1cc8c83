import { assertEquals } from "@std/assert";
import { systemReason } from "../../../lib/files/system_error.ts";

Deno.test("systemReason() gives the system's words alone", () => {
  const rows: readonly (readonly [message: string, reason: string])[] = [
    ["No such file or directory (os error 2)", "No such file or directory"],
    [
      "No such file or directory (os error 2): open '/x'",
      "No such file or directory",
    ],
    [
      "Permission denied (os error 13): stat 'a (os error 1)'",
      "Permission denied",
    ],
    [
      "The system cannot find the file specified. (os error 2): open 'x'",
      "The system cannot find the file specified",
    ],
    [
      "Failed to spawn '/etc/ssh': Permission denied (os error 13)",
      "Permission denied",
    ],
    [
      "Too many levels of symbolic links (os error 40)",
      "Too many levels of symbolic links",
    ],
  ];
  for (const [message, reason] of rows) {
    assertEquals(systemReason(new Error(message)), reason, message);
  }
});

Deno.test("systemReason() names no option of the runtime's", () => {
  assertEquals(
    systemReason(
      new Deno.errors.NotCapable(
        'Requires all access to "/dev/tty", run again with the --allow-all flag',
      ),
    ),
    "refused by the runtime",
  );
});

Deno.test("systemReason() gives the whole message where no system speaks", () => {
  assertEquals(systemReason(new Error("Bad resource ID")), "Bad resource ID");
  assertEquals(systemReason("torn"), "torn");
  assertEquals(systemReason(undefined), "undefined");
});

Deno.test("systemReason() knows the messages of this runtime", {
  ignore: Deno.build.os === "windows",
}, () => {
  const reasonOf = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      return systemReason(error);
    }
    return "";
  };
  const missing = "/etc/passwd/missing";
  assertEquals(reasonOf(() => Deno.openSync(missing)), "Not a directory");
  assertEquals(reasonOf(() => Deno.statSync(missing)), "Not a directory");
  assertEquals(reasonOf(() => Deno.mkdirSync("/")), "File exists");
  assertEquals(reasonOf(() => Deno.readLinkSync("/")), "Invalid argument");
});
