import { dashed, OPTIONS } from "./options.ts";

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
  seacp notes.txt host:                 to your home folder on host
  seacp notes.txt host:docs/todo.txt    under another name
  seacp host:docs/todo.txt .            from host to this folder
  seacp -rp site/ host:/srv/www         a folder, times and modes preserved
  seacp a.txt b.txt host:docs/          several files into one folder
  seacp 'host:logs/*.gz' logs/          the far shell expands the pattern
  seacp -P 2222 f bob@host:             another port, another user
  seacp -J jump f inner:                through a jump host
  seacp f '[2001:db8::1]:' ; seacp f scp://bob@host:2222/docs/f
  seacp -l 8000 big.iso host:           at most 8000 Kbit/s
  seacp -rp one:/srv/www two:/srv/      from host to host, through this one
  seacp -s -r 'host:src/*.c' src/       over SFTP, where no far shell is asked

Sources and target:
  path                                  here; ./a:b is a path, too
  [user@]host:path                      there, relative to the home folder
  scp://[user@]host[:port][/path]       the same, %xx decoded

Options:
${optionLines().join("\n")}

Exit status: 0 if everything arrived whole and every ssh ended well, 1 if
something did not, 255 if an option's value makes no sense; 130, 143 or 129 if
an interrupt, a TERM or a HUP signal ended it.`;
}

function optionLines(): string[] {
  return OPTIONS.flatMap(({ name, value, summary }) => {
    if (summary === undefined) return [];
    const typed = dashed(name) + (value === undefined ? "" : ` ${value}`);
    return [`  ${typed.padEnd(19)} ${summary}`];
  });
}
