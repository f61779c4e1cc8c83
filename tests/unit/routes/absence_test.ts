import { assertEquals } from "@std/assert";
import {
  type EndMeaning,
  meaningOf,
  refusalIn,
  type SilentEnd,
} from "../../../lib/routes/absence.ts";
import { PROTOCOL_NAMES } from "../../../lib/routes/protocol_choice.ts";
import { quoted } from "../../../lib/names/printable.ts";

/** A shell that says nothing of why, and one that does. */
const WORDS = ["first line", "I/O error on line 3"];

/** Statuses and words, and what they mean for SCP. */
const ENDS: readonly (readonly [
  sentence: string,
  end: Pick<SilentEnd, "code" | "said"> & { failure?: string },
  meaning: EndMeaning,
])[] = [
  ["0 without a word is no scp", { code: 0, said: [] }, {
    kind: "absent",
    why: "SCP did not begin: exit status 0",
    isProven: false,
  }],
  ["0 with words is no scp, and they tell why", { code: 0, said: WORDS }, {
    kind: "absent",
    why: 'SCP did not begin: "I/O error on line 3" (exit status 0)',
    isProven: false,
  }],
  ["1 without a word is no scp", { code: 1, said: [] }, {
    kind: "absent",
    why: "SCP did not begin: exit status 1",
    isProven: false,
  }],
  ["1 with words is no scp", { code: 1, said: WORDS }, {
    kind: "absent",
    why: 'SCP did not begin: "I/O error on line 3" (exit status 1)',
    isProven: false,
  }],
  ["2 without a word is no scp", { code: 2, said: [] }, {
    kind: "absent",
    why: "SCP did not begin: exit status 2",
    isProven: false,
  }],
  ["2 with words is no scp", { code: 2, said: WORDS }, {
    kind: "absent",
    why: 'SCP did not begin: "I/O error on line 3" (exit status 2)',
    isProven: false,
  }],
  ["126 proves that there is none", { code: 126, said: [] }, {
    kind: "absent",
    why: "there is no scp (exit status 126)",
    isProven: true,
  }],
  ["127 proves that there is none", {
    code: 127,
    said: ["bash: line 1: scp: command not found"],
  }, {
    kind: "absent",
    why: "there is no scp (exit status 127)",
    isProven: true,
  }],
  ["128 without a word is no scp", { code: 128, said: [] }, {
    kind: "absent",
    why: "SCP did not begin: exit status 128",
    isProven: false,
  }],
  ["git-shell's 128 is no scp", {
    code: 128,
    said: ["fatal: unrecognized command 'scp -f x'"],
  }, {
    kind: "absent",
    why: "SCP did not begin: \"fatal: unrecognized command 'scp -f x'\" " +
      "(exit status 128)",
    isProven: false,
  }],
  ["nologin's 1 is no scp", {
    code: 1,
    said: ["This account is currently not available."],
  }, {
    kind: "absent",
    why: 'SCP did not begin: "This account is currently not available." ' +
      "(exit status 1)",
    isProven: false,
  }],
  ["a host of SFTP connections only proves that there is none", {
    code: 1,
    said: ["This service allows sftp connections only."],
  }, {
    kind: "absent",
    why: 'SCP did not begin: "This service allows sftp connections only." ' +
      "(exit status 1)",
    isProven: true,
  }],
  ["130 is an end from outside", {
    code: 130,
    said: [],
    failure: "the remote ended with exit status 130",
  }, { kind: "failed", why: "the remote ended with exit status 130" }],
  ["130 with words is an end from outside", {
    code: 130,
    said: WORDS,
    failure: "ssh was ended by SIGINT",
  }, { kind: "failed", why: "ssh was ended by SIGINT" }],
  ["255 with words is ssh's own failure", {
    code: 255,
    said: ["ssh: connect to host far port 22: Connection refused"],
    failure: "ssh failed (exit status 255)",
  }, { kind: "failed", why: "ssh failed (exit status 255)" }],
  ["255 without a word may be a request that was refused", {
    code: 255,
    said: [],
    failure: "ssh failed (exit status 255)",
  }, {
    kind: "absent",
    why: "ssh failed (exit status 255)",
    isProven: false,
  }],
  ["a refused exec request proves that there is none", {
    code: 255,
    said: ["exec request failed on channel 0"],
  }, {
    kind: "absent",
    why: "the server refuses it: exec request failed on channel 0",
    isProven: true,
  }],
  ["a refused subsystem proves that there is none", {
    code: 255,
    said: ["Welcome", "subsystem request failed on channel 3", "Bye"],
  }, {
    kind: "absent",
    why: "the server refuses it: subsystem request failed on channel 3",
    isProven: true,
  }],
  ["a refused shell proves that there is none", {
    code: 1,
    said: ["shell request failed on channel 0"],
  }, {
    kind: "absent",
    why: "the server refuses it: shell request failed on channel 0",
    isProven: true,
  }],
  ["zsh finds no match", {
    code: 1,
    said: ["zsh:1: no matches found: /srv/*.x"],
  }, { kind: "no match" }],
  ["csh finds no match", { code: 1, said: ["scp: No match."] }, {
    kind: "no match",
  }],
  ["fish finds no match", {
    code: 124,
    said: [
      "fish: No matches for wildcard '*.x'. See `help wildcards-globbing`.",
      "scp -f *.x",
      "       ^~^",
    ],
  }, { kind: "no match" }],
  ["bash finds no match with failglob", {
    code: 1,
    said: ["bash: line 1: no match: *.x"],
  }, { kind: "no match" }],
  ["no match and no program is no program", {
    code: 127,
    said: ["zsh:1: no matches found: *.x"],
  }, {
    kind: "absent",
    why: "there is no scp (exit status 127)",
    isProven: true,
  }],
];

for (const [sentence, end, meaning] of ENDS) {
  Deno.test(`In a session that never spoke, ${sentence}`, () => {
    assertEquals(meaningOf({ protocol: "scp", ...end }), meaning);
  });
}

Deno.test("The end of a session for SFTP is told as that", () => {
  const rows = [
    [0, [], "SFTP did not begin: exit status 0"],
    [1, ["x"], 'SFTP did not begin: "x" (exit status 1)'],
    [127, [], "there is no SFTP server (exit status 127)"],
    [1, ["sftp only"], 'SFTP did not begin: "sftp only" (exit status 1)'],
  ] as const;
  for (const [code, said, why] of rows) {
    assertEquals(
      meaningOf({ protocol: "sftp", code, said }),
      { kind: "absent", why, isProven: code === 127 },
    );
  }
});

Deno.test("Words of a remote that tell a reason cannot act on a terminal", () => {
  for (const protocol of ["scp", "sftp"] as const) {
    const words = "a\x1b[2Jb";
    const why = `${PROTOCOL_NAMES[protocol]} did not begin: ` +
      `${quoted(words)} (exit status 1)`;
    assertEquals(
      meaningOf({ protocol, code: 1, said: [words] }),
      { kind: "absent", why, isProven: false },
    );
  }
});

/** Words in scp's place that refuse it; proven where they name SFTP. */
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
  Deno.test(`"${words}" refuses scp, ${isProven ? "for good" : "this time"}`, () => {
    assertEquals(
      refusalIn(quoted(words)),
      { why: `scp is refused: the server said ${quoted(words)}`, isProven },
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
  Deno.test(`${quoted(words)} may be said by a shell that starts scp yet`, () => {
    assertEquals(refusalIn(quoted(words)), undefined);
  });
}
