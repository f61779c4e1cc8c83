import { assertEquals, assertMatch } from "@std/assert";
import { BATCH_MODE } from "../../../lib/options/copy_options.ts";
import {
  dashed,
  OPTIONS,
  typedOption,
} from "../../../lib/options/option_table.ts";
import { USAGE } from "../../../lib/options/usage.ts";

Deno.test("OPTIONS: have names of their own, and sentences of 58 characters at most", () => {
  const names = OPTIONS.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
  for (const { summary, name } of OPTIONS) {
    if (summary !== undefined) assertMatch(summary, /^[A-Z].{1,56}\.$/, name);
  }
});

Deno.test("OPTIONS: show every option of scp's usage, with the name of its value", () => {
  const flags = /\[-(\w+)\]/.exec(USAGE)![1]!;
  const values = USAGE.matchAll(/\[(-\w \w+)\]/g).map(([, typed]) => typed!);
  const shown = OPTIONS
    .filter(({ name, summary }) => name.length === 1 && summary !== undefined)
    .map(typedOption);
  assertEquals(
    shown.toSorted(),
    [...Array.from(flags, (flag) => `-${flag}`), ...values].toSorted(),
  );
});

Deno.test("OPTIONS: go to ssh as the letter that they are to scp, -B alone as an option", () => {
  const forwarded = OPTIONS.filter(({ ssh }) => ssh !== undefined);
  assertEquals(
    forwarded.map(({ name }) => name).toSorted().join(""),
    "46ABCFJcioqv",
  );
  for (const { name, ssh } of forwarded) {
    assertEquals(ssh, name === "B" ? BATCH_MODE : `-${name}`);
  }
});

Deno.test("dashed() and typedOption(): give options as they are typed", () => {
  assertEquals([dashed("r"), dashed("help")], ["-r", "--help"]);
  assertEquals(typedOption({ name: "r" }), "-r");
  assertEquals(
    typedOption({ name: "shell", value: "name", valueKind: "text" }),
    "--shell name",
  );
});
