import { expandBraces } from "./braces.ts";
import { matchesGlob } from "./glob.ts";
import { isActive, shellWords, type Word } from "./shell_word.ts";

/**
 * What a remote operand asked for, as the names a source may answer with. The
 * far shell reads the operand, so this reads it as a shell does: quotes,
 * braces, then a glob. OpenSSH's check knows braces and globs only.
 *
 * Gives the test a name must pass to be what `request`, the path of a remote
 * operand, asked for: each word's last component, literally or as a glob.
 * What only the far shell can know (`$…`, backticks) matches nothing; `~` and
 * `~user` match any one name that is not hidden.
 */
export function requestMatcher(request: string): (name: string) => boolean {
  const tests = shellWords(request).flatMap(expandBraces).map(nameTest);
  return (name) => tests.some((test) => test(name));
}

function nameTest(word: Word): (name: string) => boolean {
  const end = word.findLastIndex(({ char }) => char !== "/") + 1;
  const start = word.slice(0, end).findLastIndex(({ char }) => char === "/") +
    1;
  const pattern = word.slice(start, end);
  if (pattern.some((char) => isActive(char, "$") || isActive(char, "`"))) {
    return () => false;
  }
  if (start === 0 && isActive(pattern[0], "~")) {
    return (name) => !name.startsWith(".");
  }
  const literal = pattern.map(({ char }) => char).join("");
  return (name) => name === literal || matchesGlob(pattern, name);
}
