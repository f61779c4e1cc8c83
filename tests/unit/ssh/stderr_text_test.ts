import { assertEquals } from "@std/assert";
import { encodeName } from "../../../lib/names/name_bytes.ts";
import { mayReportMissingProgram } from "../../../lib/ssh/missing_program.ts";
import { StderrText } from "../../../lib/ssh/stderr_text.ts";

/** One that was given these parts, and each text that it said. */
function hear(
  ...parts: readonly (string | Uint8Array)[]
): { errors: StderrText; shown: string[] } {
  const shown: string[] = [];
  const errors = new StderrText((text) => shown.push(text));
  for (const part of parts) {
    errors.take(typeof part === "string" ? encodeName(part) : part);
  }
  return { errors, shown };
}

const NOT_FOUND = "bash: line 1: scp: command not found\n";

Deno.test("StderrText says lines at once, as they came", () => {
  const { errors, shown } = hear("a\nb\r\nc\udcff\x1b[2J\n", "Welcome!\n");
  assertEquals(shown, ["a\nb\r\nc\udcff\x1b[2J\n", "Welcome!\n"]);
  assertEquals(errors.lines, ["a", "b", "c\udcff\x1b[2J", "Welcome!"]);
});

Deno.test("StderrText puts lines together, whatever the parts", () => {
  const text = "Grüße 😀\nmore\nno end";
  const bytes = encodeName(text);
  for (let at = 0; at <= bytes.length; at++) {
    const { errors, shown } = hear(bytes.subarray(0, at), bytes.subarray(at));
    errors.end();
    assertEquals(shown.join(""), text);
    assertEquals(errors.lines, ["Grüße 😀", "more", "no end"]);
  }
});

Deno.test("StderrText says a line that is not ended after a moment, no half character or line end", async () => {
  const shown: string[] = [];
  const next = Promise.withResolvers<void>();
  const errors = new StderrText((text) => {
    shown.push(text);
    next.resolve();
  });
  errors.take(encodeName("Password for Zoë: "));
  await next.promise;
  errors.take(encodeName("no"));
  errors.take(encodeName("\r"));
  errors.take(encodeName("\nq\n"));
  errors.end();
  assertEquals(shown, ["Password for Zoë: ", "no\r\nq\n"]);
  assertEquals(errors.lines, ["Password for Zoë: no", "q"]);
});

Deno.test("StderrText holds what may tell that a program is missing until it is wanted", () => {
  const { errors, shown } = hear("hello\n" + NOT_FOUND, "bye\n");
  assertEquals(shown, ["hello\n", "bye\n"]);
  errors.showHeld();
  errors.take(encodeName(NOT_FOUND));
  assertEquals(shown, ["hello\n", "bye\n", NOT_FOUND, NOT_FOUND]);
  errors.end();
  assertEquals(errors.lines.length, 4);
});

Deno.test("StderrText drops what was held where nobody wants it", () => {
  const { errors, shown } = hear(NOT_FOUND);
  errors.end();
  assertEquals(shown, []);
});

Deno.test("StderrText keeps a limited number of lines, each of limited length", () => {
  const long = "x".repeat(2047);
  for (const length of [2047, 2048, 2049, 100_000]) {
    const { errors, shown } = hear("x".repeat(length) + "\n");
    assertEquals(errors.lines, ["x".repeat(Math.min(length, 2048))]);
    assertEquals(shown.join("").length, length + 1);
  }
  for (const count of [63, 64, 65, 1000]) {
    const { errors } = hear(...Array(count).fill(`${long}\n`));
    assertEquals(errors.lines.length, Math.min(count, 64));
  }
  const { errors, shown } = hear(...Array(1000).fill("y".repeat(1000)));
  assertEquals(shown.join("").length + 1000 >= 999_000, true);
  errors.end();
  assertEquals(shown.join("").length, 1_000_000);
  assertEquals(errors.lines, ["y".repeat(2048)]);
});

Deno.test("StderrText shows what is more than it holds", () => {
  const { shown } = hear(...Array(10_000).fill(NOT_FOUND));
  assertEquals(shown.length > 5000, true);
});

Deno.test("StderrText knows that a key waits to be touched", () => {
  const ask = "Confirm user presence for key ED25519-SK SHA256:x\r\n";
  const { errors } = hear("hello\n");
  assertEquals(errors.awaitsTouch, false);
  errors.take(encodeName(ask));
  assertEquals(errors.awaitsTouch, true);
  errors.take(encodeName("User presence confirmed\r\n"));
  assertEquals(errors.awaitsTouch, false);
});

const ABSENT: readonly string[] = [
  "bash: line 1: scp: command not found",
  "bash: scp: command not found",
  "rbash: line 1: /usr/bin/scp: restricted: cannot specify `/' in command names",
  "sh: 1: scp: not found",
  "sh: scp: not found",
  "-ash: scp: not found",
  "sh: 1: exec: scp: not found",
  "ksh: scp: not found [No such file or directory]",
  "ksh[1]: scp: inaccessible or not found",
  "zsh:1: command not found: scp",
  "zsh:1: no such file or directory: /usr/lib/sftp-server",
  "scp: Command not found.",
  "fish: Unknown command: scp",
  "bash: line 1: /usr/lib/openssh/sftp-server: No such file or directory",
  "'scp' is not recognized as an internal or external command,",
  "scp : The term 'scp' is not recognized as the name of a cmdlet, function,",
  "scp: The term 'scp' is not recognized as a name of a cmdlet, function,",
  "exec request failed on channel 0",
  "subsystem request failed on channel 0",
  "shell request failed on channel 12",
  "fatal: unrecognized command 'scp -t x'",
  "This service allows sftp connections only.",
  "This account is currently not available.",
];

const OTHER: readonly string[] = [
  "",
  "Warning: Permanently added '[127.0.0.1]:22' (ED25519) to the list of known hosts.",
  "bob@host: Permission denied (publickey).",
  'Load key "/home/bob/.ssh/id": Permission denied',
  "no such identity: /home/bob/.ssh/scp: No such file or directory",
  "ssh: Could not resolve hostname x: Name or service not known",
  "bash: line 3: nvm: command not found",
  "Connection closed by 127.0.0.1 port 22",
  "Welcome to the SCP archive",
  "operable program or batch file.",
  "    + CategoryInfo",
];

Deno.test("mayReportMissingProgram() knows the messages of shells and servers", () => {
  for (const line of ABSENT) {
    assertEquals(mayReportMissingProgram(line, false), true, line);
  }
  for (const line of OTHER) {
    assertEquals(mayReportMissingProgram(line, false), false, line);
  }
});

/** Messages of several lines, all of which are held. */
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

Deno.test("StderrText holds messages of several lines", () => {
  for (const message of LONG) {
    const { errors, shown } = hear(message);
    assertEquals(shown, []);
    errors.showHeld();
    assertEquals(shown, [message]);
  }
});
