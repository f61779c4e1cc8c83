import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { encodeName } from "../../../lib/names/name_bytes.ts";
import { RemoteHasher } from "../../../lib/digest/remote_hasher.ts";
import { findProgram } from "../../../scripts/peers.ts";
import type { Channel } from "../../../lib/channel/channel.ts";
import { channelPair } from "../../support/channels/pair.ts";
import { HashShell } from "../../support/digest/hash_shell.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

/** SHA-256 of "abc". */
const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/** SHA-256 of "ab". */
const OF_TWO =
  "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603";

/** Name that is a hash itself, as files have that are stored by their content. */
const HASH_NAME = OF_TWO.replace("f", "0");

/** Names that a shell could read as something else. */
const NAMES = [
  "plain",
  " a  b ",
  "-n",
  "it's",
  '"',
  "$(touch pwned)",
  "`touch pwned`",
  "back\\slash\\n",
  "a\nb",
  "a\\0012\n",
  "\n",
  "*",
  "%s",
  "\udcff\udc80",
  "größe",
  "12 x",
  HASH_NAME,
];

/** Programs in a PATH: a tool that hashes, and one that cuts. */
const PROGRAMS: readonly (readonly string[])[] = [
  ["sha256sum", "head"],
  ["sha256sum", "dd"],
  ["shasum", "perl", "head"],
  ["cksum", "head"],
  ["openssl", "dd"],
  ["busybox", "head"],
  ["toybox", "head"],
  ["sha256", "head"],
  ["digest", "dd"],
];

/**
 * Stand-ins for tools that Debian has no package of, with the options, the output and
 * the exit status that their manuals name: `sha256 -q [file ...]` of FreeBSD, NetBSD and
 * OpenBSD, and `digest -a sha256 [file ...]` of Solaris and illumos. Both write the hash
 * alone, a line for each file, or for their input where no file is named; they pass over
 * a file that they cannot read, say so on standard error, and end with a status.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  sha256: hashesAlone('[ "$1" = -q ] && shift'),
  digest: hashesAlone('[ "$1 $2" = "-a sha256" ] && shift 2'),
};

/** Gives a shell script that hashes as those tools do. */
function hashesAlone(takeOptions: string): string {
  return `#!/bin/sh
${takeOptions} || { echo "usage: $0 [options] [file ...]" >&2; exit 1; }
status=0
hash() { line=$(${findProgram("sha256sum")}) && echo "\${line%% *}"; }
[ $# -gt 0 ] || hash
for file do
  if [ -f "$file" ] && [ -r "$file" ]; then hash < "$file"
  else echo "$0: $file: cannot be read" >&2; status=1; fi
done
exit $status
`;
}

/** Makes a directory for a PATH that holds nothing but these programs. */
function pathOf(directory: string, programs: readonly string[]): string {
  const path = `${directory}/bin`;
  Deno.mkdirSync(path);
  for (const name of programs) {
    const script = STAND_INS[name];
    if (script === undefined) {
      Deno.symlinkSync(findProgram(name)!, `${path}/${name}`);
    } else Deno.writeTextFileSync(`${path}/${name}`, script, { mode: 0o755 });
  }
  return path;
}

/** Tells a program that neither is there nor has a stand-in. */
function isMissing(name: string): boolean {
  return findProgram(name in STAND_INS ? "sha256sum" : name) === undefined;
}

for (const programs of PROGRAMS) {
  Deno.test({
    name: `HASH_SCRIPT: hashes files of any name by ${
      programs.join(", ")
    } alone`,
    ignore: programs.some(isMissing),
    async fn() {
      using directory = new TempDirectory();
      const cwd = `${directory.path}/files`;
      Deno.mkdirSync(cwd);
      for (const name of NAMES) {
        const path = encodeName(name);
        writeRaw(cwd, path, "abc");
      }
      await using shell = await HashShell.start({
        cwd,
        path: pathOf(directory.path, programs),
      });
      // An old cksum has no SHA-256, and the script says so.
      if (programs[0] === "cksum" && shell.hasher === undefined) return;
      const hasher = shell.hasher!;
      const answers = await Promise.all([
        ...NAMES.map((path) => hasher.ask({ path })),
        ...NAMES.map((path) => hasher.ask({ path, length: 2 })),
        hasher.ask({ path: "missing" }),
        hasher.ask({ path: "." }),
        hasher.ask({ path: "plain", size: 1 << 30 }),
        hasher.ask({ path: "plain", length: 0 }),
        hasher.ask({ path: "plain", length: 70000 }),
      ]);
      assertEquals(answers, [
        ...NAMES.map(() => HASH),
        ...NAMES.map(() => OF_TWO),
        undefined,
        undefined,
        HASH,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        HASH,
      ]);
      // One that is missing leaves the others their hashes.
      const some = ["plain", "missing", "-n", "."];
      assertEquals(
        await Promise.all(some.map((path) => hasher.ask({ path }))),
        [HASH, undefined, HASH, undefined],
      );
      assertEquals([...Deno.readDirSync(cwd)].length, NAMES.length);
    },
  });
}

/** Writes a file whose name is any bytes, by way of a shell. */
function writeRaw(cwd: string, name: Uint8Array, content: string): void {
  const octal = Array.from(
    name,
    (byte) => `\\${byte.toString(8).padStart(3, "0")}`,
  ).join("");
  const { success } = new Deno.Command("/bin/bash", {
    args: [
      "-c",
      `n=$(printf '${octal}.'); printf %s ${content} > ./"${"${n%.}"}"`,
    ],
    cwd,
  }).outputSync();
  if (!success) throw new Error("no such name here");
}

Deno.test("HASH_SCRIPT: says so where there is no tool", async () => {
  using directory = new TempDirectory();
  await using shell = await HashShell.start({
    cwd: directory.path,
    path: pathOf(directory.path, []),
  });
  assertEquals(shell.hasher, undefined);
});

Deno.test("HASH_SCRIPT: passes over a tool that hashes wrongly", async () => {
  using directory = new TempDirectory();
  const path = pathOf(directory.path, ["openssl"]);
  Deno.writeTextFileSync(
    `${path}/sha256sum`,
    `#!/bin/sh\necho ${HASH}\n`,
    { mode: 0o755 },
  );
  Deno.writeTextFileSync(`${directory.path}/f`, "ab");
  await using shell = await HashShell.start({ cwd: directory.path, path });
  assertEquals(await shell.hasher!.ask({ path: "f" }), OF_TWO);
});

/** Reads what was sent until it is this text. */
async function expectSent(theirs: Channel, text: string): Promise<void> {
  let said = "";
  while (said.length < text.length) {
    said += new TextDecoder().decode(await theirs.read(256));
  }
  assertEquals(said, text);
}

async function say(theirs: Channel, text: string): Promise<void> {
  await theirs.write(new TextEncoder().encode(text));
  await theirs.flush();
}

Deno.test("RemoteHasher: sends requests without a wait for answers, small files in one flight", async () => {
  const [ours, theirs] = channelPair();
  await say(theirs, "sha256sum\nnew\n");
  const hasher = (await RemoteHasher.begin(ours))!;
  const answers = Promise.all([
    hasher.ask({ path: "a" }),
    hasher.ask({ path: "b" }),
    hasher.ask({ path: "c", length: 2 }),
    hasher.ask({ path: "d" }),
  ]);
  await expectSent(theirs, "+2\na\nb\n2 c\n d\n");
  await say(
    theirs,
    `${HASH}  ./a\n${OF_TWO}  ./b\n.0\n.1\n\\${HASH}  -\n.0\n`,
  );
  assertEquals(await answers, [HASH, OF_TWO, undefined, HASH]);
  await ours.close();
  await theirs.close();
});

Deno.test("RemoteHasher: asks one by one for files that share a flight of which one fails", async () => {
  const [ours, theirs] = channelPair();
  await say(theirs, "sha256sum\nnew\n");
  const hasher = (await RemoteHasher.begin(ours))!;
  const answers = Promise.all(["a", "b"].map((path) => hasher.ask({ path })));
  await expectSent(theirs, "+2\na\nb\n");
  await say(theirs, `${HASH}  ./a\n.1\n`);
  await expectSent(theirs, " a\n b\n");
  await say(theirs, `${HASH}  -\n.0\n.1\n`);
  assertEquals(await answers, [HASH, undefined]);
  await ours.close();
  await theirs.close();
});

Deno.test("RemoteHasher: has what is asked for share a flight once enough are in flight", async () => {
  const [ours, theirs] = channelPair();
  await say(theirs, "sha256sum\nnew\n");
  const hasher = (await RemoteHasher.begin(ours))!;
  const lengths = Promise.all(
    [1, 2, 3, 4].map((length) => hasher.ask({ path: "f", length })),
  );
  await expectSent(theirs, "1 f\n2 f\n3 f\n4 f\n");
  const names = Array.from({ length: 65 }, (_, at) => `f${at}`);
  const others = Promise.all(names.map((path) => hasher.ask({ path })));
  await say(theirs, ".1\n.1\n");
  await expectSent(theirs, `+64\n${names.slice(0, 64).join("\n")}\n f64\n`);
  await say(theirs, `.1\n.1\n${`${HASH}  f\n`.repeat(64)}.0\n.1\n`);
  assertEquals(await lengths, Array(4).fill(undefined));
  assertEquals(await others, [...Array(64).fill(HASH), undefined]);
  await ours.close();
  await theirs.close();
});

Deno.test("RemoteHasher: has up to 64 requests in flight that share none", async () => {
  const [ours, theirs] = channelPair();
  await say(theirs, "sha256sum\nnew\n");
  const hasher = (await RemoteHasher.begin(ours))!;
  const answers = Promise.all(
    Array.from(
      { length: 65 },
      (_, at) => hasher.ask({ path: `${at}`, asks: { mode: 0o644 } }),
    ),
  );
  const lines = Array.from({ length: 65 }, (_, at) => `a:0644:: ${at}\n`);
  await expectSent(theirs, lines.slice(0, 64).join(""));
  await say(theirs, ".1\n");
  await expectSent(theirs, lines[64]!);
  await say(theirs, ".0\n".repeat(64));
  assertEquals(await answers, [undefined, ...Array(64).fill("")]);
  await ours.close();
  await theirs.close();
});

Deno.test("RemoteHasher: fails all requests, and later ones, where the script ends", async () => {
  const [ours, theirs] = channelPair();
  await theirs.write(new TextEncoder().encode("sha256sum\nnew\n"));
  await theirs.close();
  const hasher = (await RemoteHasher.begin(ours))!;
  const both = ["a", "b"].map((path) => hasher.ask({ path }));
  for (const each of both) await assertRejects(() => each, SessionError);
  await assertRejects(() => hasher.ask({ path: "c" }), SessionError);
});

Deno.test("RemoteHasher: does not read an endless answer", async () => {
  const [ours, theirs] = channelPair();
  await theirs.write(
    new TextEncoder().encode(`sha256sum\nnew\nnew\n${"x\n".repeat(99)}`),
  );
  await theirs.flush();
  const hasher = (await RemoteHasher.begin(ours))!;
  await assertRejects(() => hasher.ask({ path: "a" }), ProtocolError);
});

for (const [place, isThere] of [["d", true], ["new", false]] as const) {
  Deno.test(`HASH_SCRIPT: hashes files below its first operand, and tells whether that is a directory: ${place}`, async () => {
    using directory = new TempDirectory();
    const cwd = directory.path;
    Deno.mkdirSync(`${cwd}/d`);
    Deno.writeTextFileSync(`${cwd}/d/f`, "abc");
    await using shell = await HashShell.start({
      cwd,
      path: Deno.env.get("PATH")!,
      operands: [place],
    });
    const hasher = shell.hasher!;
    assertEquals(hasher.isThere, isThere);
    if (!isThere) Deno.writeTextFileSync(`${cwd}/new`, "ab");
    const base = { kind: "target" } as const;
    assertEquals(
      await Promise.all([
        hasher.ask({ base, path: "f" }),
        hasher.ask({ base, path: "f" }),
        hasher.ask({ base, path: "" }),
        hasher.ask({ path: "d/f" }),
        hasher.ask({ base, path: "f" }),
      ]),
      isThere
        ? [HASH, HASH, undefined, HASH, HASH]
        : [undefined, undefined, OF_TWO, HASH, undefined],
    );
  });
}

Deno.test("HASH_SCRIPT: hashes files below the operand of a name, of several the one that is meant", async () => {
  using directory = new TempDirectory();
  const cwd = directory.path;
  for (const [path, content] of [["a", "abc"], ["b", "ab"]] as const) {
    Deno.mkdirSync(`${cwd}/${path}/x\n*`, { recursive: true });
    Deno.writeTextFileSync(`${cwd}/${path}/x\n*/f`, content);
  }
  Deno.writeTextFileSync(`${cwd}/g`, "abc");
  await using shell = await HashShell.start({
    cwd,
    path: Deno.env.get("PATH")!,
    operands: ["missing/x\n*", "a/x\n*/", `${cwd}/b/x\n*`, "g"],
  });
  const hasher = shell.hasher!;
  const base = (name: string, count: number) =>
    ({ kind: "source", name, count }) as const;
  assertEquals(
    await Promise.all([
      hasher.ask({ base: base("x\n*", 1), path: "f" }),
      hasher.ask({ base: base("x\n*", 2), path: "f" }),
      hasher.ask({ base: base("x\n*", 3), path: "f" }),
      hasher.ask({ base: base("g", 1), path: "" }),
      hasher.ask({ base: base("*", 1), path: "" }),
    ]),
    [HASH, OF_TWO, undefined, HASH, undefined],
  );
});

Deno.test("HASH_SCRIPT: hashes its first and its last operand that are there", async () => {
  using directory = new TempDirectory();
  const cwd = directory.path;
  Deno.writeTextFileSync(`${cwd}/a`, "abc");
  Deno.writeTextFileSync(`${cwd}/b`, "ab");
  const path = Deno.env.get("PATH")!;
  const operands = ["missing", "a", "b", "gone"];
  await using shell = await HashShell.start({ cwd, path, operands });
  const ask = async (kind: "first" | "last", of: HashShell = shell) =>
    await of.hasher!.ask({ base: { kind }, path: "" });
  assertEquals(
    [await ask("first"), await ask("last")],
    [HASH, OF_TWO],
  );
  await using none = await HashShell.start({ cwd, path });
  assertEquals(await ask("last", none), undefined);
});
