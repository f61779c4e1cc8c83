import { assert } from "@std/assert";
import {
  nameMatcher,
  type NameTest,
  shellNameMatcher,
} from "../../../lib/names/pattern.ts";

type Row = readonly [
  request: string,
  asked: readonly string[],
  unasked: readonly string[],
];

function assertRows(
  rows: readonly Row[],
  matcher: (request: string) => NameTest = shellNameMatcher,
): void {
  for (const [request, asked, unasked] of rows) {
    const matches = matcher(request);
    for (const name of asked) {
      assert(matches(name), `${request} should match ${name}`);
    }
    for (const name of unasked) {
      assert(!matches(name), `${request} should not match ${name}`);
    }
  }
}

Deno.test("shellNameMatcher(): matches the last component of a request", () => {
  assertRows([
    ["f", ["f"], ["g", "", ".bashrc", ".ssh", "ff", "F"]],
    ["/etc/motd", ["motd"], ["etc", "/etc/motd", "passwd"]],
    ["d/f", ["f"], ["d", "d/f"]],
    ["d/", ["d"], ["", "/", "f"]],
    ["d//", ["d"], ["", "/"]],
    ["*/f", ["f"], ["d", "*"]],
    ["~/f", ["f"], ["~", "g"]],
    ["~bob/f", ["f"], ["bob"]],
    ["$HOME/f", ["f"], ["HOME", "g"]],
    [".", ["."], ["a", ".bashrc"]],
  ]);
});

/** Patterns that mean the same to a remote shell and without one. */
const GLOBS: readonly Row[] = [
  ["*", ["a", "*"], [".bashrc", ".", "..", ".*"]],
  ["*.txt", ["a.txt"], ["a.sh", ".txt"]],
  ["?x", ["ax"], [".x"]],
  ["[.a]x", ["ax"], [".x"]],
  ["[!b]x", ["ax"], [".x"]],
  [".*", [".bashrc", ".*"], ["a"]],
  [".?", [".a"], ["a", "aa"]],
  ["\\.*", [".bashrc"], ["a"]],
  ["f[1]", ["f1", "f[1]"], ["f", "f2"]],
  ["d/f?", ["fa"], ["f", "faa"]],
  ["d/*", ["a"], [".bashrc", "."]],
  ["*/", ["a"], [".ssh"]],
  ["*/*/", ["a"], [".ssh"]],
  ["\\*", ["*"], ["a", "\\a"]],
  ["a\\ b", ["a b"], ["a", "b"]],
  ["*/f", ["f"], ["d", "*"]],
];

Deno.test("shellNameMatcher(): matches a glob, and a name that looks like one, but no leading dot", () => {
  assertRows(GLOBS);
});

Deno.test("nameMatcher(): matches a glob, and a name that looks like one, but no leading dot", () => {
  assertRows(GLOBS, nameMatcher);
});

Deno.test("nameMatcher(): takes all but patterns and their escapes literally", () => {
  assertRows([
    ["f", ["f"], ["g", "", ".bashrc", "F"]],
    ["d/f", ["f"], ["d", "d/f"]],
    ["d//", ["d"], ["", "/"]],
    ["'a b'", ["'a b'"], ["a b", "a", "b"]],
    ["a b", ["a b"], ["a", "b"]],
    ["{a,b}", ["{a,b}"], ["a", "b"]],
    ["$HOME", ["$HOME"], ["root", "HOME"]],
    ["`id`", ["`id`"], ["id", "root"]],
    ["x;touch y", ["x;touch y"], ["x", "y"]],
    ["a\\", ["a\\"], ["a"]],
    ["a\\b", ["a\\b", "ab"], ["b"]],
    ["*$x", ["a$x"], ["a"]],
    ["$*", ["$a", "$*"], ["a"]],
  ], nameMatcher);
});

Deno.test("nameMatcher(): matches the user, or any name but a hidden one, for a home directory alone", () => {
  assertRows([
    ["~bob", ["bob", "home"], [".bashrc", ".."]],
    ["~bob/", ["bob", "home"], [".bashrc"]],
    ["~bob/f", ["f"], ["bob"]],
    ["~/f", ["f"], ["~"]],
    ["~a b", ["~a b"], ["a", "x", "bob"]],
    ["~*", ["~a", "~*"], ["a", "bob"]],
    ["~/~bob", ["~bob"], ["bob", "x"]],
    ["\\~bob", ["~bob"], ["bob", "x"]],
    ["./~bob", ["~bob"], ["bob", "x"]],
  ], nameMatcher);
});

Deno.test("shellNameMatcher(): removes quotes as the remote shell does", () => {
  assertRows([
    ["a\\ b", ["a b"], ["a", "b", "a\\ b"]],
    ["'a b'", ["a b"], ["a", "b", "'a b'"]],
    ['"a b"', ["a b"], ["a", "b", '"a b"']],
    ["d/'a b'/c\\ d", ["c d"], ["c", "d", "a b"]],
    ["'*'", ["*"], ["a", ".bashrc"]],
    ["\\*", ["*"], ["a", "\\*"]],
    ["'$HOME'", ["$HOME"], ["HOME"]],
    ["\\~", ["~"], ["bob"]],
    ["'{a,b}'", ["{a,b}"], ["a", "b"]],
  ]);
});

Deno.test("shellNameMatcher(): matches each of several words", () => {
  assertRows([
    ["a b", ["a", "b"], ["a b", "c"]],
    ["d/a  e/*.txt", ["a", "x.txt"], ["d", "e", "b"]],
  ]);
});

Deno.test("shellNameMatcher(): matches each alternative in braces", () => {
  assertRows([
    ["{a,b}.txt", ["a.txt", "b.txt"], ["c.txt", "{a,b}.txt", ".txt"]],
    ["{d/a,e/b}", ["a", "b"], ["d", "e"]],
    ["{a,b}/f", ["f"], ["a", "b"]],
    ["f{1..3}", ["f1", "f2", "f3"], ["f4", "f", "f1..3"]],
    ["f{x}", ["f{x}"], ["fx"]],
    ["{*.a,?}", ["x.a", "b"], ["x.b"]],
  ]);
});

Deno.test("shellNameMatcher(): matches nothing that only the remote shell can know", () => {
  assertRows([
    ["$X", [], ["X", "$X", "", "a", ".bashrc"]],
    ['"$X"', [], ["X", "$X", ""]],
    ["`id`", [], ["id", "`id`", "", "root"]],
    ["a$X.txt", [], ["a.txt", "aX.txt", "a$X.txt"]],
    ["$(id)", [], ["id", "$(id)", "root"]],
  ]);
});

Deno.test("shellNameMatcher(): matches no word of a command that the remote shell runs", () => {
  assertRows([
    ["$(ls a b c)", [], ["ls", "a", "b", "c", "c)"]],
    ["`ls a b c`", [], ["ls", "a", "b", "c", "c`"]],
    ['"`ls a b c`"', [], ["ls", "a", "b", "c"]],
    ["$(ls d/a)", [], ["a", "a)"]],
    ["`ls d/a`", [], ["a", "a`"]],
    ["d/$(ls a b c)", [], ["b"]],
    ["$(ls a b)/f", ["f"], ["a", "b"]],
  ]);
});

Deno.test("shellNameMatcher(): matches any name but a hidden one for a home directory", () => {
  assertRows([
    ["~", ["bob", "root", "home"], [".bashrc", ".ssh", ".", ".."]],
    ["~bob", ["bob", "b"], [".bashrc", ".."]],
    ["~bob/", ["bob"], [".bashrc"]],
  ]);
});
