/**
 * What a directory holds, sorted, a line for each entry: `d/` for a directory,
 * `f = "content"` for a file, `l -> destination` for a link.
 */
export function listing(root: string): string[] {
  return [...linesBelow(root, "")].toSorted();
}

function* linesBelow(root: string, prefix: string): Iterable<string> {
  for (const entry of Deno.readDirSync(`${root}/${prefix}`)) {
    const path = prefix + entry.name;
    const full = `${root}/${path}`;
    if (entry.isSymlink) yield `${path} -> ${Deno.readLinkSync(full)}`;
    else if (entry.isFile) {
      yield `${path} = ${JSON.stringify(Deno.readTextFileSync(full))}`;
    } else {
      yield `${path}/`;
      yield* linesBelow(root, `${path}/`);
    }
  }
}
