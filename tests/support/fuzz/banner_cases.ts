import { assert, assertEquals } from "@std/assert";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import { decodeName } from "../../../lib/names/name_bytes.ts";
import { skipBanner } from "../../../lib/scp/banner.ts";
import { bytesOf, literal } from "./byte_text.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import { FuzzChannel } from "./fuzz_channel.ts";
import type { Random } from "./random.ts";

const MARKER = "seacp-4c8ad1f6-0f8a-4a30-9a69-2f0a8d8f7a8e";

const PARTS: readonly string[] = [
  `${MARKER}\n`,
  `${MARKER}\r\n`,
  MARKER,
  MARKER.slice(0, -1),
  MARKER.slice(1) + "\n",
  `${MARKER} \n`,
  `${MARKER}\n\r`,
  "\0",
  "\n",
  "\r\n",
  "C0644 1 f\nx\0",
  "Welcome to far\n",
  "\xc3",
  "\xff\xfe\n",
  "\x1b]0;evil\x07",
];

/** Most bytes that are read. */
const LONGEST = 64 * 1024;

/** A shell's words, with the marker in them or without. */
export function greetingCase(random: Random): FuzzCase {
  const parts = Array.from(
    { length: random.below(8) },
    () =>
      random.chance(70) ? random.pick(PARTS) : random.bytes(random.below(30)),
  );
  if (random.chance(3)) {
    const length = LONGEST - 100 + random.below(200);
    parts.splice(random.below(parts.length + 1), 0, "x".repeat(length));
  }
  const input = parts.join("");
  return {
    described: `the shell says\n${literal(input)}`,
    run: async () => {
      const channel = new FuzzChannel(input, random);
      const found = new RegExp(`${MARKER}\r?\n`).exec(input);
      const end = found === null ? Infinity : found.index + found[0].length;
      await assertEnds(async () => {
        const banner = await skipBanner(channel, MARKER, 10_000);
        const said = decodeName(bytesOf(input.slice(0, found!.index)));
        assertEquals(banner, said);
        assertEquals(channel.position, end, "nothing more was read");
      }, ...(end <= LONGEST ? [] : [ProtocolError, SessionError]));
      assert(channel.position <= LONGEST, "more was read than may be");
    },
  };
}
