import { assert, assertEquals } from "@std/assert";
import { decodeName } from "../../../lib/names/name_bytes.ts";
import {
  DIRECTORY_SCRIPT,
  parseAnswer,
  scriptCommand,
  scriptInput,
} from "../../../lib/scp/directory_script.ts";

Deno.test("DIRECTORY_SCRIPT: holds no character that a shell reads in single quotes", () => {
  assert(!/['\\!\n]/.test(DIRECTORY_SCRIPT));
});

Deno.test("scriptCommand(): puts the target as it is, and the name and the script in quotes", () => {
  const command = scriptCommand({
    key: "key",
    target: "~/x",
    name: "a b",
    sink: "scp -r -t",
  });
  assertEquals(
    command,
    `sh -c '${DIRECTORY_SCRIPT}' key ~/x 'a b' scp -r -t`,
  );
});

Deno.test("parseAnswer(): reads the script's answer and nothing else", () => {
  assertEquals(parseAnswer("there yes"), { isThere: true, isReady: true });
  assertEquals(parseAnswer("new no\r"), { isThere: false, isReady: false });
  for (const line of ["", "there", "there yes!", " new no", "new no\nx"]) {
    assertEquals(parseAnswer(line), undefined, line);
  }
});

Deno.test("scriptInput(): gives the lengths of three lists: directories with their masks, and their links by groups in two halves", () => {
  const input = scriptInput([
    { path: "", mode: 0o755, group: 0 },
    { path: "/a", mode: 0o755, group: 1 },
    { path: "/a b", mode: 0o700, group: 1 },
    { path: "/a/a", mode: 0o777, group: 2 },
    { path: "/x/a", mode: 0o751, group: 4 },
  ]);
  assertEquals(
    decodeName(input),
    "4 54 19 8\n" +
      "=g-w,o-w\n.\n/a\n=g-rwx,o-rwx\n/a b\n=\n/a/a\n=g-w,o-rw\n/x/a\n" +
      "+1\n/a\n/a b\n+2\n/a/a\n" +
      "+4\n/x/a\n",
  );
});

Deno.test("scriptInput(): tells lengths in bytes, and keeps the bytes of names", () => {
  const input = scriptInput([
    { path: "", mode: 0o777, group: 0 },
    { path: "/\udcffé", mode: 0o777, group: 1 },
  ]);
  const name = [0x2f, 0xff, 0xc3, 0xa9, 0x0a];
  assertEquals(
    [...input],
    [
      ...new TextEncoder().encode("1 9 8 0\n=\n.\n"),
      ...name,
      ...new TextEncoder().encode("+1\n"),
      ...name,
    ],
  );
});
