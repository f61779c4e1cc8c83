import type { SshSettings } from "../options/copy_options.ts";
import { type Login, loginArguments } from "./arguments.ts";
import { outputOf } from "./program.ts";

/** Configuration of ssh for a login, as `ssh -G` prints it. */
export class SshConfiguration {
  /** Whole text: equal for equal user, host, port, jump and options. */
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
 * Has ssh print the configuration of a login, which connects to nothing.
 *
 * @returns `undefined` where the program is not `ssh` and so may not know `-G`,
 * or where it prints no configuration.
 */
export async function resolveConfiguration(
  { program, flags, port: usual }: SshSettings,
  { user, host, port = usual }: Login,
): Promise<SshConfiguration | undefined> {
  if (program !== "ssh") return undefined;
  const text = await outputOf(program, [
    "-G",
    ...flags,
    ...loginArguments(user, port),
    "--",
    host,
  ]);
  const configuration = new SshConfiguration(text ?? "");
  return configuration.get("hostname") === undefined
    ? undefined
    : configuration;
}
