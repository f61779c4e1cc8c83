import { matchesGlob } from "../names/glob.ts";
import { homeFolder } from "../system/home.ts";
import { withHome } from "./local_names.ts";
import { hostsInConfig, knownHosts } from "./ssh_hosts.ts";

/** A larger file is not read, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** More files than this no configuration has. */
const MOST_FILES = 256;

const SYSTEM_FOLDER = "/etc/ssh";

/**
 * The hosts that a user's ssh knows by name, each once, sorted.
 *
 * @param config What `-F` names, in place of the user's and the system's.
 */
export function hostsOfUser(home: string, config?: string): string[] {
  const own = `${home}/.ssh`;
  const configs: readonly (readonly [string, string])[] = config === undefined
    ? [[`${own}/config`, own], [`${SYSTEM_FOLDER}/ssh_config`, SYSTEM_FOLDER]]
    : config === "none"
    ? []
    : [[withHome(config, home), own]];
  const named = configs.flatMap(([path, folder]) => [
    ...hostsInConfig(absolute(path, Deno.cwd()), reader(folder, home)),
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
  const home = homeFolder();
  return home !== "" && hostsOfUser(home, config).includes(name);
}

/** Reads what `Include` names: relative paths are in `folder`. */
function reader(
  folder: string,
  home: string,
): (pattern: string) => readonly string[] {
  const read = new Set<string>();
  return (pattern) =>
    filesMatching(absolute(withHome(pattern, home), folder))
      .flatMap((path) => {
        if (read.has(path) || read.size >= MOST_FILES) return [];
        read.add(path);
        return readText(path) ?? [];
      });
}

function absolute(path: string, folder: string): string {
  return /^([A-Za-z]:)?[\\/]/.test(path) ? path : `${folder}/${path}`;
}

/** The paths that a pattern matches, as glob(3) does, at most so many. */
function filesMatching(pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  return pattern.split("/").slice(1).reduce<string[]>(
    (folders, component) =>
      folders.flatMap((folder) => matching(folder, component))
        .slice(0, MOST_FILES),
    [""],
  );
}

function matching(folder: string, component: string): string[] {
  if (!/[*?[]/.test(component)) return [`${folder}/${component}`];
  const word = [...component].map((char) => ({ char, quoted: false }));
  try {
    return [...Deno.readDirSync(folder || "/")]
      .map(({ name }) => name)
      .filter((name) => name.startsWith(".") === component.startsWith("."))
      .filter((name) => matchesGlob(word, name))
      .toSorted()
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** What waits for somebody to write, as a pipe does, is no such file. */
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
