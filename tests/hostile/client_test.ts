/**
 * Clients that want of a remote what it may not do: bytes on the standard
 * input of `seacp -t` and `seacp -f`, as sshd would run it.
 */

import { assertEquals } from "@std/assert";
import { type Outcome, runProgram, SEACP } from "../support/process/program.ts";
import { quoted } from "../support/process/pseudo_terminal.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, makeTree } from "../support/fixtures/tree.ts";

interface Attack {
  readonly name: string;
  readonly args: readonly string[];
  /** Output of the client, for printf(1); nothing follows it. */
  readonly says: string;
  /** All that it is answered; `{here}` is the directory `seacp` runs in. */
  readonly answers: string;
  /** The exit status; 1 if absent. */
  readonly status?: number;
  /** Content of `in` afterwards, besides the directory `kept`. */
  readonly leaves?: readonly string[];
}

/** Names that a shell would run something for. */
const COMMANDS: readonly string[] = [
  "$(touch pwn)",
  "`touch pwn`",
  "; touch pwn",
  "| touch pwn",
  "&& touch pwn",
  "f > pwn",
  '"; touch pwn; "',
  "'; touch pwn; '",
  "-oProxyCommand=touch pwn",
];

/** The same for the format of printf(1). */
function printed(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("%", "%%");
}

function refusedName(letter: "C" | "D", name: string): Attack {
  return {
    name: `the name ${JSON.stringify(name)} for ${letter}`,
    args: ["-r", "-t", "in"],
    says: `${letter}0777 5 ${name}\\nevil\\n\\0E\\n`,
    answers: `\0\x01scp: error: unexpected filename: ${
      name.replace("\\0", "\0")
    }\n`,
  };
}

const NAMES: readonly Attack[] = [
  "",
  ".",
  "..",
  "../evil",
  "../../evil",
  "/evil",
  "kept/evil",
  "kept/..",
  "..\\0",
  "f\\0g",
].flatMap((name) => [refusedName("C", name), refusedName("D", name)]);

const SINKS: readonly Attack[] = [
  {
    name: "the directory above, from inside a directory",
    args: ["-r", "-t", "in"],
    says: "D0755 0 f\\nD0755 0 ..\\nD0755 0 ..\\nC0644 5 evil\\nevil\\n\\0",
    answers: "\0\0\x01scp: error: unexpected filename: ..\n",
    leaves: ["directory 0755 f"],
  },
  {
    name: "the directory itself with another mode, and -p (CVE-2018-20685)",
    args: ["-r", "-p", "-t", "in"],
    says: "D0777 0 .\\nE\\n",
    answers: "\0\x01scp: error: unexpected filename: .\n",
  },
  {
    name: "a directory without -r",
    args: ["-t", "in"],
    says: "D0755 0 f\\n",
    answers: "\0\x01scp: protocol error: received directory without -r\n",
  },
  {
    name: "set-id bits without -p (CVE-2026-35385)",
    args: ["-r", "-t", "in"],
    says: "C6755 1 f\\nx\\0C4711 1 g\\ny\\0D7777 0 d\\nC2755 0 h\\n\\0E\\n",
    answers: "\0".repeat(9),
    status: 0,
    leaves: [
      "directory 0755 d",
      "file 0755 0 d/h",
      "file 0755 1 f",
      "file 0711 1 g",
    ],
  },
  {
    name: "a set-id bit for a file that it sends twice, without -p",
    args: ["-t", "in"],
    says: "C0755 1 f\\nx\\0C4755 1 f\\ny\\0",
    answers: "\0".repeat(5),
    status: 0,
    leaves: ["file 0755 1 f"],
  },
  {
    name: "all mode bits with -p, which are then its user's to have",
    args: ["-r", "-p", "-t", "in"],
    says: "D7777 0 d\\nE\\n",
    answers: "\0".repeat(3),
    status: 0,
    leaves: ["directory 7777 d"],
  },
  {
    name: "that a refused file's bytes are taken for a record",
    args: ["-t", "in"],
    says: "C0644 14 kept\\nC0644 5 ../evil\\nevil\\n\\0",
    answers: "\0\x01scp: in/kept: Is a directory\n" +
      "\x01scp: error: unexpected filename: ../evil\n",
  },
  {
    name: "a file of the greatest size",
    args: ["-t", "in"],
    says: "C0644 9007199254740991 f\\nlittle",
    answers: "\0\0\x01scp: Broken pipe\n",
    leaves: ["file 0644 6 f"],
  },
  {
    name: "a file of a size that there is not",
    args: ["-t", "in"],
    says: "C0644 9223372036854775808 f\\nx\\0",
    answers: "\0\x01scp: protocol error: size out of range\n",
  },
  {
    name: "a record without an end",
    args: ["-t", "in"],
    says: "C0644 1 %09999d",
    answers: "\0\x01scp: protocol error: lost connection\n",
  },
  {
    name: "two targets",
    args: ["-t", "in", "beside"],
    says: "C0644 5 f\\nevil\\n\\0",
    answers: "\x01scp: ambiguous target\n",
  },
  {
    name: "files with the names of commands",
    args: ["-t", "in"],
    says: COMMANDS.map((name) => `C0644 1 ${printed(name)}\\nx\\0`).join(""),
    answers: "\0".repeat(1 + 2 * COMMANDS.length),
    status: 0,
    leaves: COMMANDS.map((name) => `file 0644 1 ${name}`),
  },
  {
    name: "a target with the name of a command",
    args: ["-t", "$(touch pwn)`touch pwn`;touch pwn/f"],
    says: "C0644 5 f\\nevil\\n\\0",
    answers: "\0\x01scp: $(touch pwn)`touch pwn`;touch pwn/f: " +
      "No such file or directory\n" +
      "\x01scp: protocol error: expected control record\n",
  },
];

const SOURCES: readonly Attack[] = [
  {
    name: "files with the names of commands, and patterns",
    args: ["-f", ...COMMANDS.slice(0, 3), "in/k*", "~", "$HOME"],
    says: "\\0",
    answers: [...COMMANDS.slice(0, 3), "in/k*", "~", "$HOME"]
      .map((name) => `\x01scp: ${name}: No such file or directory\n`).join(""),
  },
  {
    name: "to store something instead",
    args: ["-r", "-f", "in"],
    says: "C0644 5 evil\\nevil\\n\\0",
    answers: "",
  },
  {
    name: "to store something in place of the second answer",
    args: ["-r", "-f", "in"],
    says: "\\0C0644 5 evil\\nevil\\n\\0",
    answers: "D0750 0 in\n",
  },
  {
    name: "a directory without -r",
    args: ["-f", "in"],
    says: "\\0",
    answers: "\x01scp: in: not a regular file\n",
  },
  {
    name: "nothing, acknowledged often",
    args: ["-f"],
    says: "\\0\\0\\0\\0\\0\\0\\0\\0",
    answers: "",
    status: 0,
  },
  {
    name: "to go on after it gave up",
    args: ["-f", "beside", "beside"],
    says: "\\0\\002stop\\n\\0\\0\\0",
    answers: "C0600 6 beside\n",
  },
];

async function attack(
  { args, says }: Attack,
  directory: string,
): Promise<Outcome> {
  makeTree(directory, [
    { path: "in/kept/", mode: 0o755 },
    { path: "in/", mode: 0o750 },
    { path: "beside", content: "beside", mode: 0o600 },
  ]);
  const command = [...SEACP, ...args].map(quoted).join(" ");
  return await runProgram(
    ["sh", "-c", `umask 022; printf ${quoted(says)} | ${command}`],
    { cwd: directory },
  );
}

for (const row of [...NAMES, ...SINKS, ...SOURCES]) {
  Deno.test(`hostile clients: a client that wants ${row.name} gets no more than it may`, async () => {
    using directory = new TempDirectory();
    const outcome = await attack(row, directory.path);
    assertEquals(outcome, {
      status: row.status ?? 1,
      stdout: row.answers,
      stderr: "",
    });
    const lines = await describeTree(directory.path, { modes: true });
    const left = lines.map((line) =>
      line.replace(/ [0-9a-f]{64} /, " ")
        .replace(/"(.*)"$/, (text) => JSON.parse(text))
    );
    assertEquals(
      left.toSorted(),
      [
        "file 0600 6 beside",
        "directory 0750 in",
        "directory 0755 in/kept",
        ...(row.leaves ?? []).map((line) =>
          line.replace(/^(directory \d+|file \d+ \d+) /, "$1 in/")
        ),
      ].toSorted(),
    );
  });
}
