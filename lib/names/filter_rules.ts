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

/** Most names or paths whose results are kept. */
const MOST_KEPT = 10_000;

/**
 * Rules for what is in a directory, at any depth. The last rule that matches an
 * entry decides; an entry that none matches is included, unless only what a rule
 * includes is wanted.
 */
export class FilterRules {
  readonly #rules: TestedRules;
  readonly #isInclusive: boolean;
  /** True where all rules look at names alone. */
  readonly #areForNames: boolean;

  /**
   * @param isInclusive True where only entries that a rule includes are wanted, and
   * what is in directories that one includes.
   */
  constructor(
    rules: readonly FilterRule[],
    { isInclusive }: { isInclusive: boolean },
  ) {
    const marked = rules.map(({ pattern, label }) => ({
      pattern,
      mark: label,
    }));
    this.#areForNames = rules.every(isForNames);
    this.#rules = new KeptResults(
      freshRules().add(marked),
      this.#areForNames ? lastName : (path) => path,
    );
    this.#isInclusive = isInclusive;
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
    const rules = this.#rules;
    const isWithin = this.#isInclusive && isIncluded(rules, path);
    return new DirectoryRules(rules, {
      prefix: path === "" || this.#areForNames ? "" : `${path}/`,
      isInclusive: this.#isInclusive && !isWithin,
    });
  }
}

/** Rules as far as they tell what they say of a path. */
type TestedRules = Pick<Ignore, "test">;

/**
 * Rules that keep their results, since a copy asks more than once: the survey before
 * it, the walk itself and the count beside it.
 */
class KeptResults implements TestedRules {
  readonly #rules: Ignore;
  readonly #keyOf: (path: string) => string;
  readonly #results = new Map<string, TestResult>();
  /** Copy of the rules, which keeps what it found, too. */
  #tested: Ignore;

  /** @param keyOf Gives what the rules look at: the path, or the name in it. */
  constructor(rules: Ignore, keyOf: (path: string) => string) {
    this.#rules = rules;
    this.#keyOf = keyOf;
    this.#tested = freshRules().add(rules);
  }

  test(path: string): TestResult {
    const key = this.#keyOf(path);
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    if (this.#results.size === MOST_KEPT) {
      this.#results.clear();
      this.#tested = freshRules().add(this.#rules);
    }
    const result = this.#tested.test(key);
    this.#results.set(key, result);
    return result;
  }
}

/** Gives the last name of a path, with the slash of a directory. */
function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/", path.length - 2) + 1);
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
