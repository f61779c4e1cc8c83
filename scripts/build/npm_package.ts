import { runCommand } from "./run.ts";

/** A file in a package of the npm registry. */
export interface PackedFile {
  /** Name of the package, with its version. */
  readonly package: string;
  /** Path of the file in it. */
  readonly path: string;
}

/**
 * Downloads a package, and gives one of its files.
 *
 * @throws {CommandError} If npm or tar fails.
 */
export async function unpackFile(
  { package: name, path }: PackedFile,
): Promise<Uint8Array<ArrayBuffer>> {
  const directory = Deno.makeTempDirSync({ prefix: "seacp-package-" });
  try {
    await runCommand(["npm", "pack", "--silent", "--prefer-offline", name], {
      cwd: directory,
    });
    const [archive] = Deno.readDirSync(directory);
    await runCommand(["tar", "-xzf", archive!.name, path], { cwd: directory });
    return Deno.readFileSync(`${directory}/${path}`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
