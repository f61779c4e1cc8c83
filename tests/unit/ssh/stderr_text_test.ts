import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { encodeName } from "../../../lib/names/name_bytes.ts";
import { StderrText } from "../../../lib/ssh/stderr_text.ts";

/** Gives a text made of these parts, and everything it showed. */
function take(
  ...parts: readonly (string | Uint8Array)[]
): { stderr: StderrText; shown: string[] } {
  const shown: string[] = [];
  const stderr = new StderrText((text) => shown.push(text));
  for (const part of parts) {
    stderr.take(typeof part === "string" ? encodeName(part) : part);
  }
  return { stderr, shown };
}

const NOT_FOUND = "bash: line 1: scp: command not found\n";

Deno.test("StderrText: shows lines at once, unchanged", () => {
  const { stderr, shown } = take("a\nb\r\nc\udcff\x1b[2J\n", "Welcome!\n");
  assertEquals(shown, ["a\nb\r\nc\udcff\x1b[2J\n", "Welcome!\n"]);
  assertEquals(stderr.lines, ["a", "b", "c\udcff\x1b[2J", "Welcome!"]);
});

Deno.test("StderrText: joins lines from any parts", () => {
  const text = "Grüße 😀\nmore\nno end";
  const bytes = encodeName(text);
  for (let at = 0; at <= bytes.length; at++) {
    const { stderr, shown } = take(bytes.subarray(0, at), bytes.subarray(at));
    stderr.end();
    assertEquals(shown.join(""), text);
    assertEquals(stderr.lines, ["Grüße 😀", "more", "no end"]);
  }
});

Deno.test("StderrText: shows an unfinished line after a moment, without half characters", () => {
  using time = new FakeTime();
  const { stderr, shown } = take("Password for Zo\u00eb: ");
  time.tick(99);
  assertEquals(shown, []);
  time.tick(1);
  assertEquals(shown, ["Password for Zo\u00eb: "]);
  stderr.take(encodeName("no"));
  stderr.take(encodeName("\r"));
  stderr.take(encodeName("\nq\n"));
  stderr.end();
  assertEquals(shown, ["Password for Zoë: ", "no\r\nq\n"]);
  assertEquals(stderr.lines, ["Password for Zoë: no", "q"]);
});

Deno.test("StderrText: holds reports of a missing program until they are wanted", () => {
  const { stderr, shown } = take("hello\n" + NOT_FOUND, "bye\n");
  assertEquals(shown, ["hello\n", "bye\n"]);
  stderr.showHeld();
  stderr.take(encodeName(NOT_FOUND));
  assertEquals(shown, ["hello\n", "bye\n", NOT_FOUND, NOT_FOUND]);
  stderr.end();
  assertEquals(stderr.lines.length, 4);
});

Deno.test("StderrText: drops held lines that are not wanted", () => {
  const { stderr, shown } = take(NOT_FOUND);
  stderr.end();
  assertEquals(shown, []);
});

Deno.test("StderrText: keeps a limited number of lines, each of limited length", () => {
  const long = "x".repeat(2047);
  for (const length of [2047, 2048, 2049, 100_000]) {
    const { stderr, shown } = take("x".repeat(length) + "\n");
    assertEquals(stderr.lines, ["x".repeat(Math.min(length, 2048))]);
    assertEquals(shown.join("").length, length + 1);
  }
  for (const count of [63, 64, 65, 1000]) {
    const { stderr } = take(...Array(count).fill(`${long}\n`));
    assertEquals(stderr.lines.length, Math.min(count, 64));
  }
  const { stderr, shown } = take(...Array(1000).fill("y".repeat(1000)));
  assertEquals(shown.join("").length + 1000 >= 999_000, true);
  stderr.end();
  assertEquals(shown.join("").length, 1_000_000);
  assertEquals(stderr.lines, ["y".repeat(2048)]);
});

Deno.test("StderrText: shows more lines than it holds", () => {
  const { shown } = take(...Array(10_000).fill(NOT_FOUND));
  assertEquals(shown.length > 5000, true);
});

Deno.test("StderrText: knows that a key wants to be touched", () => {
  const prompt = "Confirm user presence for key ED25519-SK SHA256:x\r\n";
  const { stderr } = take("hello\n");
  assertEquals(stderr.awaitsTouch, false);
  stderr.take(encodeName(prompt));
  assertEquals(stderr.awaitsTouch, true);
  stderr.take(encodeName("User presence confirmed\r\n"));
  assertEquals(stderr.awaitsTouch, false);
});

/** Reports of several lines, all of which are held. */
const LONG: readonly string[] = [
  "fish: Unknown command: scp\nfish: \nscp -f x\n^~^\n",
  "'scp' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
  "fatal: unrecognized command 'scp -t x'\nhint: ~/git-shell-commands should exist\n",
  "scp : The term 'scp' is not recognized as the name of a cmdlet, function,\r\n" +
  "script file, or operable program. Check the\r\n" +
  "spelling of the name, or if a path was included,\r\n" +
  "verify that the path is correct and try again.\r\n" +
  "At line:1 char:1\r\n+ scp -t x\r\n+ ~~~\r\n" +
  "    + CategoryInfo          : ObjectNotFound: (scp:String) [], CommandNotFoundException\r\n" +
  "    + FullyQualifiedErrorId : CommandNotFoundException\r\n \r\n",
];

Deno.test("StderrText: holds reports of several lines", () => {
  for (const message of LONG) {
    const { stderr, shown } = take(message);
    assertEquals(shown, []);
    stderr.showHeld();
    assertEquals(shown, [message]);
  }
});
