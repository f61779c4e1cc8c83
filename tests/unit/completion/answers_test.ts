import { assert, assertMatch } from "@std/assert";
import { SCRIPTS } from "../../../lib/completion/answers.ts";

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
