/** Hosts that ssh's own files name. */

/**
 * Reader that gives the texts of the files that a pattern matches; none of a
 * file that cannot be read, or was read before.
 */
export type ReadFiles = (pattern: string) => readonly string[];

/** Depth to which files may include each other: that of ssh. */
const MAX_DEPTH = 16;

/** Longest name of a host in characters; the DNS allows 253. */
const MAX_HOST_LENGTH = 255;

/** Gives the names on `Host` lines of a configuration, without patterns. */
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

/** Gives the hosts of a known_hosts file, without hashed ones and patterns. */
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
 * Tells whether a name may be offered: it is no pattern, and neither a shell
 * nor a terminal takes any of its characters for something else.
 */
function isHost(name: string): boolean {
  return name.length <= MAX_HOST_LENGTH &&
    /^[\p{L}\p{N}_:][\p{L}\p{N}\p{M}_.:%+-]*$/u.test(name);
}

/**
 * Splits a line as ssh does: blanks or one `=` stand after the keyword, quotes
 * around words with blanks, and `#` begins a comment. Gives the keyword in
 * lower case.
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
