import { isOfferable, offered } from "./offered.ts";

/** A local file or directory. */
export interface LocalName {
  /** Name with the directory that is typed before it. */
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * Gives the local files that begin as typed; `~/` is `home`, if that is given.
 */
export function localNames(typed: string, home?: string): LocalName[] {
  const end = typed.lastIndexOf("/") + 1;
  const directory = typed.slice(0, end);
  const place = home === undefined ? directory : withHome(directory, home);
  return offered(entriesOf(place || "."), typed.slice(end)).map(
    ({ name, isDirectory }) => ({ name: directory + name, isDirectory }),
  );
}

/** Expands a leading `~/` as a shell does. */
export function withHome(path: string, home: string): string {
  return path.startsWith("~/") ? home + path.slice(1) : path;
}

function entriesOf(directory: string): LocalName[] {
  try {
    return [...Deno.readDirSync(directory)]
      .filter(({ name }) => isOfferable(name))
      .map(({ name, isDirectory, isSymlink }) => ({
        name,
        isDirectory: isDirectory ||
          isSymlink && leadsToDirectory(directory, name),
      }));
  } catch {
    return [];
  }
}

function leadsToDirectory(directory: string, name: string): boolean {
  try {
    return Deno.statSync(`${directory}/${name}`).isDirectory;
  } catch {
    return false;
  }
}
