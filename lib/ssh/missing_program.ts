/** Stderr lines by which shells and servers report a program that is missing. */

/** Lines that name the program. */
const NOT_FOUND: readonly RegExp[] = [
  // sh, bash, dash, ash, ksh; csh and tcsh with a capital.
  /: (?:command |inaccessible or )?not found(?: \[No such file or directory\])?\.?$/i,
  // zsh.
  /: (?:command not found|no such file or directory|permission denied): /,
  /^fish: (?:Unknown command|The file )/,
  // A shell, of a path that does not exist or cannot be run.
  /^-?[\w./]*sh(?:\[\d+\])?: .*: (?:No such file or directory|Permission denied|cannot execute\b.*)$/,
  /^-?[\w./]*sh(?:\[\d+\])?: .*\brestricted\b/,
  // cmd.exe and PowerShell.
  /\bis not recognized as (?:an internal or external command|(?:the|a) name of)/,
];

/** Name of a program that is missed: scp, or an SFTP server. */
const PROGRAM = /scp|sftp/i;

/** Lines that refuse a program, which they need not name. */
const REFUSED: readonly RegExp[] = [
  // ssh itself, of a request that sshd refuses.
  /^(?:exec|shell|subsystem) request failed on channel \d+$/,
  // git-shell and servers that have SFTP alone.
  /^fatal: (?:unrecognized command|Interactive git shell)/,
  /sftp.*\bonly\b|\bonly\b.*sftp|allowed.*sftp/i,
  /^This account is (?:currently )?not available/,
  // rclone.
  /\bscp .*not implemented$/,
];

/** Lines that continue such a report. */
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
 * Tells whether a line may report that the program asked for is missing.
 *
 * @param continues True where the line before it may.
 */
export function mayReportMissingProgram(
  line: string,
  continues: boolean,
): boolean {
  const fits = (pattern: RegExp) => pattern.test(line);
  return REFUSED.some(fits) ||
    PROGRAM.test(line) && NOT_FOUND.some(fits) ||
    continues && CONTINUED.some(fits);
}
