/**
 * Copies between two hosts, one of which is an enemy of the other: shell
 * scripts in the place of ssh, against the whole program.
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { writeScript } from "../support/doors.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists } from "../support/fixtures/tree.ts";

interface Attack {
  readonly name: string;
  readonly args?: readonly string[];
  /** Output of the source, for printf(1); then it reads all answers. */
  readonly sends: string;
  /** Output of the target; acknowledgements without end if absent. */
  readonly answers?: string;
  /** Expected message; nothing for a copy that ends well. */
  readonly says: string;
  /** All that the target is told. */
  readonly told: string;
}

const REFUSED_NAME = "from: error: unexpected filename: ";
const NOT_ASKED_FOR = "from: protocol error: filename does not match request: ";

const attacks: readonly Attack[] = [
  ...["..", "../evil", "/evil", "f/../../evil", ".", ""].flatMap((name) =>
    ["C", "D"].map((letter) => ({
      name: `the name ${JSON.stringify(name)} for ${letter}`,
      args: ["-3", "-r", "-T"],
      sends: `${letter}0777 5 ${name}\\nevil\\n\\0E\\n`,
      says: REFUSED_NAME + name,
      told: "",
    }))
  ),
  {
    name: "a name with a NUL in it",
    sends: "C0644 5 f\\0/../evil\\nevil\\n\\0",
    says: `${REFUSED_NAME}f\\000/../evil`,
    told: "",
  },
  {
    name: "the directory above, in a directory that was asked for",
    args: ["-3", "-r"],
    sends: "D0755 0 f\\nD0777 0 ..\\nC0644 5 evil\\nevil\\n\\0E\\nE\\n",
    says: `${REFUSED_NAME}..`,
    told: "D0755 0 f\n",
  },
  {
    name: "a file nobody asked for (CVE-2019-6111)",
    sends: "C0644 5 .bashrc\\nevil\\n\\0",
    says: `${NOT_ASKED_FOR}from sent .bashrc for f`,
    told: "",
  },
  {
    name: "a directory nobody asked for, with -r (CVE-2019-6111)",
    args: ["-3", "-r"],
    sends: "D0755 0 f\\nE\\nD0755 0 .ssh\\nE\\n",
    says: `${NOT_ASKED_FOR}from sent .ssh for f`,
    told: "D0755 0 f\nE\n",
  },
  {
    name: "a directory without -r",
    sends: "D0755 0 f\\nE\\n",
    says: "from: protocol error: received directory without -r",
    told: "",
  },
  {
    name: "a file's bytes although it was refused, which look like a record",
    sends: "C0644 100000 f\\nC0644 5 .bashrc\\nevil\\n\\0",
    answers: "\\0\\001scp: f: Is a directory\\n",
    says: `${NOT_ASKED_FOR}from sent .bashrc for f`,
    told: "C0644 100000 f\n",
  },
  {
    name: "terminal escapes (CVE-2019-6109)",
    sends: "\\001scp: \\033[2K\\rall is well\\n",
    says: "from: scp: \\033[2K\\015all is well",
    told: "",
  },
  {
    name: "a shell's words, with terminal escapes",
    sends: "\\033[2K\\rWelcome\\n",
    says: 'the remote said "\\033[2K\\015Welcome" instead of a record',
    told: "",
  },
  {
    name: "E alone",
    sends: "E\\n",
    says: "the remote ended a directory that it did not begin",
    told: "",
  },
  {
    name: "a size that there is not",
    sends: "C0644 9223372036854775808 f\\nx\\0",
    says: "from: protocol error: size out of range",
    told: "",
  },
  {
    name: "less than it announced",
    sends: "C0644 9007199254740991 f\\nlittle",
    says: "from: f: lost connection after 6 of 9007199254740991 bytes",
    told: "C0644 9007199254740991 f\nlittle",
  },
  {
    name: "what a target answers with terminal escapes",
    sends: "C0644 1 f\\nx\\0",
    answers: "\\0\\001scp: \\033]0;evil\\007\\n",
    says: "to: scp: \\033]0;evil\\007",
    told: "C0644 1 f\n",
  },
  {
    name: "what a target wants to send itself",
    sends: "C0644 1 f\\nx\\0",
    answers: "\\0C0644 5 f\\nevil\\n\\0",
    says: 'the remote said "C0644 5 f\\012evil\\012\\000" instead of an ' +
      "acknowledgement",
    told: "C0644 1 f\n",
  },
];

async function attack(
  { args = ["-3"], sends, answers }: Attack,
  directory: string,
  protocol: readonly string[],
): Promise<Outcome> {
  const answer = answers === undefined
    ? "cat /dev/zero &"
    : `printf '${answers}'; exec >&-`;
  const program = writeScript(
    `${directory}/ssh`,
    `for last; do :; done
case $last in
sftp) exit 1 ;;
*-f*) printf '${sends}'; exec >&-; cat > /dev/null ;;
*) exec 3<&0; ${answer} cat <&3 >> "${directory}/told"; kill $! 2> /dev/null ;;
esac
`,
  );
  return await seacp(
    [...protocol, "-S", program, ...args, "from:f", "to:d"],
    { cwd: directory },
  );
}

/** Expects that an attack did no harm to the other host, nor to this one. */
function assertKeptApart({ told }: Attack, directory: string): void {
  const path = `${directory}/told`;
  assertEquals(exists(path) ? Deno.readTextFileSync(path) : "", told);
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  assertEquals(names.filter((name) => !/^(ssh|told)$/.test(name)), []);
}

for (const row of attacks) {
  Deno.test(`A relay between enemies keeps them apart: ${row.name}`, async () => {
    using directory = new TempDirectory();
    const outcome = await attack(row, directory.path, ["-O"]);
    assertEquals([outcome.status, outcome.stdout], [1, ""], outcome.stderr);
    assertStringIncludes(outcome.stderr, row.says);
    assertEquals(/[^\n\x20-\x7e…]/.test(outcome.stderr), false, outcome.stderr);
    assertKeptApart(row, directory.path);
  });

  Deno.test(`So it does where it may go over to SFTP: ${row.name}`, async () => {
    using directory = new TempDirectory();
    const { status, stdout, stderr } = await attack(row, directory.path, []);
    assert(status === 1 || status === 255, `${status}: ${stderr}`);
    assertMatch(stderr, /^seacp: [\n\x20-\x7e…]+$/);
    assertEquals(stdout, "");
    assertKeptApart(row, directory.path);
  });
}
