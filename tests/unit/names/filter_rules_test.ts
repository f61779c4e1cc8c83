import { assert, assertEquals } from "@std/assert";
import {
  type FilterRule,
  FilterRules,
  ruleOfLine,
  ruleOfOption,
} from "../../../lib/names/filter_rules.ts";

/** Gives the verdict on a path below the outermost directory; a slash ends a directory. */
function verdictOn(rules: FilterRules, path: string): string {
  const isDirectory = path.endsWith("/");
  const whole = isDirectory ? path.slice(0, -1) : path;
  const at = whole.lastIndexOf("/");
  const directory = rules.in(whole.slice(0, Math.max(0, at)));
  const verdict = directory.verdictOn(whole.slice(at + 1), { isDirectory });
  return verdict.kind === "excluded" ? verdict.reason : verdict.kind;
}

function excluding(...patterns: readonly string[]): FilterRules {
  const rules = patterns.map((each) => ruleOfOption("exclude", each));
  return new FilterRules(rules, { isInclusive: false });
}

function including(...rules: readonly FilterRule[]): FilterRules {
  return new FilterRules(rules, { isInclusive: true });
}

Deno.test("FilterRules: name the last rule that matches", () => {
  const rules = excluding("*.o", "!keep.o", "lib/*.o");
  assertEquals(verdictOn(rules, "a.o"), "--exclude *.o");
  assertEquals(verdictOn(rules, "keep.o"), "included");
  assertEquals(verdictOn(rules, "lib/keep.o"), "--exclude lib/*.o");
  assertEquals(verdictOn(rules, "a.c"), "included");
});

Deno.test("FilterRules: anchor a slash at the outermost directory, and one at the end to directories", () => {
  const rules = excluding("/top", "dir/");
  assertEquals(verdictOn(rules, "top"), "--exclude /top");
  assertEquals(verdictOn(rules, "a/top"), "included");
  assertEquals(verdictOn(rules, "a/dir/"), "--exclude dir/");
  assertEquals(verdictOn(rules, "a/dir"), "included");
});

Deno.test("FilterRules: tell capitals from small letters", () => {
  assertEquals(verdictOn(excluding("readme"), "README"), "included");
});

Deno.test("FilterRules: take # at the start of a pattern from the command line for a character", () => {
  assertEquals(verdictOn(excluding("#*#"), "#a#"), "--exclude #*#");
});

Deno.test("FilterRules: match a byte that is no UTF-8 by itself and by ?", () => {
  const name = "a\udcff";
  assertEquals(verdictOn(excluding("a?"), name), "--exclude a?");
  assertEquals(verdictOn(excluding("*\udcff"), name), "--exclude *\udcff");
  assertEquals(verdictOn(excluding("a\udcfe"), name), "included");
});

Deno.test("FilterRules: match a letter beyond ASCII by one ?", () => {
  assertEquals(verdictOn(excluding("a?"), "aé"), "--exclude a?");
});

Deno.test("FilterRules: match a name with a line break", () => {
  assertEquals(verdictOn(excluding("a*c"), "a\nb\nc"), "--exclude a*c");
  assertEquals(verdictOn(excluding("**/c"), "a\nb/c"), "--exclude **/c");
});

Deno.test("FilterRules: exclude all but what is included, where only that is wanted", () => {
  const rules = including(
    ruleOfOption("include", "*.txt"),
    ruleOfOption("exclude", "old.txt"),
  );
  assertEquals(verdictOn(rules, "a.txt"), "included");
  assertEquals(verdictOn(rules, "a.c"), "not included");
  assertEquals(verdictOn(rules, "dir/"), "entered");
  assertEquals(verdictOn(rules, "dir/b.txt"), "included");
  assertEquals(verdictOn(rules, "dir/old.txt"), "--exclude old.txt");
});

Deno.test("FilterRules: include what is in a directory that is included, but for what is excluded", () => {
  const rules = including(
    ruleOfOption("include", "docs/"),
    ruleOfOption("exclude", "*.o"),
  );
  assertEquals(verdictOn(rules, "docs/"), "included");
  assertEquals(verdictOn(rules, "docs/a"), "included");
  assertEquals(verdictOn(rules, "docs/deep/er/a"), "included");
  assertEquals(verdictOn(rules, "docs/deep/a.o"), "--exclude *.o");
  assertEquals(verdictOn(rules, "src/a"), "not included");
});

Deno.test("FilterRules: say the same of a path again, however many came between", () => {
  for (const pattern of ["*.o", "/d/*.o"]) {
    const rules = excluding(pattern);
    for (let at = 0; at < 25_000; at++) {
      assertEquals(verdictOn(rules, `d/f${at % 12_000}`), "included");
      if (at % 5000 !== 0) continue;
      assertEquals(verdictOn(rules, "d/a.o"), `--exclude ${pattern}`);
      assertEquals(
        verdictOn(rules, "e/a.o"),
        pattern === "*.o" ? "--exclude *.o" : "included",
      );
    }
  }
});

Deno.test("FilterRules: take the time of a line for a name made against a pattern", () => {
  const rules = excluding("*a".repeat(20) + "b");
  const start = performance.now();
  assertEquals(verdictOn(rules, "a".repeat(255)), "included");
  assert(performance.now() - start < 1000);
});

Deno.test("ruleOfLine(): gives nothing for a blank line and a comment", () => {
  assertEquals(ruleOfLine("", "f:1"), undefined);
  assertEquals(ruleOfLine("\r", "f:1"), undefined);
  assertEquals(ruleOfLine("# a", "f:1"), undefined);
  assertEquals(ruleOfLine("a\r", "f:1"), { pattern: "a", label: "f:1: a" });
});
