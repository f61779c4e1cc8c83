import { isOfferable, offered } from "./offered.ts";

/** A file or directory here, as it is typed. */
export interface LocalName {
  readonly name: string;
  readonly isDirectory: boolean;
}

/** What is here that goes on as typed, where the shell does not look itself. */
export function localNames(typed: string, home?: string): LocalName[] {
  const end = typed.lastIndexOf("/") + 1;
  const directory = typed.slice(0, end);
  const place = home === undefined ? directory : withHome(directory, home);
  return offered(entriesOf(place || "."), typed.slice(end)).map(
    ({ name, isDirectory }) => ({ name: directory + name, isDirectory }),
  );
}

/** The path a shell makes of one that begins with `~/`. */
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
