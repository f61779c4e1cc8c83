/** Commands of clients, as a server that accepts only copies reads them. */

import { assert, assertEquals } from "@std/assert";
import { confinedPath } from "../../../lib/disk/confined_path.ts";
import { Moved } from "../../../lib/filesystem/access.ts";
import { isActive, textOf } from "../../../lib/names/shell_word.ts";
import { readCommand } from "../../../lib/server/served_command.ts";
import { sessionLine } from "../../../lib/server/session_line.ts";
import { literal } from "./byte_text.ts";
import type { FuzzCase } from "./fuzz_case.ts";
import type { Random } from "./random.ts";

const PARTS: readonly string[] = [
  ..."aZ09:/\\@[](){}.,;*?!^-_~#$`'\"&|<>%+= \t\n\r\0\x1b\x7f",
  ..."é名🦕\udc80\u202e",
  ...["scp ", "-t ", "-f ", "-rp", "-- ", "-S", "-oProxyCommand=", "../", "~/"],
  ...[
    "sftp-server",
    "internal-sftp",
    "/usr/bin/scp ",
    "{a,b}",
    "$(id)",
    "; id",
  ],
];

/** Makes a command, most often one that begins as scp's. */
export function commandCase(random: Random): FuzzCase {
  const beginning = random.chance(80)
    ? random.pick(["scp -t ", "scp -f "])
    : "";
  const text = beginning + Array.from(
    { length: random.below(20) },
    () => random.pick(PARTS),
  ).join("");
  return {
    described: `command ${literal(text)}`,
    run: async () => {
      const command = readCommand(text);
      if (command.kind === "scp") {
        assert(!/[\n\r\0]/.test(text));
        assert(command.paths.length > 0);
        if (command.role === "sink") assertEquals(command.paths.length, 1);
        for (const word of command.paths) {
          assert(!word.some((char) => isActive(char, ";")));
          const { names } = confinedPath(textOf(word));
          assert(!names.some((name) => /^\.{0,2}$|\//.test(name)));
        }
      }
      const line = sessionLine({
        ...{ user: text, connection: text, command: text },
        ...{ access: "read-write", moved: new Moved(), verdict: undefined },
      });
      assert(!/\p{Cc}/u.test(line));
    },
  };
}
