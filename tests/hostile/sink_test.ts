/**
 * Sinks that answer what no sink would: shell scripts in the place of ssh,
 * against whole uploads.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { peerTest, writeScript } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";

interface Attack {
  readonly name: string;
  /** Command of the remote; its standard output is the answers. */
  readonly answers: string;
  readonly args?: readonly string[];
  /** Expected message, perhaps one line of several. */
  readonly says: string;
}

/** A shell's words that read all there is, so that nobody waits to write. */
const LISTEN = "exec 3<&0; cat <&3 > /dev/null &\n";

const attacks: readonly Attack[] = [
  {
    name: "nothing",
    answers: "exec cat > /dev/null",
    args: ["f", "far:"],
    says: "far: SCP did not begin: exit status 0: try -s\n",
  },
  {
    name: "nothing, and that it failed",
    answers: "exit 3",
    says: "far: SCP did not begin: exit status 3: try -s\n",
  },
  {
    name: "that it is ready, and then ends",
    answers: "printf '\\0'",
    says: "lost connection: the remote ended too early",
  },
  {
    name: "that it takes a file, and then ends",
    answers: "printf '\\0\\0'; head -c 12 > /dev/null",
    says: "f: lost connection: the remote ended too early",
  },
  {
    name: "half a refusal",
    answers: "printf '\\0\\001scp: f: No sp'",
    says: "lost connection",
  },
  {
    name: "a refusal with terminal escapes (CVE-2019-6109)",
    answers:
      "printf '\\0\\001scp: \\033]0;evil\\007\\033[2K\\rall is well\\302\\233\\n'",
    says: "scp: \\033]0;evil\\007\\033[2K\\015all is well\\302\\233",
  },
  {
    name: "that it gives up, with terminal escapes",
    answers: "printf '\\002\\033[2K\\rbye\\n'",
    says: "\\033[2K\\015bye",
  },
  {
    name: "that it refuses its target, with terminal escapes",
    answers: "printf '\\001\\033[2K\\rno\\n'",
    says: "\\033[2K\\015no",
  },
  {
    name: "that it gives up after a file",
    answers: "printf '\\0\\0\\002scp: full\\n'",
    says: "scp: full",
  },
  {
    name: "a shell's words",
    answers: "printf 'Welcome to \\033[1mfar\\033[0m\\n'",
    says: 'the remote said "Welcome to \\033[1mfar\\033[0m\\012" instead of ' +
      "an acknowledgement",
  },
  {
    name: "a newline",
    answers: "printf '\\n'",
    says: 'the remote said "\\012" instead of an acknowledgement',
  },
  {
    name: "bytes of every kind",
    answers: "printf '\\0\\377\\376\\303(\\355\\240\\200'",
    says: 'the remote said "\\377\\376\\303(\\355\\240\\200" instead of an ' +
      "acknowledgement",
  },
  {
    name: "a file that nobody asked it for",
    answers: "printf '\\0C0644 5 evil\\nevil\\n\\0'",
    says: 'the remote said "C0644 5 evil\\012evil\\012\\000" instead of an ' +
      "acknowledgement",
  },
  {
    name: "a file that nobody asked it for, in place of the first answer",
    answers: "printf 'C0644 5 f\\nevil\\n\\0'",
    says: "instead of an acknowledgement",
  },
  {
    name: "a directory that leads out",
    answers: "printf '\\0\\0D0777 0 ..\\nC0644 5 evil\\nevil\\n\\0E\\n'",
    says: 'the remote said "D0777 0 ..\\012',
  },
  {
    name: "refusals without end",
    answers: LISTEN + "printf '\\0'; yes \"$(printf '\\001scp: no')\"",
    says: "scp: no",
  },
  {
    name: "a refusal without end",
    answers: LISTEN + "printf '\\0\\001'; yes | tr -d '\\n'",
    says: "line longer than",
  },
  {
    name: "acknowledgements without end",
    answers: LISTEN + "cat /dev/zero",
    says: "far: ssh was ended by SIGTERM",
  },
  {
    name: "words without end",
    answers: LISTEN + "yes Welcome",
    says: "instead of an acknowledgement",
  },
  {
    name: "a marker, as it is asked, and then a file",
    answers: `for last; do :; done
case $last in
echo*) marker=\${last#echo }; echo "\${marker%%;*}"; printf '\\0C0644 1 g\\nx\\0' ;;
*) echo Welcome ;;
esac`,
    says: 'the remote said "C0644 1 g\\012x\\000" instead of an ' +
      "acknowledgement",
  },
];

for (const { name, answers, args, says } of attacks) {
  peerTest(
    `hostile sinks: a sink that answers ${name} is reported, and does no harm`,
    [
      "yes",
      "/dev/zero",
    ],
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "near/f", content: "f" },
        { path: "near/d/g", content: "g" },
        { path: "near/d/h", content: "h" },
      ]);
      const program = writeScript(`${directory.path}/ssh`, answers + "\n");
      const before = listing(directory.path);
      const { status, stdout, stderr } = await seacp(
        ["-O", "-S", program, ...args ?? ["-rp", "f", "d", "far:"]],
        { cwd: `${directory.path}/near` },
      );
      assertEquals(status, 1, stderr);
      assertStringIncludes(stderr, says);
      assertEquals(/[^\n\x20-\x7e…]/.test(stderr), false, stderr);
      assert(stderr.length < 4000, "the user is told little");
      assertEquals(stdout, "");
      assertEquals(listing(directory.path), before);
    },
  );
}

Deno.test("hostile sinks: a file that shrinks is made up with zeros and nothing else (OpenSSH 6.7)", async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [{ path: "f", content: "x".repeat(300_000) }]);
  const program = writeScript(
    `${directory.path}/ssh`,
    `printf '\\0'
read -r record
printf beginning > f
printf '\\0'
head -c 300000 > body
head -c 1 > verdict
read -r text
printf '\\0'
printf '%s' "$record" > record
printf '%s' "$text" > text
`,
  );
  const { status, stderr } = await seacp(["-S", program, "f", "far:"], {
    cwd: directory.path,
  });
  const complaint = "f: the file shrank while it was read: 9 of 300000 bytes " +
    "were there, zeros were sent for the rest";
  assertEquals({ status, stderr }, {
    status: 1,
    stderr: `seacp: ${complaint}\n`,
  });
  const read = (name: string) =>
    Deno.readTextFileSync(`${directory.path}/${name}`);
  assertStringIncludes(read("record"), " 300000 f");
  assertEquals(read("body"), "beginning" + "\0".repeat(299_991));
  assertEquals([read("verdict"), read("text")], ["\x01", `scp: ${complaint}`]);
});
