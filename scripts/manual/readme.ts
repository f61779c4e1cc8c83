import { dashed, OPTIONS } from "../../lib/options/option_table.ts";

/** What stands around the table, so that it is found again. */
const BEGIN = "<!-- options: made by task manual -->\n\n";
const END = "\n<!-- /options -->";

/** The table of options in README, as Markdown, a newline at its end. */
export function optionsTable(): string {
  const rows = OPTIONS
    .filter(({ summary }) => summary !== undefined)
    .map(({ name, value, summary }) => {
      const typed = dashed(name) + (value === undefined ? "" : ` ${value}`);
      return `| \`${typed}\` | ${summary} |\n`;
    });
  return `| option | meaning |\n| --- | --- |\n${rows.join("")}`;
}

/**
 * README with the table between its marks, whatever was there.
 *
 * @throws {Error} If a mark is missing.
 */
export function withOptionsTable(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, begin);
  if (begin < 0 || end < 0) {
    throw new Error(
      `README.md has no ${BEGIN.trim()} with ${END.trim()} after it`,
    );
  }
  const before = readme.slice(0, begin + BEGIN.length);
  return before + optionsTable() + readme.slice(end);
}

/** @throws {Error} If README has another table, or a mark is missing. */
export function checkOptionsTable(readme: string): void {
  if (withOptionsTable(readme) === readme) return;
  throw new Error(
    "README.md has another table of options than lib/cli/options.ts: " +
      "run deno task manual",
  );
}
