import { assert, assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { Platform } from "../../../lib/names/names.ts";
import { shellNameMatcher } from "../../../lib/names/pattern.ts";
import type { Location } from "../../../lib/location/location.ts";
import { checkLogin, checkSourceUser } from "../../../lib/location/login.ts";
import { parseLocation } from "../../../lib/location/operand.ts";
import { locationRules } from "../fixtures/location_rules.ts";
import { literal } from "./byte_text.ts";
import { type FuzzCase, resultOf } from "./fuzz_case.ts";
import type { Random } from "./random.ts";

const PARTS: readonly string[] = [
  ..."aZ09:/\\@[](){}.,;*?!^-_~#$`'\"&|<>%+ \t\n\r\0\x1b\x7f",
  ..."é名🦕\ud800\udc80\ufffd\u202e\u00a0",
  "scp://",
  "%00",
  "%0a",
  "%2f",
  "%zz",
  "%c3%a9",
  "%ff",
  "[::1]",
  "[fe80::1%eth0]:",
  "-oProxyCommand=x",
  "host:",
  "user@",
  ":22/",
  ":99999",
  "{a,b}",
  "{1..3}",
  "{9..1..0}",
  "{1..99999999999}",
  "{-05..5}",
  "{a..zz}",
  "{{a,b},{c,{d,e}}}",
  "[!a-z]",
  "[[:alpha:]]",
  "[[:",
  "[z-a]",
  "**",
  "*a",
  "$(",
  "..",
  "/../",
];

/**
 * The most a text is long, in characters: with all that its braces offer, some
 * 10,000 of that length are held at once.
 */
const LONGEST = 300;

/** An operand, and a name that a remote answers it with. */
export function locationCase(random: Random): FuzzCase {
  const operand = anyText(random);
  const name = random.chance(50) ? anyText(random) : "a".repeat(255);
  const platform = random.pick<Platform>(["posix", "posix", "windows"]);
  return {
    described: `${literal(operand)} on ${platform}, answered with\n` +
      literal(name),
    run: async () => {
      const location = resultOf(
        () => parseLocation(operand, locationRules(platform)),
        EntryError,
      );
      if (location !== undefined) checkLocation(location, operand);
      const matches = shellNameMatcher(operand);
      assertEquals(typeof matches(name), "boolean");
    },
  };
}

function anyText(random: Random): string {
  if (random.chance(20)) {
    const part = random.pick(PARTS) + random.pick(PARTS);
    return part.repeat(random.below(400)).slice(0, LONGEST);
  }
  return Array.from(
    { length: random.below(12) },
    () => random.pick(PARTS),
  ).join("");
}

function checkLocation(location: Location, operand: string): void {
  if (location.kind === "local") return assertEquals(location.path, operand);
  assert(location.path !== "", "a path is never empty");
  const { port, host, user } = location;
  assert(port === undefined || (port >= 1 && port <= 65535));
  const isAllowed = resultOf(() => {
    checkLogin(location);
    checkSourceUser(location);
    return true;
  }, EntryError);
  if (!isAllowed) return;
  // What reaches ssh's command line.
  assert(!/^-|[\s\0'"`$;&|<>(){}\\]/.test(host), `the host ${literal(host)}`);
  if (user === undefined) return;
  assert(/^(?!-)[!-~]+$/.test(user), `the user ${literal(user)}`);
}
