import { assertEquals } from "@std/assert";
import { statusText } from "../../../../lib/sftp/wire/status.ts";

/** Status, the server's message, and the text shown. */
const ROWS: readonly (readonly [number, string, string])[] = [
  [0, "Success", "No error"],
  [1, "End of file", "End of file"],
  [2, "No such file", "No such file or directory"],
  [3, "Permission denied", "Permission denied"],
  [4, "Failure", "Failure"],
  [5, "Bad message", "Bad message"],
  [6, "No connection", "No connection"],
  [7, "Connection lost", "Connection lost"],
  [8, "Operation unsupported", "Operation not supported"],
  [9, "Unknown error", "status 9"],
  [2 ** 32 - 1, "", "status 4294967295"],
];

Deno.test("statusText(): gives OpenSSH's statuses in the system's words", () => {
  for (const [code, message, text] of ROWS) {
    assertEquals(statusText({ kind: "status", code, message }), text);
  }
});

Deno.test("statusText(): gives the same for a status without a message", () => {
  for (const [code, , text] of ROWS) {
    assertEquals(statusText({ kind: "status", code, message: "" }), text);
  }
});

/** Messages of other servers. */
const WORDS: readonly (readonly [number, string, string])[] = [
  [4, "Quota exceeded", "Quota exceeded"],
  [4, "quota exceeded.", "quota exceeded"],
  [4, " \n", "Failure"],
  [4, "failure.", "Failure"],
  [4, "FAILURE", "Failure"],
  [4, "No such file or directory.", "Failure"],
  [2, "No such file or directory", "No such file or directory"],
  [2, "no such file.", "No such file or directory"],
  [2, "/foo", "No such file or directory (/foo)"],
  [3, "Permission denied.", "Permission denied"],
  [3, "read-only share", "Permission denied (read-only share)"],
  [8, "not supported here", "Operation not supported (not supported here)"],
  [13, "Invalid filename", "status 13 (Invalid filename)"],
];

Deno.test("statusText(): gives a server's message where it says more", () => {
  for (const [code, message, text] of WORDS) {
    assertEquals(
      statusText({ kind: "status", code, message }),
      text,
      JSON.stringify(message),
    );
  }
});
