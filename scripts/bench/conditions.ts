import type { Remote, Settings } from "./settings.ts";

const REMOTES: Readonly<Record<Remote, string>> = {
  "openssh": "OpenSSH's programs",
  "scp-only": "OpenSSH's scp and no SFTP server",
  "seacp": "seacp as scp",
};

/** Conditions of a measurement. */
export interface Conditions {
  readonly cores: number;
  readonly kernel: string;
  readonly openssh: string;
  /** The runtime of the program that is measured. */
  readonly deno: string;
  /** Place of the copies. */
  readonly directory: string;
  readonly settings: Settings;
  /** The peers that were asked for and are not installed. */
  readonly missing: readonly string[];
}

/** This machine's, with these. */
export function describeConditions(
  given: Pick<Conditions, "deno" | "directory" | "settings" | "missing">,
): Conditions {
  // ssh says its version where others say what went wrong.
  const { stderr } = new Deno.Command("ssh", {
    args: ["-V"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  return {
    cores: navigator.hardwareConcurrency,
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    openssh: new TextDecoder().decode(stderr).split(",")[0]!.trim(),
    ...given,
  };
}

/** Gives the conditions in one line. */
export function conditionsText(conditions: Conditions): string {
  const { cores, kernel, openssh, deno, directory, missing } = conditions;
  const { settings } = conditions;
  const { program, protocol, options, password, rounds } = settings;
  return [
    `${cores} cores, ${kernel}, ${openssh}, Deno ${deno}, in ${directory}`,
    `seacp ${program === "built" ? "built" : "from its source"}, ` +
    `over ${
      protocol === "default"
        ? "the protocol it chooses"
        : protocol.toUpperCase()
    }, with ${REMOTES[settings.remote]} on the server`,
    ...(options.length === 0 ? [] : [`options: ${options.join(" ")}`]),
    ...(password ? ["ssh asks for a password"] : []),
    `rounds: ${rounds}`,
    ...(missing.length === 0 ? [] : [`not installed: ${missing.join(", ")}`]),
  ].join("; ");
}
