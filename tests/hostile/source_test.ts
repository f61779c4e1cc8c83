/**
 * Sources that send what was not asked for, or not all of it: shell scripts in
 * the place of ssh, against the whole program.
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { peerTest, writeScript } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { underUmask } from "../support/fixtures/place.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  seacpCommand,
} from "../support/process/pseudo_terminal.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../support/fixtures/raw_names.ts";
import { describeTree, makeTree } from "../support/fixtures/tree.ts";

interface Attack {
  readonly name: string;
  /**
   * What the remote prints, for printf(1); then it reads all answers. It does
   * so again where it is started again, without the words it is asked for.
   * `{here}` is the path of the directory that the program runs in.
   */
  readonly sends: string;
  readonly args: readonly string[];
  /** Expected message, perhaps one line of several; status 0 if absent. */
  readonly says: string;
  /** Links of the user's own in `in`, to what stands beside it. */
  readonly links?: Readonly<Record<string, string>>;
  /** Content of `in` afterwards, besides the directory `kept`. */
  readonly leaves?: readonly string[];
  /**
   * Content of the file `mine` beside `in` afterwards; unchanged if absent.
   */
  readonly mine?: string;
  /** Files that may not have the times of 2001. */
  readonly timeless?: readonly string[];
}

const REFUSED_NAME = "error: unexpected filename: ";
const NOT_ASKED_FOR = "protocol error: filename does not match request: ";

const NAMES: readonly Attack[] = [
  {
    name: "a name that leads out (CVE-2000-0992)",
    sends: "C0644 5 ../evil\\nevil\\n\\0",
    args: ["far:f", "in"],
    says: `${REFUSED_NAME}../evil`,
  },
  {
    name: "an absolute name (CVE-2004-0175)",
    sends: "C0644 5 {here}/evil\\nevil\\n\\0",
    args: ["-T", "far:f", "in"],
    says: REFUSED_NAME,
  },
  {
    name: "a name that leads in and out again",
    sends: "C0644 5 kept/../../evil\\nevil\\n\\0",
    args: ["-T", "far:f", "in"],
    says: `${REFUSED_NAME}kept/../../evil`,
  },
  {
    name: "a name that leads into another directory",
    sends: "C0644 5 kept/evil\\nevil\\n\\0",
    args: ["-rT", "far:f", "in"],
    says: `${REFUSED_NAME}kept/evil`,
  },
  {
    name: "a name that ends in a slash",
    sends: "D0755 0 f/\\nE\\n",
    args: ["-r", "far:f", "in"],
    says: `${REFUSED_NAME}f/`,
  },
  {
    name: "the directory above, as a file",
    sends: "C0644 5 ..\\nevil\\n\\0",
    args: ["-T", "far:f", "in"],
    says: `${REFUSED_NAME}..`,
  },
  {
    name: "a name that leads out, with -T and -r",
    sends: "D0755 0 ..\\nC0644 5 evil\\nevil\\n\\0E\\n",
    args: ["-rT", "far:f", "in"],
    says: `${REFUSED_NAME}..`,
  },
  {
    name: "a name that leads out of a directory that was asked for",
    sends: "D0755 0 f\\nC0644 5 ../../evil\\nevil\\n\\0E\\n",
    args: ["-r", "far:f", "in"],
    says: `${REFUSED_NAME}../../evil`,
    leaves: ["directory 0755 f"],
  },
  {
    name: "the directory above, twice, in a directory that was asked for",
    sends: "D0755 0 f\\nD0755 0 ..\\nD0755 0 ..\\nC0644 5 evil\\nevil\\n\\0",
    args: ["-r", "far:f", "in"],
    says: `${REFUSED_NAME}..`,
    leaves: ["directory 0755 f"],
  },
  {
    name: "the directory itself (CVE-2018-20685)",
    sends: "D0777 0 .\\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: `${REFUSED_NAME}.`,
  },
  {
    name: "the directory itself, with -T and no -p (CVE-2018-20685)",
    sends: "D0777 0 .\\nE\\n",
    args: ["-rT", "far:f", "in"],
    says: `${REFUSED_NAME}.`,
  },
  {
    name: "an empty name (CVE-2018-20685)",
    sends: "D0777 0 \\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: REFUSED_NAME,
  },
  {
    name: "an empty name in a directory that was asked for",
    sends: "D0755 0 f\\nD0777 0 \\nE\\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: REFUSED_NAME,
    leaves: ["directory 0755 f"],
  },
  {
    name: "a file nobody asked for (CVE-2019-6111)",
    sends: "C0644 5 .bashrc\\nevil\\n\\0",
    args: ["far:f", "in"],
    says: `${NOT_ASKED_FOR}far sent .bashrc for f: -T takes any name`,
  },
  {
    name: "a directory nobody asked for, with -r (CVE-2019-6111)",
    sends: "D0755 0 .ssh\\nC0644 5 authorized_keys\\nevil\\n\\0E\\n",
    args: ["-r", "far:f", "in"],
    says: `${NOT_ASKED_FOR}far sent .ssh for f: -T takes any name`,
  },
  {
    name: "a directory nobody asked for, after one that was",
    sends: "D0755 0 f\\nE\\nD0755 0 .ssh\\nE\\n",
    args: ["-r", "far:f", "in"],
    says: `${NOT_ASKED_FOR}far sent .ssh for f`,
    leaves: ["directory 0755 f"],
  },
  {
    name: "a file nobody asked for, after one that was",
    sends: "C0644 1 a.txt\\na\\0C0644 5 .profile\\nevil\\n\\0",
    args: ["far:*.txt", "in"],
    says: `${NOT_ASKED_FOR}far sent .profile for *.txt`,
    leaves: ["file 0644 1 a.txt"],
  },
  {
    name: "a directory although -r was not given",
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
    name: "the directory above, hidden by a NUL",
    sends: "D0755 0 ..\\0f\\nC0644 5 evil\\nevil\\n\\0E\\n",
    args: ["-rT", "far:f", "in"],
    says: `${REFUSED_NAME}..\\000f`,
  },
  {
    name: "terminal escapes in a name (CVE-2019-6109)",
    sends: "C0644 5 \\033]0;evil\\007/\\n",
    args: ["far:f", "in"],
    says: `${REFUSED_NAME}\\033]0;evil\\007/`,
  },
  {
    name: "terminal escapes in a message (CVE-2019-6109)",
    sends: "\\001scp: \\033[2K\\rall is well\\302\\233\\342\\200\\256\\n",
    args: ["far:f", "in"],
    says: "scp: \\033[2K\\015all is well\\302\\233\\342\\200\\256",
  },
  {
    name: "terminal escapes in a banner (CVE-2019-6109)",
    sends: "\\033[2K\\rWelcome\\n",
    args: ["far:f", "in"],
    says: 'the remote said "\\033[2K\\015Welcome" instead of a record',
  },
  {
    name: "one name twice, which it may",
    sends: "C0644 3 f\\none\\0C0644 4 f\\ntwo!\\0",
    args: ["far:f", "in"],
    says: "",
    leaves: ["file 0644 4 f"],
  },
  {
    name: "a second file for a target that is one file",
    sends: "C0644 3 f\\none\\0C0644 4 f\\ntwo!\\0",
    args: ["far:f", "in/out"],
    says: "in/out: Not a directory: no place for f",
    leaves: ["file 0644 3 out"],
  },
  {
    name: "a file for which the user made a link, and only then goes beside",
    sends: "C0644 3 f\\nnew\\0",
    args: ["far:f", "in"],
    links: { f: "../mine" },
    says: "",
    leaves: ["link 0777 ../mine f"],
    mine: "new",
  },
  {
    name:
      "a directory for which the user made a link, and only then goes beside",
    sends: "D0755 0 f\\nC0644 3 mine\\nnew\\0E\\n",
    args: ["-r", "far:f", "in"],
    links: { f: ".." },
    says: "",
    leaves: ["link 0777 .. f"],
    mine: "new",
  },
];

const MODES: readonly Attack[] = [
  {
    name: "set-id bits, with -p (CVE-2026-35385)",
    sends: "C6755 5 f\\ntext\\n\\0",
    args: ["-p", "far:f", "in"],
    says: "",
    leaves: ["file 0755 5 f"],
  },
  {
    name: "set-id bits, without -p (CVE-2026-35385)",
    sends: "C4755 5 f\\ntext\\n\\0",
    args: ["far:f", "in"],
    says: "",
    leaves: ["file 0755 5 f"],
  },
  {
    name: "a directory with set-id and sticky bits, with -p",
    sends: "D7777 0 f\\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: "",
    leaves: ["directory 0777 f"],
  },
  {
    name: "a directory with set-id bits, without -p (CVE-2026-35385)",
    sends: "D2777 0 f\\nE\\n",
    args: ["-r", "far:f", "in"],
    says: "",
    leaves: ["directory 0755 f"],
  },
  {
    name: "a set-id bit for a file that is there, with -p",
    sends: "C0644 1 f\\na\\0C6755 1 f\\nb\\0",
    args: ["-p", "far:f", "in"],
    says: "",
    leaves: ["file 0755 1 f"],
  },
];

const TIMES: readonly Attack[] = [
  {
    name: "times that belong to a file that was refused",
    sends: "T1000000000 0 1000000000 0\\nC0644 1 kept\\nC0644 1 f\\nx\\0",
    args: ["-pT", "far:f", "in"],
    says: "in/kept: Is a directory",
    leaves: ["file 0644 1 f"],
    timeless: ["f"],
  },
  {
    name: "times that belong to a directory that was refused",
    sends: "T1000000000 0 1000000000 0\\nD0755 0 mine\\nD0755 0 f\\nE\\n",
    args: ["-rpT", "far:f", "in"],
    links: { mine: "../mine" },
    says: "in/mine: Not a directory",
    leaves: ["directory 0755 f", "link 0777 ../mine mine"],
    timeless: ["f"],
  },
  {
    name: "times that belong to nothing in a directory that ends",
    sends: "D0755 0 f\\nT1000000000 0 1000000000 0\\nE\\nD0755 0 f\\nE\\n",
    args: ["-rp", "far:f", "in"],
    says: "",
    leaves: ["directory 0755 f"],
    timeless: ["f"],
  },
  {
    name: "times that no clock holds",
    sends: "T9223372036854775808 0 1 0\\nC0644 1 f\\nx\\0",
    args: ["-p", "far:f", "in"],
    says: "",
    leaves: ["file 0644 1 f"],
    timeless: ["f"],
  },
  {
    name: "times before 1970",
    sends: "T-1 0 -1 0\\nC0644 1 f\\nx\\0",
    args: ["-p", "far:f", "in"],
    says: "protocol error: mtime.sec not present",
  },
];

/** Sizes that no file has. */
const NO_SIZES: readonly (readonly [size: string, says: string])[] = [
  ["9007199254740992", "size out of range"],
  ["9223372036854775807", "size out of range"],
  ["9223372036854775808", "size out of range"],
  ["18446744073709551617", "size out of range"],
  ["-1", "size not present"],
  [" 1", "size not present"],
  ["1e3", "size not delimited"],
  ["0x10", "size not delimited"],
];

const SIZES: readonly Attack[] = [
  ...NO_SIZES.map(([size, says]) => ({
    name: `the size ${size}`,
    sends: `C0644 ${size} f\\nx\\0`,
    args: ["far:f", "in"],
    says: `protocol error: ${says}: the remote said "C0644 ${size} f"`,
  })),
  {
    name: "the greatest size there is, and little of it",
    sends: "C0644 9007199254740991 f\\nlittle",
    args: ["far:f", "in"],
    says: "far: in/f: lost connection after 6 of 9007199254740991 bytes: " +
      "the remote ended too early",
    leaves: ["file 0644 6 f"],
  },
  {
    name: "a record without an end",
    sends: "C0644 10 %070000d\\n",
    args: ["-T", "far:f", "in"],
    says: "protocol error: line longer than",
  },
  {
    name: "a record that is just too long",
    sends: "C0644 10 %065527d\\n",
    args: ["-T", "far:f", "in"],
    says: "protocol error: line longer than",
  },
  {
    name: "the longest record there may be",
    sends: "C0644 10 %02037d\\n",
    args: ["-T", "far:f", "in"],
    says: "File name too long",
  },
];

const STRUCTURE: readonly Attack[] = [
  {
    name: "a file's bytes although it was refused, which look like a record",
    sends: "C0644 20 kept\\nC0644 5 .bashrc\\nevil\\n\\0",
    args: ["far:kept", "in"],
    says: `${NOT_ASKED_FOR}far sent .bashrc for kept`,
  },
  {
    name: "what a directory holds although it was refused",
    sends: "D0755 0 f\\nC0644 5 .bashrc\\nevil\\n\\0E\\n",
    args: ["-r", "far:f", "in"],
    links: { f: "../mine" },
    says: `${NOT_ASKED_FOR}far sent .bashrc for f`,
    leaves: ["link 0777 ../mine f"],
  },
  {
    name: "the end inside a directory",
    sends: "D0755 0 f\\nC0644 1 g\\nx\\0",
    args: ["-r", "far:f", "in"],
    says: "far: lost connection inside in/f: the remote ended too early",
    leaves: ["directory 0755 f", "file 0644 1 f/g"],
  },
  {
    name: "the end before anything came",
    sends: "",
    args: ["far:f", "in"],
    says: "far: SCP did not begin: exit status 0: try -s\n",
  },
  {
    name: "the end of a directory that never began, and nothing else",
    sends: "E\\n",
    args: ["-r", "far:f", "in"],
    says: "protocol error: the remote ended a directory that it did not begin",
  },
  {
    name: "the end of more directories than began, and then a file",
    sends: "D0755 0 f\\nE\\nE\\nE\\nC0644 5 evil\\nevil\\n\\0",
    args: ["-rT", "far:f", "in"],
    says: "",
    leaves: ["directory 0755 f"],
  },
  {
    name: "the end inside a file",
    sends: "C0644 10 f\\nhalf!",
    args: ["far:f", "in"],
    says: "far: in/f: lost connection after 5 of 10 bytes: " +
      "the remote ended too early",
    leaves: ["file 0644 5 f"],
  },
  {
    name: "the end inside a record",
    sends: "C0644 10",
    args: ["far:f", "in"],
    says: 'far: lost connection in the middle of "C0644 10": ' +
      "the remote ended too early",
  },
  {
    name: "that it gives up",
    sends: "\\002scp: enough\\n",
    args: ["far:f", "in"],
    says: "scp: enough",
  },
  {
    name: "a banner",
    sends: "Welcome to far\\nC0644 1 f\\nx\\0",
    args: ["far:f", "in"],
    says: 'the remote said "Welcome to far" instead of a record',
  },
  {
    name: "no record after a file",
    sends: "C0644 1 f\\nx\\0Welcome\\n",
    args: ["far:f", "in"],
    says: 'the remote said "Welcome" instead of a record',
    leaves: ["file 0644 1 f"],
  },
  {
    name: "a newline and nothing before it",
    sends: "\\nC0644 1 f\\nx\\0",
    args: ["far:f", "in"],
    says: "protocol error: unexpected <newline>",
  },
  {
    name: "a mode of five digits",
    sends: "C00644 1 f\\nx\\0",
    args: ["far:f", "in"],
    says: "protocol error: mode not delimited",
  },
  {
    name: "a file it could not read to its end",
    sends: "C0644 4 f\\nab\\0\\0\\001scp: f: Input/output error\\n",
    args: ["far:f", "in"],
    says: "scp: f: Input/output error",
    leaves: ["file 0644 4 f"],
  },
];

/** The directory `in` for a source to fill, and the file `mine` beside it. */
function makePlace(directory: string, links: Attack["links"] = {}): void {
  makeTree(directory, [
    { path: "in/kept/", mode: 0o755 },
    { path: "in/", mode: 0o750 },
    { path: "mine", content: "mine", mode: 0o600 },
  ]);
  for (const [name, destination] of Object.entries(links)) {
    Deno.symlinkSync(destination, `${directory}/in/${name}`);
  }
}

/** @param protocol Option that names SCP; empty in the default mode. */
async function attack(
  { sends, args, links }: Attack,
  directory: string,
  protocol: readonly ["-O"] | readonly [],
): Promise<Outcome> {
  makePlace(directory, links);
  const program = writeScript(
    `${directory}/ssh`,
    `for last; do :; done; [ "$last" = sftp ] && exit 1\n` +
      `printf '${sends.replaceAll("{here}", directory)}'\nexec >&-\n` +
      `cat >> "${directory}/answers"\n`,
  );
  return await seacp([...protocol, "-S", program, ...args], { cwd: directory });
}

/** Mode, kind and size of all there is in `in`. */
async function leftBehind(directory: string): Promise<string[]> {
  const lines = await describeTree(`${directory}/in`, { modes: true });
  return lines
    .map((line) => line.replace(/ [0-9a-f]{64} /, " ").replaceAll('"', ""))
    .toSorted();
}

/** Expects that nothing beside `in` was made, changed or taken away. */
function assertUnharmed(directory: string, mine = "mine"): void {
  assertEquals(
    [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted(),
    ["answers", "in", "mine", "ssh"],
  );
  assertEquals(Deno.readTextFileSync(`${directory}/mine`), mine);
  const modeOf = (name: string) =>
    Deno.statSync(`${directory}/${name}`).mode! & 0o7777;
  assertEquals(modeOf("in"), 0o750, "the target keeps its mode");
  assertEquals(modeOf("mine"), 0o600);
}

for (const row of [...NAMES, ...MODES, ...TIMES, ...SIZES, ...STRUCTURE]) {
  Deno.test(`hostile sources: a source that sends ${row.name} does no harm`, async () => {
    using directory = new TempDirectory();
    const { status, stderr, stdout } = await attack(row, directory.path, [
      "-O",
    ]);
    assertEquals(status, row.says === "" ? 0 : 1, stderr);
    assertStringIncludes(stderr, row.says);
    assertEquals(/[^\n\x20-\x7e]/.test(stderr), false, stderr);
    assertEquals(stdout, "");
    assertEquals(
      await leftBehind(directory.path),
      ["directory 0755 kept", ...row.leaves ?? []].toSorted(),
    );
    assertUnharmed(directory.path, row.mine);
    if (row.says.startsWith(REFUSED_NAME)) {
      const answers = Deno.readTextFileSync(`${directory.path}/answers`);
      assertStringIncludes(answers, `\x01scp: ${REFUSED_NAME}`);
    }
    for (const name of row.timeless ?? []) {
      const { mtime } = Deno.statSync(`${directory.path}/in/${name}`);
      assert(mtime!.getTime() > 1_000_000_000_000, `${name} is of 2001`);
    }
  });

  Deno.test(`Nor does it where the copy may go over to SFTP: ${row.name}`, async () => {
    using directory = new TempDirectory();
    const { status, stderr, stdout } = await attack(row, directory.path, []);
    const statuses = row.says === "" ? [0] : [1, 255];
    assert(statuses.includes(status), `${status}: ${stderr}`);
    assertMatch(stderr, /^(seacp: [\n\x20-\x7e…]+)?$/);
    assertEquals(stdout, "");
    assertEquals(
      await leftBehind(directory.path),
      ["directory 0755 kept", ...row.leaves ?? []].toSorted(),
    );
    assertUnharmed(directory.path, row.mine);
  });
}

Deno.test(
  "hostile sources: a source that sends names which look alike fills a file for each",
  {
    ignore: lacksRawNames !== undefined,
  },
  async () => {
    using directory = new TempDirectory();
    const outcome = await attack(
      {
        name: "names that are not UTF-8",
        sends: "C0644 2 f\\351\\nab\\0C0644 2 f\\352\\ncd\\0C0644 2 f\\nef\\0",
        args: ["far:f*", "in"],
        says: "",
      },
      directory.path,
      ["-O"],
    );
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    assertEquals(
      shell("for f in f*; do echo $f $(cat $f); done", `${directory.path}/in`),
      "f ef\nf\xe9 ab\nf\xea cd\n",
    );
  },
);

/** For a script: reads answers, a byte each, and shows the modes in `in`. */
const SHOW_MODES = `show() {
  head -c "$1" > answer
  find in -mindepth 1 -printf '%m %P\\n' >> modes
}`;

peerTest(
  "hostile sources: what a source sends is never open to more than a umask allows, while it is made",
  [
    "find",
    "head",
  ],
  async () => {
    using directory = new TempDirectory();
    Deno.mkdirSync(`${directory.path}/in`);
    const program = writeScript(
      `${directory.path}/ssh`,
      `${SHOW_MODES}
show 1; printf 'D0777 0 f\\n'
show 1; printf 'C0666 1 g\\n'
show 1; printf 'x'
show 0; printf '\\0'
show 1; printf 'D0777 0 e\\n'
show 1; printf 'E\\nE\\n'
show 2
`,
    );
    const outcome = await seacp(["-S", program, "-r", "far:f", "in"], {
      cwd: directory.path,
      wrapper: underUmask("077"),
    });
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    const seen = Deno.readTextFileSync(`${directory.path}/modes`).split("\n");
    assertEquals([...new Set(seen)].toSorted(), [
      "",
      "600 f/g",
      "700 f",
      "700 f/e",
    ]);
  },
);

const LACKS_OTHERS_FILES = Deno.build.os !== "linux" || Deno.uid() !== 0
  ? " (only root can make a file that is somebody else's)"
  : undefined;

for (
  const [what, flags, failure] of [
    ["times", [], "set times"],
    ["mode and times", ["-p"], "set mode"],
  ] as const
) {
  Deno.test({
    name:
      `hostile sources: a sink that cannot set ${what} says so once, and stays in step ` +
      `(CVE-2020-12062)${LACKS_OTHERS_FILES ?? ""}`,
    ignore: LACKS_OTHERS_FILES !== undefined,
    fn: async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [{ path: "in/f", content: "old", mode: 0o666 }]);
      Deno.chownSync(`${directory.path}/in/f`, 65534, 65534);
      const program = writeScript(
        `${directory.path}/ssh`,
        `printf 'T1000000000 0 1000000000 0\\nC0644 1 f\\nx\\0'
printf 'C0644 1 g\\ny\\0'
exec >&-
cat > answers
`,
      );
      const { status, stderr } = await seacp(
        ["-O", "-S", program, ...flags, "far:?", "in"],
        {
          cwd: directory.path,
          // Without the right to change what is others'.
          wrapper: ["setpriv", "--bounding-set=-fowner", "--inh-caps=-fowner"],
        },
      );
      const refusal = `in/f: ${failure}: Operation not permitted`;
      assertEquals({ status, stderr }, { status: 1, stderr: `${refusal}\n` });
      // From there on, what is not yet to be acknowledged is, too.
      const answers = Deno.readTextFileSync(`${directory.path}/answers`);
      assertEquals(
        answers.replace(/\0+$/, ""),
        `\0\0\0\x01scp: ${refusal}\n`,
      );
      assertEquals(listing(`${directory.path}/in`), ['f = "x"', 'g = "y"']);
    },
  });
}

peerTest(
  "hostile sources: directories in directories without end are refused by the system, in little memory",
  [
    "yes",
    "/proc/self/status",
  ],
  async () => {
    using directory = new TempDirectory();
    using _ = emptied(directory.path);
    Deno.mkdirSync(`${directory.path}/in`);
    const program = writeScript(
      `${directory.path}/ssh`,
      // What it is told ends where the copy does.
      `exec 3<&0
cat <&3 > /dev/null &
reader=$!
yes D0700 0 ${"d".repeat(200)} | head -n 1500
wait $reader
grep VmHWM /proc/$PPID/status > peak
`,
    );
    const { status, stderr } = await seacp(
      ["-O", "-S", program, "-r", "far:d*", "in"],
      { cwd: directory.path },
    );
    assertEquals(status, 1);
    const lines = stderr.trimEnd().split("\n");
    assertEquals(lines.filter((line) => !/: File name too long$/.test(line)), [
      lines.at(-1),
    ]);
    assertEquals(
      lines.at(-1),
      "far: protocol error: directories more than 1000 deep",
    );
    const peak = Deno.readTextFileSync(`${directory.path}/peak`);
    assert(Number(/\d+/.exec(peak)![0]) < 200 * 1024, peak);
  },
);

peerTest(
  "hostile sources: names that would rewrite the terminal are shown escaped by the meter (CVE-2019-6109)",
  [
    LENDS_TERMINAL,
  ],
  async () => {
    using directory = new TempDirectory();
    makePlace(directory.path);
    const program = writeScript(
      `${directory.path}/ssh`,
      `printf 'C0644 1 a\\033[2K\\r\\007\\302\\233b\\nx\\0'
exec >&-
cat > answers
`,
    );
    const { status, stdout } = await onTerminal(
      seacpCommand(["-O", "-S", program, "far:*", "in"]),
      80,
      { cwd: directory.path },
    );
    assertEquals(status, 0, stdout);
    assertStringIncludes(stdout, "a\\033[2K\\015\\007\\302\\233b");
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(stdout), false);
  },
);
