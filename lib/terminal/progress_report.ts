/** The terminal's own progress, in its title bar or taskbar. */

/** Values of `TERM_PROGRAM` of terminals that show it. */
const PROGRAMS: readonly string[] = ["wezterm", "ghostty"];

/** Tells whether a terminal is known to show it; to others it may be a message. */
export function showsProgress(
  variable: (name: string) => string | undefined,
): boolean {
  const isSet = (name: string) => (variable(name) ?? "") !== "";
  // A multiplexer inherits the variables, and is no such terminal.
  if (variable("TERM") === "dumb" || isSet("TMUX") || isSet("STY")) {
    return false;
  }
  return isSet("WT_SESSION") || variable("ConEmuANSI") === "ON" ||
    PROGRAMS.includes(variable("TERM_PROGRAM")?.toLowerCase() ?? "");
}

/** Shows nothing any more. */
export const NO_PROGRESS = "\x1b]9;4;0;0\x1b\\";

/** Gives the text that shows so many percents; absent: that work goes on. */
export function progressReport(percent: number | undefined): string {
  return percent === undefined
    ? "\x1b]9;4;3;0\x1b\\"
    : `\x1b]9;4;1;${percent}\x1b\\`;
}
