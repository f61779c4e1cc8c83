import { isAbsolute } from "@std/path/is-absolute";
import { matchesGlob } from "../names/glob.ts";
import { homeDirectory } from "../system/environment.ts";
import { withHome } from "./local_names.ts";
import { hostsInConfig, knownHosts } from "./ssh_hosts.ts";

/** Largest file that is read, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Most files that are read or matched for one configuration. */
const MOST_FILES = 256;

const SYSTEM_DIRECTORY = "/etc/ssh";

/**
 * Gives the hosts that a user's ssh knows by name, each once, sorted.
 *
 * @param config Configuration of `-F`, read in place of the user's and the
 * system's.
 */
export function hostsOfUser(home: string, config?: string): string[] {
  const own = `${home}/.ssh`;
  const configs: readonly (readonly [string, string])[] = config === undefined
    ? [[`${own}/config`, own], [
      `${SYSTEM_DIRECTORY}/ssh_config`,
      SYSTEM_DIRECTORY,
    ]]
    : config === "none"
    ? []
    : [[withHome(config, home), own]];
  const named = configs.flatMap(([path, directory]) => [
    ...hostsInConfig(absolute(path, Deno.cwd()), reader(directory, home)),
  ]);
  const known = [`${own}/known_hosts`, `${own}/known_hosts2`]
    .flatMap((path) => [...knownHosts(readText(path) ?? "")]);
  return [...new Set([...named, ...known])].toSorted();
}

/**
 * Tells whether a user's ssh knows a host by this name.
 *
 * @param config As of `hostsOfUser`.
 */
export function isHostOfUser(name: string, config?: string): boolean {
  const home = homeDirectory();
  return home !== "" && hostsOfUser(home, config).includes(name);
}

/** Gives a reader of files that `Include` names, relative to `directory`. */
function reader(
  directory: string,
  home: string,
): (pattern: string) => readonly string[] {
  const read = new Set<string>();
  return (pattern) =>
    filesMatching(absolute(withHome(pattern, home), directory))
      .flatMap((path) => {
        if (read.has(path) || read.size >= MOST_FILES) return [];
        read.add(path);
        return readText(path) ?? [];
      });
}

function absolute(path: string, directory: string): string {
  return isAbsolute(path) ? path : `${directory}/${path}`;
}

/** Gives the paths that a pattern matches, as glob(3) does, at most so many. */
function filesMatching(pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  return pattern.split("/").slice(1).reduce<string[]>(
    (directories, component) =>
      directories.flatMap((directory) => matching(directory, component))
        .slice(0, MOST_FILES),
    [""],
  );
}

function matching(directory: string, component: string): string[] {
  if (!/[*?[]/.test(component)) return [`${directory}/${component}`];
  const word = [...component].map((char) => ({ char, quoted: false }));
  try {
    return [...Deno.readDirSync(directory || "/")]
      .map(({ name }) => name)
      .filter((name) => name.startsWith(".") === component.startsWith("."))
      .filter((name) => matchesGlob(word, name))
      .toSorted()
      .map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

/** Reads a regular file: a pipe would wait for somebody to write. */
function readText(path: string): string | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile && size <= MAX_BYTES
      ? Deno.readTextFileSync(path)
      : undefined;
  } catch {
    return undefined;
  }
}
