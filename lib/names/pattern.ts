/** Names that may answer a request, and patterns in a listing. */

import { expandBraces } from "./braces.ts";
import { matchesGlob } from "./glob.ts";
import { homeIn, isPattern, nameInPath, sourceWord } from "./remote_path.ts";
import { isActive, shellWords, textOf, type Word } from "./shell_word.ts";

/** Test that a name has to pass. */
export type NameTest = (name: string) => boolean;

/**
 * Gives the test for names that answer a request: its last component as it is
 * written, or names that this matches as a pattern. Any name that is not hidden
 * answers `~user` alone.
 */
export function nameMatcher(request: string): NameTest {
  const literal = nameInPath(request);
  const test = testFor(sourceWord(request), LITERAL);
  return (name) => name === literal || test(name);
}

/**
 * Gives the test for names that answer a request that a remote shell reads,
 * with `-O`: quotes are read too, where OpenSSH's check reads braces and globs
 * alone. Text that only that shell can expand (`$…`, backticks) matches
 * nothing.
 */
export function shellNameMatcher(request: string): NameTest {
  const tests = shellWords(request).flatMap(expandBraces)
    .map((word) => testFor(word, SHELLS));
  return (name) => tests.some((test) => test(name));
}

/**
 * Tells whether a pattern matches a name. As in a shell, hidden names match
 * only where the pattern has the dot, over either protocol.
 */
export function matchesName(pattern: Word, name: string): boolean {
  return (!name.startsWith(".") || pattern[0]?.char === ".") &&
    matchesGlob(pattern, name);
}

/** Differences between the readings of a request's last component. */
interface Reading {
  /** Tells whether a component alone that begins with `~` has any name. */
  isAnyName(component: Word): boolean;
  /** Tells whether only the remote shell can know a component's meaning. */
  isUnknown(component: Word): boolean;
}

const LITERAL: Reading = {
  isAnyName: (component) => {
    const text = textOf(component);
    return homeIn(text) === text;
  },
  isUnknown: () => false,
};

const SHELLS: Reading = {
  // Shells expand more than home directories: `~+`, `~-` and others.
  isAnyName: (component) => !isPattern(component),
  isUnknown: (component) =>
    component.some((char) => isActive(char, "$") || isActive(char, "`")),
};

function testFor(word: Word, { isAnyName, isUnknown }: Reading): NameTest {
  const end = word.findLastIndex(({ char }) => char !== "/") + 1;
  const start = word.slice(0, end).findLastIndex(({ char }) => char === "/") +
    1;
  const pattern = word.slice(start, end);
  if (isUnknown(pattern)) return () => false;
  if (start === 0 && isActive(pattern[0], "~") && isAnyName(pattern)) {
    return (name) => !name.startsWith(".");
  }
  const literal = textOf(pattern);
  return (name) => name === literal || matchesName(pattern, name);
}
