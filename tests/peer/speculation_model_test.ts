/**
 * Bodies that the model calls harmless, read as records by the system's real sink:
 * nothing may come of them.
 */

import { assert, assertEquals } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { isSafeToSpeculate } from "../../lib/scp/wire/speculation.ts";
import { encodeName } from "../../lib/names/name_bytes.ts";
import { peerTest } from "../support/doors.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { Random } from "../support/fuzz/random.ts";

/** Parts of which bodies are made: records, and what is nearly one. */
const PARTS: readonly string[] = [
  "C0644 4 evil\n",
  "C0644 4 evil",
  "D0755 0 evil\n",
  "T1 0 1 0\n",
  "E\n",
  "E",
  "\x01x\n",
  "\x02x\n",
  "\0",
  "\n",
  "C0644 4evil\n",
  "C064 4 evil\n",
  "Copyright\n",
  "The end\n",
  "Each\n",
  "a\n",
  "x".repeat(2046),
  "x".repeat(2047),
  "x".repeat(2046) + "\n",
  "evil",
];

/** What follows a refused body: its end, and the next file. */
const BEHIND = "\0C0644 4 next\nnext\0";

/**
 * Gives the names that a sink makes which refuses the file `taken`, since a
 * directory has that name, and gets its body all the same.
 */
async function madeOf(body: string): Promise<readonly string[]> {
  using directory = new TempDirectory();
  const target = `${directory.path}/top/target`;
  Deno.mkdirSync(`${target}/taken`, { recursive: true });
  const child = new Deno.Command(findProgram("scp")!, {
    args: ["-r", "-t", target],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const stream = `C0644 ${body.length} taken\n${body}${BEHIND}`;
  // The sink may end before it has read all.
  await writer.write(new Uint8Array(encodeName(stream))).catch(() => {});
  await writer.close().catch(() => {});
  await child.status;
  return [target, `${target}/taken`, `${directory.path}/top`].flatMap((path) =>
    Array.from(Deno.readDirSync(path), ({ name }) => name)
  ).filter((name) => name !== "taken" && name !== "target");
}

peerTest(
  "speculation: nothing comes of a body in the system's sink that the model calls harmless",
  ["scp"],
  async () => {
    const random = new Random(1);
    let harmless = 0;
    for (let cases = 0; cases < 400; cases++) {
      const body = Array.from(
        { length: 1 + random.below(4) },
        () => random.pick(PARTS),
      ).join("");
      if (!isSafeToSpeculate(encodeName(body))) continue;
      harmless++;
      assertEquals(await madeOf(body), [], JSON.stringify(body));
    }
    assert(harmless > 50, `${harmless} bodies`);
  },
);

peerTest(
  "speculation: the system's sink obeys bodies that the model holds back",
  ["scp"],
  async () => {
    for (
      const [body, made] of [
        ["C0644 4 evil\nevil\0", "evil"],
        ["C0644 0 evil", "evil"],
        ["D0755 0 evil\n", "evil"],
        ["T1 0 1 0\nC0644 4 evil\nevil\0", "evil"],
        ["\x01x\nC0644 4 evil\nevil\0", "evil"],
      ] as const
    ) {
      assertEquals(isSafeToSpeculate(encodeName(body)), false);
      assert((await madeOf(body)).includes(made), JSON.stringify(body));
    }
  },
);
