import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../../lib/options/command_line.ts";
import { hintingMkdir } from "../../../lib/routes/missing_target.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

/** Gives a message as it is told in a call of the program. */
function told(message: string, args: readonly string[]): string {
  const rules = locationRules();
  const command = parseCommandLine(args, rules);
  if (command.kind !== "copy") throw new Error("this copies nothing");
  const observer = new RecordingObserver();
  hintingMkdir(observer, { ...command, rules })
    .report({ kind: "failure", message });
  return observer.failures[0]!;
}

const ROWS: readonly (readonly [
  args: readonly string[],
  path: string,
  hint: string,
])[] = [
  [["f", "far:/a/b"], "far: /a/b", "--mkdir makes it, and /a above it"],
  [["f", "far:a//b/"], "far: a//b/", "--mkdir makes it, and a above it"],
  [["f", "far:a//b/"], "far: a//b", "--mkdir makes it, and a above it"],
  [["-r", "d", "far:a/b"], "far: a/", "--mkdir makes it"],
  [["f", "far:~/a/b"], "far: a/b", "--mkdir makes it, and ~/a above it"],
  [["f", "u@[::1]:a/b"], "::1: a/b", "--mkdir makes it, and a above it"],
  [["far:f", "a/b"], "a/b", "--mkdir makes it, and a above it"],
  [["-O", "far:f", "a/b"], "a/b", "--mkdir makes it, and a above it"],
  [["f", "g", "h"], "h", "--mkdir makes it"],
  [["far:f", "g", "a/h"], "a/h", "--mkdir makes it"],
  [["f", "g", "far:a/h"], "far: a/h", "--mkdir makes it, and a above it"],
];

for (const [args, path, hint] of ROWS) {
  Deno.test(`hintingMkdir(): tells what makes a missing target: ${args.join(" ")}`, () => {
    const message = `${path}: No such file or directory`;
    assertEquals(told(message, args), `${message} (${hint})`);
  });
}

Deno.test("hintingMkdir(): leaves other messages as they are", () => {
  const missing = "No such file or directory";
  for (
    const [message, ...args] of [
      [`far: a/b/c: ${missing}`, "f", "far:a/b"],
      ["far: a/b: Permission denied", "f", "far:a/b"],
      [`far: a/b: ${missing}`, "--mkdir", "f", "far:a/b"],
      [`far: a/b: ${missing}`, "-O", "f", "far:a/b"],
      [`far: b: ${missing}`, "f", "far:b"],
      [`far: /b: ${missing}`, "f", "far:/b"],
      [`far: a/b: ${missing}`, "far:a/b", "c/d"],
      [`b: ${missing}`, "f", "scp://%"],
    ] as const
  ) assertEquals(told(message, args), message);
});
