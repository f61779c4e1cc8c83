import { assertEquals } from "@std/assert";
import { systemReason } from "../../../lib/system/system_error.ts";
import { ownPlatform } from "../../../lib/system/own_platform.ts";
import { onWindows } from "../../support/platform.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const NO_SUCH_FILE = "No such file or directory";

Deno.test("systemReason(): gives the system's words alone", () => {
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
      "Failed to spawn '/etc/ssh': Permission denied (os error 13)",
      "Permission denied",
    ],
    ["Failed to spawn 'C:\\none': File not found", "File not found"],
    [
      "Too many levels of symbolic links (os error 40)",
      "Too many levels of symbolic links",
    ],
  ];
  for (const [message, reason] of rows) {
    assertEquals(systemReason(new Error(message), "posix"), reason, message);
  }
});

Deno.test("systemReason(): names no option of the runtime's", () => {
  assertEquals(
    systemReason(
      new Deno.errors.NotCapable(
        'Requires all access to "/dev/tty", run again with the --allow-all flag',
      ),
      "posix",
    ),
    "refused by the runtime",
  );
});

Deno.test("systemReason(): gives the whole message where no system speaks", () => {
  assertEquals(
    systemReason(new Error("Bad resource ID"), "posix"),
    "Bad resource ID",
  );
  assertEquals(systemReason("torn", "posix"), "torn");
  assertEquals(systemReason(undefined, "posix"), "undefined");
});

Deno.test("systemReason(): says on Windows what other systems say", () => {
  const rows: readonly (readonly [message: string, reason: string])[] = [
    [
      "The system cannot find the file specified. (os error 2): open 'x'",
      "No such file or directory",
    ],
    [
      "Das System kann den angegebenen Pfad nicht finden. (os error 3)",
      "No such file or directory",
    ],
    ["Access is denied. (os error 5): open 'x'", "Permission denied"],
    ["The file exists. (os error 80)", "File exists"],
    [
      "There is not enough space on the disk. (os error 112)",
      "No space left on device",
    ],
    [
      "The filename, directory name, or volume label syntax is incorrect. (os error 123): stat 'a*b'",
      "No such file or directory",
    ],
    [
      "Cannot create a file when that file already exists. (os error 183): mkdir 'x'",
      "File exists",
    ],
    [
      "The filename or extension is too long. (os error 206)",
      "File name too long",
    ],
    [
      "The directory name is invalid. (os error 267): readdir 'f'",
      "Not a directory",
    ],
    [
      "A required privilege is not held by the client. (os error 1314): symlink 'a' -> 'b'",
      "Permission denied",
    ],
  ];
  for (const [message, reason] of rows) {
    assertEquals(systemReason(new Error(message), "windows"), reason, message);
  }
});

Deno.test("systemReason(): leaves Windows its words where no other system has such", () => {
  const words =
    "The process cannot access the file because it is being used by another process";
  assertEquals(
    systemReason(new Error(`${words}. (os error 32): open 'x'`), "windows"),
    words,
  );
});

Deno.test("systemReason(): knows the messages of this runtime", () => {
  using directory = new TempDirectory();
  const file = `${directory.path}/f`;
  Deno.writeTextFileSync(file, "");
  const reasonOf = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      return systemReason(error, ownPlatform);
    }
    return "";
  };
  const missing = `${directory.path}/missing`;
  assertEquals(reasonOf(() => Deno.openSync(missing)), NO_SUCH_FILE);
  assertEquals(reasonOf(() => Deno.statSync(`${missing}/f`)), NO_SUCH_FILE);
  assertEquals(reasonOf(() => Deno.mkdirSync(file)), "File exists");
  assertEquals(reasonOf(() => Deno.mkdirSync(directory.path)), "File exists");
  assertEquals(reasonOf(() => [...Deno.readDirSync(file)]), "Not a directory");
  if (!onWindows) {
    assertEquals(reasonOf(() => Deno.readLinkSync("/")), "Invalid argument");
  }
});
