import { assert, assertMatch } from "@std/assert";
import { SCRIPTS } from "../../../lib/completion/answers.ts";

Deno.test("The completions are ASCII, as each shell reads them whatever its locale", () => {
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    assertMatch(script, /^[\n\x20-\x7e]+$/, shell);
  }
});

Deno.test("PowerShell itself escapes each kind of single quote in a name", () => {
  const { powershell } = SCRIPTS;
  assert(powershell.includes("::EscapeSingleQuotedStringContent($text)"));
  assert(!powershell.includes("$text.Replace"));
});
