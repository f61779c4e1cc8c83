import { EntryError } from "../errors.ts";
import type { LocalLocation, Location, LocationRules } from "./location.ts";
import { parseUri } from "./uri.ts";

/**
 * Reads an operand as scp does: `scp://…`, `[user@]host:path` where a colon
 * stands before any slash, else a local path. On Windows a letter before the
 * colon is a drive, as for Microsoft's scp; a backslash before it makes a local
 * path too, unless it stands in the user, behind a domain.
 *
 * @throws {EntryError} If a URI is malformed.
 */
export function parseLocation(operand: string, rules: LocationRules): Location {
  if (operand.startsWith("scp://")) {
    const remote = parseUri(operand, rules);
    if (remote === undefined) throw new EntryError(`${operand}: invalid uri`);
    return remote;
  }
  const colon = findColon(operand);
  if (colon === undefined) return localLocation(operand, rules);
  const at = operand.slice(0, colon).lastIndexOf("@");
  const user = operand.slice(0, Math.max(at, 0));
  const host = operand.slice(at + 1, colon);
  const isPath = /^[A-Za-z]:/.test(operand) || host.includes("\\");
  if (rules.platform === "windows" && isPath) {
    return localLocation(operand, rules);
  }
  return {
    kind: "remote",
    ...(user === "" ? {} : { user }),
    host: withoutBrackets(host),
    path: operand.slice(colon + 1) || ".",
  };
}

/**
 * Reads a local path. Behind `\\?\` Windows would take `/` for no separator;
 * the prefix is removed, as the runtime needs none for a long path.
 */
function localLocation(
  operand: string,
  { platform }: LocationRules,
): LocalLocation {
  if (platform === "posix") return { kind: "local", path: operand };
  const path = operand.replace(/^\\\\\?\\UNC\\/i, "\\\\")
    .replace(/^\\\\\?\\(?=[a-z]:\\)/i, "");
  return { kind: "local", path };
}

/**
 * Finds the colon that ends the host: before any slash, outside of brackets.
 */
function findColon(operand: string): number | undefined {
  if (operand.startsWith(":")) return undefined;
  let bracketed = operand.startsWith("[");
  for (let at = 0; at < operand.length; at++) {
    const char = operand.charAt(at);
    if (char === "@" && operand.charAt(at + 1) === "[") bracketed = true;
    if (char === "]" && operand.charAt(at + 1) === ":" && bracketed) {
      return at + 1;
    }
    if (char === ":" && !bracketed) return at;
    if (char === "/") return undefined;
  }
  return undefined;
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
