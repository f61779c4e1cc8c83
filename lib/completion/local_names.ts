import { isOfferable, offered } from "./offered.ts";

/** A file or folder here, as it is typed. */
export interface LocalName {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is here that goes on as typed, where the shell does not look itself. */
export function localNames(typed: string, home?: string): LocalName[] {
  const end = typed.lastIndexOf("/") + 1;
  const folder = typed.slice(0, end);
  const place = home === undefined ? folder : withHome(folder, home);
  return offered(entriesOf(place || "."), typed.slice(end)).map(
    ({ name, isFolder }) => ({ name: folder + name, isFolder }),
  );
}

/** The path a shell makes of one that begins with `~/`. */
export function withHome(path: string, home: string): string {
  return path.startsWith("~/") ? home + path.slice(1) : path;
}

function entriesOf(folder: string): LocalName[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name }) => isOfferable(name))
      .map(({ name, isDirectory, isSymlink }) => ({
        name,
        isFolder: isDirectory || isSymlink && leadsToFolder(folder, name),
      }));
  } catch {
    return [];
  }
}

function leadsToFolder(folder: string, name: string): boolean {
  try {
    return Deno.statSync(`${folder}/${name}`).isDirectory;
  } catch {
    return false;
  }
}
