import { EXAMPLES } from "./examples.ts";
import {
  OPTION_GROUPS,
  type OptionGroup,
  typedOption,
} from "./option_table.ts";

/** The usage text of OpenSSH's scp 10.5, to the letter. */
export const USAGE = `\
usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target`;

/**
 * Gives the answer to a wrong call: scp's usage text, and a way to the help.
 */
export function usageText(programName: string): string {
  return `${USAGE}\n       ${programName} --help shows every option`;
}

/** Gives the text that `--help` prints: examples first, then every option. */
export function helpText(): string {
  return `\
seacp copies files between hosts, as scp does, through the system's ssh.

Usage: seacp [options] source ... target

Examples:
${exampleLines().join("\n")}

Source and target:
  path                                  a local path; ./a:b is one, too
  [user@]host:path                      a path on host, from the home directory
  scp://[user@]host[:port][/path]       the same, %xx decoded

${OPTION_GROUPS.map(optionLines).join("\n\n")}

Exit status: 0 if everything arrived whole, 1 if something did not, 255 if ssh
could not connect or was lost (with -O: 1) or an option's value makes no sense;
130, 143 or 129 if an interrupt, a TERM or a HUP signal ended it.`;
}

/** Puts each command's effect beside it, if there is room. */
function exampleLines(): string[] {
  const WIDTH = 37;
  return EXAMPLES.map(({ command, effect }) =>
    command.length > WIDTH
      ? `  ${command}`
      : `  ${command.padEnd(WIDTH)} ${effect}`
  );
}

function optionLines({ title, options }: OptionGroup): string {
  const lines = options.map((option) =>
    `  ${typedOption(option).padEnd(19)} ${option.summary}`
  );
  return [`${title}:`, ...lines].join("\n");
}
