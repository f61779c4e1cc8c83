import { EXAMPLES } from "./examples.ts";
import { dashed, OPTIONS } from "./option_table.ts";

/** scp's own usage text, to the letter: what a wrong call is answered with. */
export const USAGE = `\
usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target`;

/** What `--help` prints: examples first, then every option. */
export function helpText(): string {
  return `\
seacp copies files between hosts, as scp does, through the system's ssh.

Usage: seacp [options] source ... target

Examples:
${exampleLines().join("\n")}

Sources and target:
  path                                  here; ./a:b is a path, too
  [user@]host:path                      there, relative to the home directory
  scp://[user@]host[:port][/path]       the same, %xx decoded

Options:
${optionLines().join("\n")}

Exit status: 0 if everything arrived whole, 1 if something did not, 255 if ssh
could not connect or was lost (with -O: 1) or an option's value makes no sense;
130, 143 or 129 if an interrupt, a TERM or a HUP signal ended it.`;
}

/** What a command does stands beside it, if there is room. */
function exampleLines(): string[] {
  const WIDTH = 37;
  return EXAMPLES.map(({ command, effect }) =>
    command.length > WIDTH
      ? `  ${command}`
      : `  ${command.padEnd(WIDTH)} ${effect}`
  );
}

function optionLines(): string[] {
  return OPTIONS.flatMap(({ name, value, summary }) => {
    if (summary === undefined) return [];
    const typed = dashed(name) + (value === undefined ? "" : ` ${value}`);
    return [`  ${typed.padEnd(19)} ${summary}`];
  });
}
