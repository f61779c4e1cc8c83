import { assert, assertEquals, assertMatch } from "@std/assert";
import { answerTo, SCRIPTS } from "../../../lib/completion/answers.ts";
import { SHELLS } from "../../../lib/options/option_table.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";

/** Arguments that each shell's script passes where `-` is typed. */
const DASH: Readonly<Record<typeof SHELLS[number], readonly string[]>> = {
  bash: ["new", "seacp -", "-"],
  zsh: ["-"],
  fish: ["-"],
  powershell: ["=-"],
};

for (const shell of SHELLS) {
  Deno.test(`answerTo(): lists every option for ${shell}`, async (t) => {
    await t.assertSnapshot(await answerTo(shell, DASH[shell], locationRules()));
  });
}

Deno.test("answerTo(): completes a fish word without its quotes", async () => {
  const answer = await answerTo("fish", ['"--lock'], locationRules());
  assertMatch(answer, /^words\n--lockstep\t/);
});

Deno.test("answerTo(): takes the mark off PowerShell's words", async () => {
  const words = ["=--completions", "=z"];
  assertEquals(
    await answerTo("powershell", words, locationRules()),
    "words\nzsh\n",
  );
});

Deno.test("answerTo(): has an old bash look for no file and add its own blank", async () => {
  const rows = [
    [["new", "seacp --lock", "--lock"], "whole\n--lockstep\n"],
    [["old", "seacp --lock", "--lock"], "whole\n--lockstep \n"],
    [["old", "seacp '--lock", "--lock"], "whole\n--lockstep'\n"],
    [["new", "seacp $(", ""], "files\n"],
    [["old", "seacp $(", ""], "open\n"],
  ] as const;
  for (const [args, answer] of rows) {
    assertEquals(await answerTo("bash", args, locationRules()), answer);
  }
});

Deno.test("answerTo(): gives nothing where the options before a word are wrong", async () => {
  for (const shell of ["zsh", "fish"] as const) {
    const words = ["-P", "0", "host:"];
    assertEquals(await answerTo(shell, words, locationRules()), "");
  }
});

Deno.test("SCRIPTS: are ASCII, which each shell reads whatever its locale", () => {
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    assertMatch(script, /^[\n\x20-\x7e]+$/, shell);
  }
});

Deno.test("SCRIPTS: leave it to PowerShell to escape each kind of single quote", () => {
  const { powershell } = SCRIPTS;
  assert(powershell.includes("::EscapeSingleQuotedStringContent($text)"));
  assert(!powershell.includes("$text.Replace"));
});
