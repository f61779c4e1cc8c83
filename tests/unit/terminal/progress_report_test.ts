import { assertEquals } from "@std/assert";
import {
  progressReport,
  showsProgress,
} from "../../../lib/terminal/progress_report.ts";

Deno.test("showsProgress(): is true of terminals that are known to show it, and of no other", () => {
  const terminals: readonly (readonly [Record<string, string>, boolean])[] = [
    [{}, false],
    [{ WT_SESSION: "1" }, true],
    [{ WT_SESSION: "" }, false],
    [{ ConEmuANSI: "ON" }, true],
    [{ ConEmuANSI: "OFF" }, false],
    [{ TERM_PROGRAM: "WezTerm" }, true],
    [{ TERM_PROGRAM: "ghostty" }, true],
    [{ TERM_PROGRAM: "iTerm.app" }, false],
    [{ TERM: "xterm-kitty" }, false],
    [{ TERM: "dumb", WT_SESSION: "1" }, false],
    [{ TMUX: "/tmp/tmux-0/default,1,0", WT_SESSION: "1" }, false],
    [{ STY: "1.pts-0", TERM_PROGRAM: "WezTerm" }, false],
  ];
  for (const [variables, expected] of terminals) {
    assertEquals(
      showsProgress((name) => variables[name]),
      expected,
      JSON.stringify(variables),
    );
  }
});

Deno.test("progressReport(): shows percents, and work whose amount is not known", () => {
  assertEquals(progressReport(25), "\x1b]9;4;1;25\x1b\\");
  assertEquals(progressReport(undefined), "\x1b]9;4;3;0\x1b\\");
});
