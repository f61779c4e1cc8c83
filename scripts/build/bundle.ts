import type { Compilation } from "../../lib/cli/version.ts";
import type { Commit } from "./commit.ts";
import { removeIfThere } from "./files.ts";
import { writePublishedConfig } from "./published.ts";
import { dist, root } from "./root.ts";
import { runCommand } from "./run.ts";

/** The program in as few files as it can be read from, without types and blanks. */
export interface Bundle {
  readonly directory: URL;
  readonly entry: URL;
}

const ENTRY = "seacp";

/** Version that the runtime bundles with, too. */
const ESBUILD = "npm:esbuild@0.25.5";

export interface BundleOptions {
  /** True where the published packages take the place of their stand-ins. */
  readonly published: boolean;
}

/**
 * Bundles the program: what each kind of command needs stays a file of its own,
 * read only for that. That is 5 of the 40 ms which a small copy takes. Without blanks
 * and comments it is read 20 ms sooner. No more is minified: esbuild loses a `using`
 * whose name is read once (0.25.5).
 *
 * The same commit gives the same bytes, and files of the same age.
 */
export async function bundle(
  commit: Commit | undefined,
  { published }: BundleOptions,
): Promise<Bundle> {
  const directory = new URL("bundle/", dist);
  removeIfThere(directory);
  await Deno.mkdir(directory, { recursive: true });
  const source = new URL(`${ENTRY}.ts`, directory);
  const compilation: Compilation = {
    commit: commit?.name ?? "unknown",
    deno: Deno.version.deno,
  };
  await Deno.writeTextFile(
    source,
    `import { main } from "../../main.ts";\nawait main(${
      JSON.stringify(compilation)
    });\n`,
  );
  await runCommand([
    Deno.execPath(),
    "bundle",
    "--quiet",
    ...(published ? [`--config=${writePublishedConfig()}`] : []),
    "--platform=deno",
    "--code-splitting",
    "--outdir=dist/bundle",
    `dist/bundle/${ENTRY}.ts`,
  ], { cwd: root });
  await Deno.remove(source);
  await stripBlanks(directory);
  await setAge(directory, commit?.date ?? new Date(0));
  return { directory, entry: new URL(`${ENTRY}.js`, directory) };
}

/** Leaves out blanks and comments but those of licences. */
async function stripBlanks(directory: URL): Promise<void> {
  const files = await Array.fromAsync(
    Deno.readDir(directory),
    ({ name }) => `dist/bundle/${name}`,
  );
  await runCommand([
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-all",
    "--no-config",
    "--lock=scripts/build/esbuild.lock",
    "--frozen",
    ESBUILD,
    ...files,
    "--minify-whitespace",
    "--format=esm",
    "--allow-overwrite",
    "--outdir=dist/bundle",
  ], { cwd: root });
}

/** The age of files becomes part of an executable. */
async function setAge(directory: URL, date: Date): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    await Deno.utime(new URL(name, directory), date, date);
  }
}
