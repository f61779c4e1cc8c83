/** Files and trees so large that a copy must not hold them. */

import { assert, assertEquals } from "@std/assert";
import { peerTest, writeScript } from "../support/doors.ts";
import { seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

const FIVE_GIB = 5 * 1024 ** 3;

/** Most memory that the program may have used, in KiB. */
const MAX_KIB = 150 * 1024;

/** For a script in ssh's place: writes down the most its parent ever held. */
const NOTE_MEMORY = 'grep VmHWM "/proc/$PPID/status" > memory\n';

function peakKib(directory: string): number {
  return Number(/\d+/.exec(Deno.readTextFileSync(`${directory}/memory`))![0]);
}

const NEEDS = ["head", "grep", "/proc/self/status"];

peerTest(
  "large files: a file of 5 GiB goes up whole, in little memory",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    using file = Deno.createSync(`${directory.path}/big`);
    file.truncateSync(FIVE_GIB);
    const program = writeScript(
      `${directory.path}/ssh`,
      `printf '\\0'
IFS= read -r record
echo "$record" > record
printf '\\0'
head -c ${FIVE_GIB} > /dev/null
head -c 1 > trailer
${NOTE_MEMORY}printf '\\0'
cat > rest
`,
    );
    const outcome = await seacp(["-S", program, "big", "far:"], {
      cwd: directory.path,
    });
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    const { path } = directory;
    assertEquals(
      Deno.readTextFileSync(`${path}/record`),
      `C0644 ${FIVE_GIB} big\n`,
    );
    assertEquals(Deno.readFileSync(`${path}/trailer`), Uint8Array.of(0));
    assertEquals(Deno.readFileSync(`${path}/rest`), new Uint8Array());
    assert(peakKib(path) < MAX_KIB, `${peakKib(path)} KiB`);
  },
);

peerTest(
  "large files: a file of 5 GiB comes down whole, in little memory",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = writeScript(
      `${directory.path}/ssh`,
      `printf 'C0644 ${FIVE_GIB} null\\n'
head -c ${FIVE_GIB} /dev/zero
printf '\\0C0644 3 last\\nend\\0'
head -c 5 > answers
${NOTE_MEMORY}`,
    );
    Deno.mkdirSync(`${directory.path}/in`);
    // What is written to the null device is not kept, and so takes no room.
    Deno.symlinkSync("/dev/null", `${directory.path}/in/null`);
    const outcome = await seacp(
      ["-O", "-S", program, "far:{null,last}", "in"],
      {
        cwd: directory.path,
      },
    );
    assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
    assertEquals(Deno.readTextFileSync(`${directory.path}/in/last`), "end");
    assertEquals(
      Deno.readFileSync(`${directory.path}/answers`),
      new Uint8Array(5),
    );
    const peak = peakKib(directory.path);
    assert(peak < MAX_KIB, `${peak} KiB`);
  },
);

/** Number of files in each directory: 100,000 in all. */
const DIRECTORIES: Readonly<Record<string, number>> = {
  "one large directory": 60_000,
  ...Object.fromEntries(
    Array.from({ length: 100 }, (_, number) => [`small ${number}`, 400]),
  ),
};

peerTest(
  "large files: a tree of 100,000 files goes there and back in little memory",
  ["scp", ...NEEDS],
  async () => {
    using directory = new TempDirectory();
    const { path } = directory;
    for (const [name, count] of Object.entries(DIRECTORIES)) {
      Deno.mkdirSync(`${path}/tree/${name}`, { recursive: true });
      for (let file = 0; file < count; file++) {
        Deno.createSync(`${path}/tree/${name}/${file}`).close();
      }
    }
    const program = writeScript(
      `${path}/ssh`,
      `for last; do :; done\nsh -c "$last"\nstatus=$?\n${NOTE_MEMORY}exit $status\n`,
    );
    for (const args of [["tree", "far:there"], ["far:there", "back"]]) {
      const outcome = await seacp(["-O", "-S", program, "-r", ...args], {
        cwd: path,
      });
      assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
      assert(peakKib(path) < MAX_KIB, `${args}: ${peakKib(path)} KiB`);
    }
    for (const [name, count] of Object.entries(DIRECTORIES)) {
      const arrived = [...Deno.readDirSync(`${path}/back/${name}`)];
      assertEquals(arrived.length, count, name);
    }
  },
);
