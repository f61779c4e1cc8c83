import { assertEquals } from "@std/assert";
import { dashed, OPTIONS } from "../../lib/cli/options.ts";

const README = new URL("../../README.md", import.meta.url);

Deno.test("README's table of options says what --help says", () => {
  const rows = Deno.readTextFileSync(README).split("\n")
    .filter((line) => /^\| `-/.test(line));
  const expected = OPTIONS
    .filter(({ summary }) => summary !== undefined)
    .map(({ name, value, summary }) =>
      `| \`${dashed(name)}${value ? ` ${value}` : ""}\` | ${summary} |`
    );
  assertEquals(rows, expected);
});
