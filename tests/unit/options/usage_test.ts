import { assert, assertEquals } from "@std/assert";
import {
  OPTIONS,
  SHELLS,
  typedOption,
} from "../../../lib/options/option_table.ts";
import { helpText, USAGE, usageText } from "../../../lib/options/usage.ts";

Deno.test("helpText(): shows examples, then the options by group", async (t) => {
  await t.assertSnapshot(helpText());
});

Deno.test("helpText(): fits in 80 columns of ASCII", () => {
  for (const line of helpText().split("\n")) {
    assert(/^[\x20-\x7e]{0,80}$/.test(line), line);
  }
});

Deno.test("helpText(): shows every option that is not hidden, once", () => {
  const lines = helpText().split("\n");
  for (const option of OPTIONS) {
    const shown = lines.filter((line) =>
      line.startsWith(`  ${typedOption(option)} `)
    );
    assertEquals(
      shown.length,
      option.summary === undefined ? 0 : 1,
      option.name,
    );
  }
});

Deno.test("helpText(): names each shell that has completions", () => {
  for (const shell of SHELLS) {
    assert(helpText().includes(` ${shell}`), shell);
  }
});

Deno.test("usageText(): adds one line to scp's usage", async (t) => {
  assert(usageText("seacp").startsWith(`${USAGE}\n`));
  await t.assertSnapshot(usageText("seacp"));
});
