/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** A program that ended with a status other than 0. */
export class CommandError extends Error {
  override name = "CommandError";
  /** Text of its standard error. */
  readonly stderr: string;

  constructor(command: string, stderr: string) {
    super(`Failed: ${command}\n${stderr}`);
    this.stderr = stderr;
  }
}

/**
 * Runs a program to its end.
 *
 * @returns What it wrote to standard output.
 * @throws {CommandError} If it does not end with status 0.
 */
export async function runCommand(
  [program, ...args]: Command,
  options: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    ...options,
    args,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new CommandError([program, ...args].join(" "), decoder.decode(stderr));
}
