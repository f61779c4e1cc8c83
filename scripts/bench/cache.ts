import { pathToFileURL } from "node:url";
import { isThere, removeIfThere } from "../build/files.ts";
import { sha256 } from "../build/sha256.ts";

/** Directory that keeps what a benchmark has fetched or made for later ones. */
export class Cache {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Gives the directory with this name and contents, filled once and in one step.
   *
   * @param contents Names what it holds: other contents get another directory.
   * @param fill Fills an empty directory; its errors are thrown.
   */
  async get(
    name: string,
    contents: readonly string[],
    fill: (empty: string) => Promise<void>,
  ): Promise<string> {
    const key = sha256(new TextEncoder().encode(contents.join(" ")));
    const path = `${this.directory}/${name}-${key.slice(0, 12)}`;
    if (isThere(pathToFileURL(path))) return path;
    Deno.mkdirSync(this.directory, { recursive: true });
    const partial = Deno.makeTempDirSync({
      dir: this.directory,
      prefix: "partial-",
    });
    try {
      await fill(partial);
      // Another run may have filled it meanwhile.
      if (!isThere(pathToFileURL(path))) Deno.renameSync(partial, path);
    } finally {
      removeIfThere(pathToFileURL(partial));
    }
    return path;
  }
}
