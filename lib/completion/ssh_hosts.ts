/** The hosts that ssh's own files name. */

/**
 * Gives the texts of the files that a pattern leads to, each once; nothing for
 * what cannot be read, or was read before.
 */
export type ReadFiles = (pattern: string) => readonly string[];

/** How deep files may include each other: as deep as in ssh. */
const MAX_DEPTH = 16;

/** A name is no longer than this, in characters: DNS has 253. */
const MAX_HOST_LENGTH = 255;

/** The names on `Host` lines of a configuration, patterns left out. */
export function hostsInConfig(path: string, read: ReadFiles): Set<string> {
  const hosts = new Set<string>();
  const add = (pattern: string, depth: number) => {
    for (const line of read(pattern).flatMap((text) => text.split("\n"))) {
      const [keyword, ...values] = configWords(line);
      if (keyword === "host") {
        values.filter(isHost).forEach((it) => hosts.add(it));
      }
      if (keyword === "include" && depth < MAX_DEPTH) {
        for (const value of values) add(value, depth + 1);
      }
    }
  };
  add(path, 0);
  return hosts;
}

/** The hosts of a file of known hosts, hashed ones and patterns left out. */
export function knownHosts(text: string): Set<string> {
  const hosts = new Set<string>();
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/[ \t]+/);
    if (fields[0] === "@revoked" || fields[0]!.startsWith("#")) continue;
    if (fields[0] === "@cert-authority") fields.shift();
    const [names, type, key] = fields;
    if (names === undefined || type === undefined || key === undefined) {
      continue;
    }
    for (const name of names.split(",")) {
      const host = /^\[(.+)\]:\d+$/.exec(name)?.[1] ?? name;
      if (isHost(host)) hosts.add(host);
    }
  }
  return hosts;
}

/**
 * Whether a name may be offered: what is no pattern, leads to a host however it
 * is quoted, and is shown as it is.
 */
function isHost(name: string): boolean {
  return name.length <= MAX_HOST_LENGTH &&
    /^[\p{L}\p{N}_:][\p{L}\p{N}\p{M}_.:%+-]*$/u.test(name);
}

/**
 * A line's words, as ssh has them: blanks or one `=` after the keyword, quotes
 * around what has blanks, nothing behind a `#`. The keyword is in lower case.
 */
function configWords(line: string): string[] {
  const [, keyword, rest] = /^\s*([A-Za-z]+)\b\s*=?(.*)$/s.exec(line) ?? [];
  if (keyword === undefined || rest === undefined) return [];
  const words = [keyword.toLowerCase()];
  const pattern = /#.*|"([^"]*)"?|'([^']*)'?|([^\s"'#][^\s"']*)/g;
  for (const [, double, single, bare] of rest.matchAll(pattern)) {
    const word = double ?? single ?? bare;
    if (word !== undefined) words.push(word);
  }
  return words;
}
