/** Lengths, attributes and rests of files, by the script in each shell that is here. */

import { assertEquals } from "@std/assert";
import {
  formatRead,
  formatWrite,
  parseWritten,
  READY,
  writablePoint,
} from "../../../lib/digest/file_rest.ts";
import { readText } from "../../../lib/digest/remote_hasher.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { HashShell } from "../../support/digest/hash_shell.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const BLOCK = 65536;

/** Names that a shell could read as something else. */
const NAMES = [
  " a  b ",
  "-n",
  "it's",
  "$(touch pwned)",
  "back\\slash\\n",
  "a\nb",
];

/** Programs that the script runs. */
const PROGRAMS = ["sha256sum", "head", "wc", "dd", "tail", "touch", "chmod"];

/** Shells, and programs in the PATH that take the place of those of this system. */
const SHELLS: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ["", ["sh"]],
  ["", ["dash"]],
  ["", ["bash"]],
  ["busybox", ["busybox", "sh"]],
  ["toybox", ["sh"]],
];

/** Starts the script in an empty directory. */
async function start(
  directory: string,
  [box, [name, ...args]]: (typeof SHELLS)[number],
): Promise<HashShell> {
  const path = `${directory}/bin`;
  Deno.mkdirSync(path, { recursive: true });
  for (const program of PROGRAMS) {
    // Debian's toybox has no dd.
    const isOwn = box === "" || (box === "toybox" && program === "dd");
    const from = findProgram(isOwn ? program : box)!;
    Deno.symlinkSync(from, `${path}/${program}`);
  }
  Deno.mkdirSync(`${directory}/files`, { recursive: true });
  return await HashShell.start({
    cwd: `${directory}/files`,
    path,
    shell: [findProgram(name)!, ...args],
  });
}

/** Reads all that is said up to the end. */
async function readAll({ channel }: HashShell): Promise<string> {
  let text = "";
  for (let part; (part = await channel.read(BLOCK)).length > 0;) {
    text += new TextDecoder().decode(part);
  }
  return text;
}

/** Gives bytes of which no two blocks are the same. */
function content(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => at + (at >> 8) + (at >> 16));
}

for (const entry of SHELLS) {
  const [box, [shell]] = entry;
  const lacks = [shell, ...box === "" ? PROGRAMS : [box]]
    .some((name) => findProgram(name) === undefined);
  const by = box === "" ? shell : `${shell} with ${box}`;

  Deno.test({
    name: `HASH_SCRIPT: tells lengths, and what is not there, by ${by}`,
    ignore: lacks,
    async fn() {
      using directory = new TempDirectory();
      await using shell = await start(directory.path, entry);
      const files = `${directory.path}/files`;
      for (const name of NAMES) {
        Deno.writeTextFileSync(`${files}/${name}`, "abc");
      }
      const paths = [...NAMES, "missing", "."];
      const ask = (path: string) => shell.hasher!.ask({ path, asks: "size" });
      const due = [...NAMES.map(() => "3"), "-", "-"];
      assertEquals(await Promise.all(paths.map(ask)), due);
      for (const [at, path] of paths.entries()) {
        assertEquals(await ask(path), due[at]);
      }
      assertEquals([...Deno.readDirSync(files)].length, NAMES.length);
    },
  });

  Deno.test({
    name: `HASH_SCRIPT: sets modes and times by ${by}`,
    ignore: lacks,
    async fn() {
      using directory = new TempDirectory();
      await using shell = await start(directory.path, entry);
      for (const name of NAMES) {
        const path = `${directory.path}/files/${name}`;
        Deno.writeTextFileSync(path, "abc", { mode: 0o600 });
        const times = {
          modified: 946_684_801_500,
          accessed: 1_000_000_000_000,
        };
        const asks = { mode: 0o440, times };
        assertEquals(await shell.hasher!.ask({ path: name, asks }), "");
        const { mode, mtime, atime } = Deno.statSync(path);
        assertEquals(
          [mode! & 0o7777, mtime?.getTime(), atime?.getTime()],
          [0o440, 946_684_801_000, 1_000_000_000_000],
        );
        const alone = { mode: 0o644 };
        assertEquals(await shell.hasher!.ask({ path: name, asks: alone }), "");
        assertEquals(Deno.statSync(path).mtime?.getTime(), 946_684_801_000);
      }
      const missing = { path: "missing", asks: { mode: 0o644 } };
      assertEquals(await shell.hasher!.ask(missing), undefined);
    },
  });

  for (const name of NAMES) {
    Deno.test({
      name: `HASH_SCRIPT: gives the rest of ${JSON.stringify(name)} by ${by}`,
      ignore: lacks,
      async fn() {
        using directory = new TempDirectory();
        await using shell = await start(directory.path, entry);
        Deno.writeTextFileSync(`${directory.path}/files/${name}`, "abcdef\n");
        await shell.channel.write(formatRead({ path: name }, 2));
        assertEquals(await readText(shell.channel), READY);
        assertEquals(await readAll(shell), "cdef\n");
      },
    });

    Deno.test({
      name: `HASH_SCRIPT: writes the rest of ${JSON.stringify(name)} by ${by}`,
      ignore: lacks,
      async fn() {
        using directory = new TempDirectory();
        await using shell = await start(directory.path, entry);
        const path = `${directory.path}/files/${name}`;
        const whole = content(3 * BLOCK + 5);
        const there = whole.slice(0, 2 * BLOCK + 9).fill(0, 2 * BLOCK);
        Deno.writeFileSync(path, there);
        await shell.channel.write(formatWrite({ path: name }, 2 * BLOCK));
        assertEquals(await readText(shell.channel), READY);
        // Parts of no whole block: the script takes them as they come.
        for (const at of [0, 7, 7 + BLOCK]) {
          const end = at === 0 ? 7 : at === 7 ? 7 + BLOCK : BLOCK + 9;
          const part = whole.subarray(2 * BLOCK + at, 2 * BLOCK + end);
          await shell.channel.write(part);
          await shell.channel.flush();
        }
        await shell.channel.close();
        assertEquals(parseWritten(await readAll(shell)), {
          size: 3 * BLOCK + 5,
          failure: undefined,
        });
        assertEquals(Deno.readFileSync(path), whole);
      },
    });
  }

  Deno.test({
    name: `HASH_SCRIPT: writes nothing behind an end that is sooner, by ${by}`,
    ignore: lacks,
    async fn() {
      using directory = new TempDirectory();
      await using shell = await start(directory.path, entry);
      Deno.writeFileSync(`${directory.path}/files/f`, content(BLOCK - 1));
      await shell.channel.write(formatWrite({ path: "f" }, BLOCK));
      await shell.channel.write(new TextEncoder().encode("s f\n"));
      await shell.channel.close();
      assertEquals(await readAll(shell), "");
    },
  });

  Deno.test({
    name:
      `HASH_SCRIPT: reads no request in a rest that cannot be written, by ${by}`,
    ignore: lacks || findProgram("setpriv") === undefined,
    async fn() {
      using directory = new TempDirectory();
      await using shell = await start(directory.path, entry);
      Deno.symlinkSync("/dev/full", `${directory.path}/files/f`);
      await shell.channel.write(formatWrite({ path: "f" }, 0));
      await shell.channel.write(new TextEncoder().encode("s f\n"));
      await shell.channel.close();
      assertEquals(await readAll(shell), "");
    },
  });
}

Deno.test("parseWritten(): tells why not all was written", () => {
  const said = "dd: error writing './f': No space left on device\n" +
    "1+0 records in\n0+0 records out\n65536 bytes copied\n70000\n.1\n";
  assertEquals(parseWritten(said), {
    size: 70000,
    failure: "No space left on device",
  });
  assertEquals(parseWritten("\n\n.1\n"), {
    size: undefined,
    failure: "it cannot be written",
  });
});

Deno.test("parseWritten(): takes a part of an answer for none", () => {
  assertEquals(parseWritten("1+0 records in\n70000\n"), undefined);
  assertEquals(parseWritten(""), undefined);
});

Deno.test("writablePoint(): gives a block's start", () => {
  assertEquals([0, 65535, 65536, 200_000].map(writablePoint), [
    ...[0, 0, 65536, 196_608],
  ]);
});
