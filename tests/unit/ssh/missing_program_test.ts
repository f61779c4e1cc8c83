import { assertEquals } from "@std/assert";
import { mayReportMissingProgram } from "../../../lib/ssh/missing_program.ts";

/** Lines that report a missing program. */
const REPORTS: readonly string[] = [
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

/** Other lines of ssh and shells. */
const OTHERS: readonly string[] = [
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

Deno.test("mayReportMissingProgram(): knows the messages of shells and servers", () => {
  for (const line of REPORTS) {
    assertEquals(mayReportMissingProgram(line, false), true, line);
  }
  for (const line of OTHERS) {
    assertEquals(mayReportMissingProgram(line, false), false, line);
  }
});

Deno.test("mayReportMissingProgram(): knows lines that continue a report", () => {
  for (
    const line of [
      "operable program or batch file.",
      "fish: ",
      "scp -f x",
      "^~~^",
      "hint: ~/git-shell-commands should exist",
      "    + CategoryInfo",
      "",
    ]
  ) {
    assertEquals(mayReportMissingProgram(line, true), true, line);
    assertEquals(mayReportMissingProgram(line, false), false, line);
  }
  assertEquals(mayReportMissingProgram("Welcome", true), false);
});
