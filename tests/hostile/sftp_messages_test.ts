/**
 * Tests of SFTP servers that put terminal controls or too much text into
 * messages and names.
 */

import { assert } from "@std/assert";
import { printable } from "../../lib/names/printable.ts";
import { attack } from "../support/hostile/sftp_attack.ts";
import { after, instead } from "../support/hostile/sftp_server.ts";
import { FILE, said, withName } from "../support/hostile/sftp_hooks.ts";
import { status } from "../support/sftp/server.ts";

const HOSTILE_MESSAGES: readonly string[] = [
  "\x1b[2K\rall is well\x07\xc2\x9b\xe2\x80\xae",
  "two\nlines\r\n",
  "\0",
  "\xff\xfe",
  "x".repeat(1500),
];

for (
  const [request, way] of [
    ["OPENDIR", "a tree that comes"],
    ["OPEN", "a file that comes"],
    ["READ", "a file that comes"],
    ["WRITE", "a tree that goes"],
    ["MKDIR", "a tree that goes"],
  ] as const
) {
  for (const code of [3, 4, 1000]) {
    Deno.test(`SFTP client: a message for ${request} with status ${code} can be shown`, async () => {
      for (const message of HOSTILE_MESSAGES) {
        const { told } = await attack(way, {
          hooks: { [request]: instead(status(code, message)) },
        });
        assert(told.length > 0);
        for (const text of told) {
          // deno-lint-ignore no-control-regex
          assert(!/[\x00-\x1f\x7f-\x9f\u202e]/.test(printable(text)), text);
        }
      }
    });
  }

  Deno.test(`SFTP client: a message of 100 KB for ${request} is told in short`, async () => {
    const { told } = await attack(way, {
      hooks: { [request]: instead(status(4, "x".repeat(100_000))) },
    });
    assert(told.length > 0);
    for (const { length } of told) {
      assert(length < 4096, `${length} characters`);
    }
  });
}

Deno.test("SFTP client: a name of 100 KB is told in short", async () => {
  for (const name of ["n".repeat(100_000), "/".repeat(100_000)]) {
    const { told } = await attack("a tree that comes", {
      hooks: {
        READDIR: after(0, withName(name, said({ permissions: FILE }))),
      },
    });
    assert(told.length > 0);
    for (const { length } of told) {
      assert(length < 8192, `${length} characters`);
    }
  }
});
