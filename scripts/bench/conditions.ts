import type { Settings } from "./settings.ts";

/** What a measurement was made with. */
export interface Conditions {
  readonly cores: number;
  readonly kernel: string;
  readonly openssh: string;
  /** The runtime of the program that is measured. */
  readonly deno: string;
  /** Where the copies happen. */
  readonly folder: string;
  readonly settings: Settings;
  /** The peers that were asked for and are not installed. */
  readonly missing: readonly string[];
}

/** This machine's, with these. */
export function describeConditions(
  given: Pick<Conditions, "deno" | "folder" | "settings" | "missing">,
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

/** The same in one line. */
export function conditionsText(conditions: Conditions): string {
  const { cores, kernel, openssh, deno, folder, missing } = conditions;
  const { program, protocol, remote, content, rounds } = conditions.settings;
  return [
    `${cores} cores, ${kernel}, ${openssh}, Deno ${deno}, in ${folder}`,
    `seacp ${program === "built" ? "built" : "from its source"}, ` +
    `over ${
      protocol === "default"
        ? "the protocol it chooses"
        : protocol.toUpperCase()
    }, with ${remote === "scp" ? "OpenSSH's scp" : "itself"} on the server`,
    `small files of ${content === "text" ? "text" : "random bytes"}`,
    `rounds: ${rounds}`,
    ...(missing.length === 0 ? [] : [`not installed: ${missing.join(", ")}`]),
  ].join("; ");
}
