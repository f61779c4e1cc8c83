import { dashed, OPTIONS } from "../../lib/options/option_table.ts";

/** Markers around the table. */
const BEGIN = "<!-- options: made by task manual -->\n\n";
const END = "\n<!-- /options -->";

/** Makes README's table of options as Markdown that ends with a newline. */
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
 * Replaces the table between README's markers.
 *
 * @throws {Error} If a marker is missing.
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

/**
 * Checks that README's table is the one that the option table makes.
 *
 * @throws {Error} If it is not, or a marker is missing.
 */
export function checkOptionsTable(readme: string): void {
  if (withOptionsTable(readme) === readme) return;
  throw new Error(
    "README.md's table of options is out of date: run deno task manual",
  );
}
