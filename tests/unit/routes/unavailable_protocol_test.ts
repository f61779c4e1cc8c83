import { assertEquals } from "@std/assert";
import {
  type ExitMeaning,
  meaningOf,
  refusalIn,
  type SilentExit,
} from "../../../lib/routes/unavailable_protocol.ts";
import { PROTOCOL_NAMES } from "../../../lib/routes/protocol_choice.ts";
import { quoted } from "../../../lib/names/printable.ts";

/** A shell that says nothing of reason, and one that does. */
const WORDS = ["first line", "I/O error on line 3"];

/** Exits of a session, and their meanings for SCP. */
const ENDS: readonly (readonly [
  sentence: string,
  end: Pick<SilentExit, "code" | "errorLines">,
  meaning: ExitMeaning,
])[] = [
  ["takes 0 without a line for no scp", { code: 0, errorLines: [] }, {
    kind: "unavailable",
    reason: "SCP did not begin: exit status 0",
    isProven: false,
  }],
  ["takes 0 with lines for no scp, and quotes the last one", {
    code: 0,
    errorLines: WORDS,
  }, {
    kind: "unavailable",
    reason: 'SCP did not begin: "I/O error on line 3" (exit status 0)',
    isProven: false,
  }],
  ["takes 1 without a line for no scp", { code: 1, errorLines: [] }, {
    kind: "unavailable",
    reason: "SCP did not begin: exit status 1",
    isProven: false,
  }],
  ["takes 1 with lines for no scp", { code: 1, errorLines: WORDS }, {
    kind: "unavailable",
    reason: 'SCP did not begin: "I/O error on line 3" (exit status 1)',
    isProven: false,
  }],
  ["takes 2 without a line for no scp", { code: 2, errorLines: [] }, {
    kind: "unavailable",
    reason: "SCP did not begin: exit status 2",
    isProven: false,
  }],
  ["takes 2 with lines for no scp", { code: 2, errorLines: WORDS }, {
    kind: "unavailable",
    reason: 'SCP did not begin: "I/O error on line 3" (exit status 2)',
    isProven: false,
  }],
  [
    "takes 126 for a proof that there is no scp",
    { code: 126, errorLines: [] },
    {
      kind: "unavailable",
      reason: "there is no scp (exit status 126)",
      isProven: true,
    },
  ],
  ["takes 127 for a proof that there is no scp", {
    code: 127,
    errorLines: ["bash: line 1: scp: command not found"],
  }, {
    kind: "unavailable",
    reason: "there is no scp (exit status 127)",
    isProven: true,
  }],
  ["takes 128 without a line for no scp", { code: 128, errorLines: [] }, {
    kind: "unavailable",
    reason: "SCP did not begin: exit status 128",
    isProven: false,
  }],
  ["takes git-shell's 128 for no scp", {
    code: 128,
    errorLines: ["fatal: unrecognized command 'scp -f x'"],
  }, {
    kind: "unavailable",
    reason: "SCP did not begin: \"fatal: unrecognized command 'scp -f x'\" " +
      "(exit status 128)",
    isProven: false,
  }],
  ["takes nologin's 1 for no scp", {
    code: 1,
    errorLines: ["This account is currently not available."],
  }, {
    kind: "unavailable",
    reason: 'SCP did not begin: "This account is currently not available." ' +
      "(exit status 1)",
    isProven: false,
  }],
  ["takes a host of SFTP connections only for a proof", {
    code: 1,
    errorLines: ["This service allows sftp connections only."],
  }, {
    kind: "unavailable",
    reason: 'SCP did not begin: "This service allows sftp connections only." ' +
      "(exit status 1)",
    isProven: true,
  }],
  ["takes 130 for an end from outside", {
    code: 130,
    errorLines: [],
  }, { kind: "failed" }],
  ["takes 130 with lines for an end from outside", {
    code: 130,
    errorLines: WORDS,
  }, { kind: "failed" }],
  ["takes 255 with lines for ssh's own failure", {
    code: 255,
    errorLines: ["ssh: connect to host far port 22: Connection refused"],
  }, { kind: "failed" }],
  ["takes 255 without a line for a refused request", {
    code: 255,
    errorLines: [],
  }, {
    kind: "unavailable",
    reason: "ssh failed (exit status 255)",
    isProven: false,
    wasLost: true,
  }],
  ["takes a refused exec request for a proof", {
    code: 255,
    errorLines: ["exec request failed on channel 0"],
  }, {
    kind: "unavailable",
    reason: "the server refuses it: exec request failed on channel 0",
    isProven: true,
  }],
  ["takes a refused subsystem for a proof", {
    code: 255,
    errorLines: ["Welcome", "subsystem request failed on channel 3", "Bye"],
  }, {
    kind: "unavailable",
    reason: "the server refuses it: subsystem request failed on channel 3",
    isProven: true,
  }],
  ["takes a refused shell for a proof", {
    code: 1,
    errorLines: ["shell request failed on channel 0"],
  }, {
    kind: "unavailable",
    reason: "the server refuses it: shell request failed on channel 0",
    isProven: true,
  }],
  ["reads that zsh finds no match", {
    code: 1,
    errorLines: ["zsh:1: no matches found: /srv/*.x"],
  }, { kind: "no match" }],
  [
    "reads that csh finds no match",
    { code: 1, errorLines: ["scp: No match."] },
    {
      kind: "no match",
    },
  ],
  ["reads that fish finds no match", {
    code: 124,
    errorLines: [
      "fish: No matches for wildcard '*.x'. See `help wildcards-globbing`.",
      "scp -f *.x",
      "       ^~^",
    ],
  }, { kind: "no match" }],
  ["reads that bash finds no match with failglob", {
    code: 1,
    errorLines: ["bash: line 1: no match: *.x"],
  }, { kind: "no match" }],
  ["takes no match without a program for no program", {
    code: 127,
    errorLines: ["zsh:1: no matches found: *.x"],
  }, {
    kind: "unavailable",
    reason: "there is no scp (exit status 127)",
    isProven: true,
  }],
];

for (const [sentence, end, meaning] of ENDS) {
  Deno.test(`meaningOf(): ${sentence}`, () => {
    assertEquals(meaningOf({ protocol: "scp", ...end }), meaning);
  });
}

Deno.test("meaningOf(): names SFTP where that is unavailable", () => {
  const rows = [
    [0, [], "SFTP did not begin: exit status 0"],
    [1, ["x"], 'SFTP did not begin: "x" (exit status 1)'],
    [127, [], "there is no SFTP server (exit status 127)"],
    [1, ["sftp only"], 'SFTP did not begin: "sftp only" (exit status 1)'],
  ] as const;
  for (const [code, errorLines, reason] of rows) {
    assertEquals(
      meaningOf({ protocol: "sftp", code, errorLines }),
      { kind: "unavailable", reason, isProven: code === 127 },
    );
  }
});

Deno.test("meaningOf(): quotes a line of a remote, which cannot act on a terminal", () => {
  for (const protocol of ["scp", "sftp"] as const) {
    const words = "a\x1b[2Jb";
    const reason = `${PROTOCOL_NAMES[protocol]} did not begin: ` +
      `${quoted(words)} (exit status 1)`;
    assertEquals(
      meaningOf({ protocol, code: 1, errorLines: [words] }),
      { kind: "unavailable", reason, isProven: false },
    );
  }
});

/** Output in place of scp that refuses it; proven where it names SFTP. */
const REFUSALS: readonly (readonly [words: string, isProven: boolean])[] = [
  ["This service allows sftp connections only.", true],
  ["Only SFTP is available here", true],
  ["allowed commands: sftp", true],
  ["This account is currently not available.", false],
  ["fatal: unrecognized command 'scp -t x'", false],
  ["Command not permitted", false],
  ["scp is not allowed", false],
  ["Shell access is not permitted on this server", false],
  ["no shell access for you", false],
  ["bash: scp: command not found", false],
  ["'scp' is not recognized as an internal or external command,", false],
  ["not found: scp", false],
];

for (const [words, isProven] of REFUSALS) {
  Deno.test(`refusalIn(): takes "${words}" for a refusal ${isProven ? "of every run" : "of this run"}`, () => {
    assertEquals(
      refusalIn(quoted(words)),
      { reason: `scp is refused: the server said ${quoted(words)}`, isProven },
    );
  });
}

for (
  const words of [
    "",
    "Welcome to far",
    "Last login: Mon Jan  5",
    "You have mail.",
    "Unauthorized access is not permitted.",
    "WARNING: unauthorised use is not allowed and will be prosecuted",
    "Access by others is prohibited and not permitted",
    "stty: standard input: Inappropriate ioctl for device",
    "nvm: command not found",
    "\0",
  ]
) {
  Deno.test(`refusalIn(): takes ${quoted(words)} for a banner`, () => {
    assertEquals(refusalIn(quoted(words)), undefined);
  });
}
