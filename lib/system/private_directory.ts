/** Small files that are the user's alone, and are believed only while they are. */

/** Longest file that is read, in bytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Permission bits of others. */
const OTHERS = 0o077;

/**
 * A directory for such files. Everything in it is dispensable: where it cannot
 * be made or belongs to somebody else, nothing is kept and nothing is found.
 */
export class PrivateDirectory {
  readonly #path: string | undefined;
  readonly #ourName: RegExp;

  /**
   * @param path Absent where there is none.
   * @param ourName Names of our files; what else is in the directory is left
   * alone.
   */
  constructor(path: string | undefined, ourName: RegExp) {
    this.#path = path;
    this.#ourName = ourName;
  }

  /** Gives a file's text; `undefined` if there is none that is ours. */
  read(name: string): string | undefined {
    try {
      const path = `${this.#path}/${name}`;
      const isOurs = this.#path !== undefined &&
        isOwn(this.#path, "directory") && isOwn(path, "file");
      return isOurs ? Deno.readTextFileSync(path) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes a file whole or not at all. */
  write(name: string, text: string): void {
    if (this.#path === undefined) return;
    try {
      Deno.mkdirSync(this.#path, { recursive: true, mode: 0o700 });
      if (!isOwn(this.#path, "directory")) return;
      const begun = `${this.#path}/${name}.${crypto.randomUUID()}`;
      Deno.writeTextFileSync(begun, text, { createNew: true, mode: 0o600 });
      Deno.renameSync(begun, `${this.#path}/${name}`);
    } catch {
      // It is found out again.
    }
  }

  remove(name: string): void {
    try {
      if (isOwn(this.#path!, "directory")) {
        Deno.removeSync(`${this.#path}/${name}`);
      }
    } catch {
      // It is gone, or was never there.
    }
  }

  /** Removes files of ours that were last written before a moment. */
  removeOlder(than: number): void {
    try {
      for (const { name } of Deno.readDirSync(this.#path!)) {
        if (!this.#ourName.test(name)) continue;
        const { mtime } = Deno.lstatSync(`${this.#path}/${name}`);
        if ((mtime?.getTime() ?? 0) < than) this.remove(name);
      }
    } catch {
      // They can stay.
    }
  }
}

/** Tells whether an entry is of a kind, and nobody else's, links not followed. */
function isOwn(path: string, kind: "file" | "directory"): boolean {
  const { isFile, isDirectory, size, uid, mode } = Deno.lstatSync(path);
  const isKind = kind === "file" ? isFile && size <= MAX_BYTES : isDirectory;
  const isMine = Deno.build.os === "windows" ||
    uid === Deno.uid() && (mode! & OTHERS) === 0;
  return isKind && isMine;
}

/** Gives an environment variable; `undefined` if it is not set. */
export function environmentVariable(name: string): string | undefined {
  return Deno.env.get(name);
}
