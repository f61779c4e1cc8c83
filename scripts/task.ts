// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/** Does the work of a script; what fails is its last word, and ends it with 1. */
export async function runTask(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

/**
 * Refuses an argument that a script does not know: for `unknown` of `parseArgs`.
 *
 * @throws {RangeError} Always.
 */
export function refuseArgument(arg: string): never {
  throw new RangeError(`Unknown argument: ${arg}`);
}
