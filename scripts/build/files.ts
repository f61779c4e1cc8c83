/** Gives the content of a file; `undefined` if it is not there. */
export function readIfThere(file: URL): Uint8Array<ArrayBuffer> | undefined {
  return unlessMissing(() => Deno.readFileSync(file));
}

/** Tells whether something is there, without reading it. */
export function isThere(path: URL): boolean {
  return unlessMissing(() => Deno.lstatSync(path)) !== undefined;
}

/** Removes a file, or a directory with all it holds, if it is there. */
export function removeIfThere(path: URL): void {
  unlessMissing(() => Deno.removeSync(path, { recursive: true }));
}

function unlessMissing<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
