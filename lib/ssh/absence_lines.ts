/** Messages of shells and servers that there is no such program. */

/** Lines that name the program: scp, or a server of SFTP. */
const NOT_FOUND: readonly RegExp[] = [
  // sh, bash, dash, ash, ksh; csh and tcsh with a capital.
  /: (?:command |inaccessible or )?not found(?: \[No such file or directory\])?\.?$/i,
  // zsh.
  /: (?:command not found|no such file or directory|permission denied): /,
  /^fish: (?:Unknown command|The file )/,
  // A path that is none, said by a shell.
  /^-?[\w./]*sh(?:\[\d+\])?: .*: (?:No such file or directory|Permission denied|cannot execute\b.*)$/,
  /^-?[\w./]*sh(?:\[\d+\])?: .*\brestricted\b/,
  // cmd.exe and PowerShell.
  /\bis not recognized as (?:an internal or external command|(?:the|a) name of)/,
];

const PROGRAM = /scp|sftp/i;

/** Lines that refuse a program, named or not. */
const REFUSED: readonly RegExp[] = [
  // ssh itself, of what sshd refuses.
  /^(?:exec|shell|subsystem) request failed on channel \d+$/,
  // git-shell and servers that have SFTP alone.
  /^fatal: (?:unrecognized command|Interactive git shell)/,
  /sftp.*\bonly\b|\bonly\b.*sftp|allowed.*sftp/i,
  /^This account is (?:currently )?not available/,
  // rclone.
  /\bscp .*not implemented$/,
];

/** Lines that go on from one of them. */
const CONTINUED: readonly RegExp[] = [
  // cmd.exe and PowerShell.
  /^operable program or batch file\.$/,
  /^(?:function|script file|operable program|spelling of the name)\b/,
  /^Check the spelling\b|^verify that the path\b/i,
  /^At line:\d+ char:\d+$/,
  /^\s*\+ /,
  // fish shows the command, and a line below it.
  /^fish:\s*$/,
  /^(?:exec )?(?:scp|sftp-server)\b/,
  /^\s*\^~*\^?$/,
  // git-shell.
  /^hint: /,
  /^\s*$/,
];

/**
 * Tells whether a line may say that the wanted program is not there.
 *
 * @param goesOn Whether the line before it may.
 */
export function mayTellAbsence(line: string, goesOn: boolean): boolean {
  const fits = (pattern: RegExp) => pattern.test(line);
  return REFUSED.some(fits) ||
    PROGRAM.test(line) && NOT_FOUND.some(fits) ||
    goesOn && CONTINUED.some(fits);
}
