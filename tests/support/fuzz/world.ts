import { assert, assertEquals } from "@std/assert";
import { makeTree } from "../fixtures/tree.ts";

/** Entries that may stand in the place of a target. */
export const TARGETS = ["directory", "file", "missing", "nowhere"] as const;

export type TargetKind = typeof TARGETS[number];

/** Content of a directory that is a target. */
export const KEPT = "kept, and longer than most that comes";

/** A directory on the disk that holds a target, and things beside it to harm. */
export class World implements Disposable {
  /** Tree of a source, with every kind of entry. */
  readonly tree: string;
  readonly #root: string;
  readonly #base: string;
  readonly #untouched: readonly string[];

  constructor() {
    this.#root = Deno.makeTempDirSync({ prefix: "seacp-fuzz-" });
    this.#base = `${this.#root}/deep/base`;
    this.tree = `${this.#root}/tree`;
    makeTree(this.#root, [
      { path: "deep/base/outside/secret", content: "untouched", mode: 0o640 },
      { path: "deep/base/beside", content: "untouched", mode: 0o600 },
      { path: "tree/a", content: "alpha\n", mode: 0o644 },
      { path: "tree/d/empty", content: "", mode: 0o444 },
      { path: "tree/d/new\nline/f", content: "C0644 5 f\nE\n\0" },
      { path: "tree/d/z", content: "omega\n" },
      { path: "tree/d/large", content: "0123456789".repeat(3000) },
    ]);
    Deno.symlinkSync("nowhere", `${this.tree}/dangling`);
    Deno.symlinkSync("..", `${this.tree}/d/loop`);
    this.#untouched = this.#around();
  }

  /** Makes the target anew; gives its path. */
  makeTarget(kind: TargetKind): string {
    const path = `${this.#base}/target`;
    this.#removeTarget();
    if (kind === "directory") {
      Deno.mkdirSync(`${path}/sub`, { recursive: true });
      Deno.writeTextFileSync(`${path}/kept`, KEPT);
    } else if (kind === "file") Deno.writeTextFileSync(path, KEPT);
    return kind === "nowhere" ? `${path}/no/target` : path;
  }

  #removeTarget(): void {
    const path = `${this.#base}/target`;
    try {
      // Not by its names: some are no UTF-8.
      Deno.removeSync(path, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
      const args = ["-R", "u+rwX", path];
      new Deno.Command("chmod", { args }).outputSync();
      Deno.removeSync(path, { recursive: true });
    }
  }

  /**
   * Expects that nothing around the target changed, and that what is in it has
   * no other mode bits than these, and no more bytes than could come.
   */
  assertUnharmed(modeBits: number, mostBytes: number): void {
    assertEquals(this.#around(), this.#untouched, "what is around the target");
    let bytes = 0;
    for (const { isFile, size, mode } of below(`${this.#base}/target`)) {
      assertEquals(mode! & 0o7777 & ~modeBits, 0, `mode ${mode!.toString(8)}`);
      if (isFile) bytes += size;
    }
    assert(bytes <= mostBytes, `${bytes} bytes where ${mostBytes} could come`);
  }

  /** A line for each entry around the target. */
  #around(): string[] {
    return [
      this.#root,
      `${this.#root}/deep`,
      this.#base,
      `${this.#base}/outside`,
    ].flatMap((directory) =>
      [...Deno.readDirSync(directory)].toSorted((a, b) =>
        a.name < b.name ? -1 : 1
      )
        .filter(({ name }) => name !== "target")
        .map(({ name }) => lineFor(`${directory}/${name}`))
    );
  }

  [Symbol.dispose](): void {
    this.#removeTarget();
    Deno.removeSync(this.#root, { recursive: true });
  }
}

/** Mode, kind and, of a file, what a change of it would change. */
function lineFor(path: string): string {
  const { mode, isFile, mtime } = Deno.lstatSync(path);
  const content = isFile ? Deno.readTextFileSync(path) : "";
  const modified = isFile ? mtime!.getTime() : "";
  return `${mode!.toString(8)} ${path} ${modified} ${content}`;
}

/** Gives the entries at a path, itself included, that can be named here. */
function* below(path: string): Iterable<Deno.FileInfo> {
  const info = statOf(path);
  if (info === undefined) return;
  yield info;
  if (!info.isDirectory) return;
  for (const { name } of Deno.readDirSync(path)) {
    // This stands for bytes that are no UTF-8, which cannot be named here.
    if (!name.includes("\ufffd")) yield* below(`${path}/${name}`);
  }
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
