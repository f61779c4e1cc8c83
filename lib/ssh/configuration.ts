import type { SshSettings } from "../options/copy_options.ts";
import type { Login } from "./arguments.ts";

/** Longest time that ssh may take to print its configuration, in milliseconds. */
const LIMIT_MILLISECONDS = 2000;

/** Configuration that ssh would use for a host, as `ssh -G` prints it. */
export class SshConfiguration {
  /** The whole text: the same for the same user, host, port, jump and options. */
  readonly text: string;
  readonly #values = new Map<string, string[]>();

  constructor(text: string) {
    this.text = text;
    for (const line of text.split(/\r?\n/)) {
      const [, name, value] = /^(\w+) (.*)$/.exec(line) ?? [];
      if (name === undefined) continue;
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value!]);
      else values.push(value!);
    }
  }

  /** Gives the values of a keyword in lower case, in their order. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Gives the first value of a keyword. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** Tells whether a keyword is on; `true` is how some releases spell it. */
  isOn(name: string): boolean {
    return ["yes", "true"].includes(this.get(name) ?? "");
  }
}

/**
 * Asks ssh for the configuration that a login would have. It connects to
 * nothing.
 *
 * @returns `undefined` where another program than `ssh` is run, which may not
 * know the question, or where no configuration is printed.
 */
export async function resolveConfiguration(
  { program, flags, port: usual }: SshSettings,
  { user, host, port = usual }: Login,
): Promise<SshConfiguration | undefined> {
  if (program !== "ssh") return undefined;
  const text = await outputOf(program, [
    "-G",
    ...flags,
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    "--",
    host,
  ]);
  const configuration = new SshConfiguration(text ?? "");
  return configuration.get("hostname") === undefined
    ? undefined
    : configuration;
}

/** Runs a program that prints something and ends; `undefined` if it fails. */
async function outputOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(LIMIT_MILLISECONDS);
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal,
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a program that tells something by its exit status alone. */
export async function succeeds(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(LIMIT_MILLISECONDS),
    }).output();
    return success;
  } catch {
    return false;
  }
}
