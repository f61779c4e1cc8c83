/** Rules that choose entries below a directory, as gitignore(5) reads them. */

import ignore, { type Ignore, type TestResult } from "ignore";

/** One rule of the user's. */
export interface FilterRule {
  /** Pattern; behind a `!` it brings back what an earlier rule excluded. */
  readonly pattern: string;
  /** Text that names the rule in messages. */
  readonly label: string;
}

/** Result of the rules for one entry. */
export type Verdict =
  | { readonly kind: "included" }
  /** A directory that is only entered, since entries in it may be included. */
  | { readonly kind: "entered" }
  | { readonly kind: "excluded"; readonly reason: string };

const INCLUDED: Verdict = { kind: "included" };
const ENTERED: Verdict = { kind: "entered" };
const NOT_INCLUDED: Verdict = { kind: "excluded", reason: "not included" };

/** Most names whose verdicts are kept. */
const KEPT_NAMES = 10_000;

/**
 * Rules for what is in a directory, at any depth. The last rule that matches an
 * entry decides; an entry that none matches is included, unless only what a rule
 * includes is wanted.
 */
export class FilterRules {
  readonly #rules: Ignore;
  readonly #isInclusive: boolean;
  /** Results of rules that look at names alone; absent where one looks at paths. */
  readonly #byName: ResultsByName | undefined;

  /**
   * @param isInclusive True where only entries that a rule includes are wanted, and
   * what is in directories that one includes.
   */
  constructor(
    rules: readonly FilterRule[],
    { isInclusive }: { isInclusive: boolean },
  ) {
    this.#rules = freshRules().add(
      rules.map(({ pattern, label }) => ({ pattern, mark: label })),
    );
    this.#isInclusive = isInclusive;
    if (rules.every(isForNames)) this.#byName = new ResultsByName(this.#rules);
  }

  /** True where a directory without an included entry is not wanted either. */
  get isInclusive(): boolean {
    return this.#isInclusive;
  }

  /**
   * Gives the rules for the entries of one directory, which no rule excludes.
   *
   * @param path Path below the outermost directory; empty for that one itself.
   */
  in(path: string): DirectoryRules {
    // A set of rules for paths keeps what it found, so it lives as long as one listing.
    const rules = this.#byName ?? freshRules().add(this.#rules);
    const isWithin = this.#isInclusive && isIncluded(rules, path);
    return new DirectoryRules(rules, {
      prefix: path === "" || this.#byName ? "" : `${path}/`,
      isInclusive: this.#isInclusive && !isWithin,
    });
  }
}

/** Rules as far as they tell what they say of a path. */
type TestedRules = Pick<Ignore, "test">;

/** Results for names, which are the same in each directory. */
class ResultsByName implements TestedRules {
  readonly #rules: Ignore;
  readonly #results = new Map<string, TestResult>();
  /** Copy of the rules, which keeps what it found, too. */
  #tested: Ignore;

  constructor(rules: Ignore) {
    this.#rules = rules;
    this.#tested = rules;
  }

  test(path: string): TestResult {
    const name = path.slice(path.lastIndexOf("/", path.length - 2) + 1);
    const known = this.#results.get(name);
    if (known !== undefined) return known;
    if (this.#results.size === KEPT_NAMES) {
      this.#results.clear();
      this.#tested = freshRules().add(this.#rules);
    }
    const result = this.#tested.test(name);
    this.#results.set(name, result);
    return result;
  }
}

/** Tells a rule that looks at an entry's name alone, not at its path. */
function isForNames({ pattern }: FilterRule): boolean {
  return !pattern.trimEnd().slice(0, -1).includes("/");
}

/** Rules for the entries of one directory. */
export class DirectoryRules {
  readonly #rules: TestedRules;
  readonly #prefix: string;
  readonly #isInclusive: boolean;

  /** @param prefix Path of the directory with a slash; empty for the outermost. */
  constructor(
    rules: TestedRules,
    { prefix, isInclusive }: { prefix: string; isInclusive: boolean },
  ) {
    this.#rules = rules;
    this.#prefix = prefix;
    this.#isInclusive = isInclusive;
  }

  /** Gives the verdict on an entry of the directory. */
  verdictOn(name: string, { isDirectory }: { isDirectory: boolean }): Verdict {
    const path = `${this.#prefix}${name}${isDirectory ? "/" : ""}`;
    const { ignored, unignored, rule } = this.#rules.test(path);
    if (ignored) return { kind: "excluded", reason: rule!.mark! };
    if (unignored || !this.#isInclusive) return INCLUDED;
    return isDirectory ? ENTERED : NOT_INCLUDED;
  }
}

function freshRules(): Ignore {
  return ignore({ ignorecase: false });
}

/** Tells whether a rule includes a directory, or one that it is in. */
function isIncluded(rules: TestedRules, path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (rules.test(`${path.slice(0, end)}/`).unignored) return true;
  }
  return false;
}

/**
 * Gives the rule of one line of a file of patterns; `undefined` for a blank line
 * and a comment.
 */
export function ruleOfLine(
  line: string,
  label: string,
): FilterRule | undefined {
  const pattern = line.replace(/\r$/, "");
  if (pattern === "" || pattern.startsWith("#")) return undefined;
  return { pattern, label: `${label}: ${pattern}` };
}

/** Gives the rule of a pattern on the command line, where `#` begins no comment. */
export function ruleOfOption(
  kind: "exclude" | "include",
  pattern: string,
): FilterRule {
  const literal = pattern.startsWith("#") ? `\\${pattern}` : pattern;
  return {
    pattern: kind === "include" ? `!${literal}` : literal,
    label: `--${kind} ${pattern}`,
  };
}
