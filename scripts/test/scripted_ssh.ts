import { compileExecutable } from "../build/executable.ts";
import { dist, root } from "../build/root.ts";

/** Gives the path of the program that stands for ssh in tests, for a system. */
export function scriptedSsh(triple: string): URL {
  const name = triple.includes("windows") ? "ssh.exe" : "ssh";
  return new URL(`scripted/${triple}/${name}`, dist);
}

/**
 * Makes that program.
 *
 * @throws {Error} If it cannot be made.
 */
export async function buildScriptedSsh(triple: string): Promise<void> {
  const output = scriptedSsh(triple);
  Deno.mkdirSync(new URL(".", output), { recursive: true });
  await compileExecutable(
    { entry: new URL("tests/support/ssh/scripted_ssh.ts", root) },
    { triple, output, official: false },
  );
}
