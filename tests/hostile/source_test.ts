/**
 * Sources that send what was not asked for, or not all of it: shell scripts in
 * the place of ssh, against the whole program.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TempFolder } from "../support/temp_folder.ts";
import { writeScript } from "../support/doors.ts";
import { type Outcome, seacp } from "../support/program.ts";
import { describeTree } from "../support/tree.ts";

interface Attack {
  readonly name: string;
  /** What the far side prints, for printf(1); then it reads all answers. */
  readonly sends: string;
  readonly args: readonly string[];
  /** What must be said, as one line of several perhaps. */
  readonly says: string;
  /** What there is afterwards, besides the folder `in` with `kept` in it. */
  readonly leaves?: readonly string[];
}

const REFUSED_NAME = "error: unexpected filename: ";
const NOT_ASKED_FOR = "protocol error: filename does not match request";

const attacks: readonly Attack[] = [
  {
    name: "a name that leads out (CVE-2000-0992)",
    sends: "C0644 5 ../evil\\nevil\\n\\0",
    args: ["far:f", "in"],
    says: `${REFUSED_NAME}../evil`,
  },
  {
    name: "an absolute name (CVE-2004-0175)",
    sends: "C0644 5 /tmp/evil\\nevil\\n\\0",
    args: ["-T", "far:f", "in"],
    says: `${REFUSED_NAME}/tmp/evil`,
  },
  {
    name: "a name that leads out, with -T and -r",
    sends: "D0755 0 ..\\nC0644 5 evil\\nevil\\n\\0E\\n",
    args: ["-rT", "far:f", "in"],
    says: `${REFUSED_NAME}..`,
  },
  {
    name: "the folder itself (CVE-2018-20685)",
    sends: "D0777 0 .\\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: `${REFUSED_NAME}.`,
  },
  {
    name: "an empty name (CVE-2018-20685)",
    sends: "D0777 0 \\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: REFUSED_NAME,
  },
  {
    name: "a file nobody asked for (CVE-2019-6111)",
    sends: "C0644 5 .bashrc\\nevil\\n\\0",
    args: ["far:f", "in"],
    says: NOT_ASKED_FOR,
  },
  {
    name: "a folder nobody asked for, with -r",
    sends: "D0755 0 .ssh\\nC0644 5 authorized_keys\\nevil\\n\\0E\\n",
    args: ["-r", "far:f", "in"],
    says: NOT_ASKED_FOR,
  },
  {
    name: "a folder although -r was not given",
    sends: "D0755 0 f\\nC0644 5 evil\\nevil\\n\\0E\\n",
    args: ["far:f", "in"],
    says: "protocol error: received directory without -r",
  },
  {
    name: "a name with a NUL in it",
    sends: "C0644 5 f\\0g\\nevil\\n\\0",
    args: ["-T", "far:f", "in"],
    says: `${REFUSED_NAME}f\\000g`,
  },
  {
    name: "terminal escapes in a name (CVE-2019-6109)",
    sends: "C0644 5 \\033]0;evil\\007/\\n",
    args: ["far:f", "in"],
    says: `${REFUSED_NAME}\\033]0;evil\\007/`,
  },
  {
    name: "terminal escapes in a message (CVE-2019-6109)",
    sends: "\\001scp: \\033[2K\\rall is well\\n",
    args: ["far:f", "in"],
    says: "scp: \\033[2K\\015all is well",
  },
  {
    name: "names that are not UTF-8 and would become one",
    sends: "C0644 1 f\\351\\nC0644 1 f\\352\\nC0644 1 f\\nx\\0",
    args: ["-T", "far:f*", "in"],
    says: "in/f\\351: names that are not UTF-8 cannot be used yet\n" +
      "in/f\\352: names that are not UTF-8 cannot be used yet\n",
    leaves: ["file 0644 1 f"],
  },
  {
    name: "set-id bits (CVE-2026-35385)",
    sends: "C6755 5 f\\ntext\\n\\0",
    args: ["-p", "far:f", "in"],
    says: "",
    leaves: ["file 0755 5 f"],
  },
  {
    name: "times that belong to an entry that was refused",
    sends: "T1000000000 0 1000000000 0\\nC0644 1 kept\\nC0644 1 f\\nx\\0",
    args: ["-pT", "far:f", "in"],
    says: "in/kept: Is a directory",
    leaves: ["file 0644 1 f not 2001"],
  },
  {
    name: "a second file for a target that is one file",
    sends: "C0644 3 f\\none\\0C0644 4 f\\ntwo!\\0",
    args: ["far:f", "in/out"],
    says: "in/out: Not a directory: no place for f",
    leaves: ["file 0644 3 out"],
  },
  {
    name: "the end inside a folder",
    sends: "D0755 0 f\\nC0644 1 g\\nx\\0",
    args: ["-r", "far:f", "in"],
    says: "protocol error: the far side ended inside in/f",
    leaves: ["folder 0755 f", "file 0644 1 f/g"],
  },
  {
    name: "the end before anything came",
    sends: "",
    args: ["far:f", "in"],
    says: "far: nothing came for f: the far side ended too early",
  },
  {
    name: "the end of a folder that never began, and nothing else",
    sends: "E\\n",
    args: ["-r", "far:f", "in"],
    says: "far: nothing came for f: the far side ended too early",
  },
  {
    name: "the end inside a file",
    sends: "C0644 10 f\\nhalf!",
    args: ["far:f", "in"],
    says: "far: in/f: lost connection after 5 of 10 bytes: " +
      "the far side ended too early",
    leaves: ["file 0644 5 f"],
  },
  {
    name: "the end inside a record",
    sends: "C0644 10",
    args: ["far:f", "in"],
    says: "protocol error: lost connection",
  },
  {
    name: "a size beyond all files",
    sends: "C0644 9223372036854775808 f\\n",
    args: ["far:f", "in"],
    says: "protocol error: size out of range",
  },
  {
    name: "a record without an end",
    sends: "C0644 10 %04096d\\n",
    args: ["-T", "far:f", "in"],
    says: "protocol error: line longer than 2048 bytes",
  },
  {
    name: "a greeting",
    sends: "Welcome to far\\nC0644 1 f\\nx\\0",
    args: ["far:f", "in"],
    says: "Welcome to far",
  },
  {
    name: "a file it could not read to its end",
    sends: "C0644 4 f\\nab\\0\\0\\001scp: f: Input/output error\\n",
    args: ["far:f", "in"],
    says: "scp: f: Input/output error",
    leaves: ["file 0644 4 f"],
  },
];

async function attack(
  { sends, args }: Attack,
  folder: string,
): Promise<Outcome> {
  Deno.mkdirSync(`${folder}/in/kept`, { recursive: true });
  Deno.chmodSync(`${folder}/in`, 0o750);
  const program = writeScript(
    `${folder}/ssh`,
    `printf '${sends}'\nexec >&-\ncat > "${folder}/answers"\n`,
  );
  return await seacp(["-S", program, ...args], { cwd: folder });
}

/** Mode, kind and size of all there is, the times of what is old. */
async function leftBehind(folder: string): Promise<string[]> {
  const lines = await describeTree(`${folder}/in`, { modes: true });
  return lines
    .map((line) => line.replace(/ [0-9a-f]{64} /, " ").replaceAll('"', ""))
    .filter((line) => !line.endsWith("kept"));
}

for (const row of attacks) {
  Deno.test(`A source that sends ${row.name} does no harm`, async () => {
    using folder = new TempFolder();
    const { status, stderr, stdout } = await attack(row, folder.path);
    assertEquals(status, row.says === "" ? 0 : 1, stderr);
    assertStringIncludes(stderr, row.says);
    assertEquals(/[^\n\x20-\x7e]/.test(stderr), false, stderr);
    assertEquals(stdout, "");
    const left = await leftBehind(folder.path);
    const wanted = (row.leaves ?? []).map((line) => line.replace(/ not.*/, ""));
    assertEquals(left, wanted);
    const { mode } = Deno.statSync(`${folder.path}/in`);
    assertEquals(mode! & 0o7777, 0o750, "the target keeps its mode");
    assertEquals(
      [...Deno.readDirSync(folder.path)].map(({ name }) => name).toSorted(),
      ["answers", "in", "ssh"],
    );
    if (row.says.startsWith(REFUSED_NAME)) {
      const answers = Deno.readFileSync(`${folder.path}/answers`);
      assertEquals(
        new TextDecoder().decode(answers).startsWith(
          `\0\x01scp: ${REFUSED_NAME}`,
        ),
        true,
        "the source is told of it",
      );
    }
    if (row.leaves?.some((line) => line.endsWith("not 2001"))) {
      const { mtime } = Deno.statSync(`${folder.path}/in/f`);
      assertEquals(mtime!.getTime() > 1_000_000_000_000, true);
    }
  });
}
