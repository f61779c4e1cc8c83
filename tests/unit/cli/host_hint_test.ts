import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../../lib/options/command_line.ts";
import { hostHint } from "../../../lib/cli/host_hint.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

/** Gives the hint for a command line, where `near` is a host and `here` a file. */
async function hintFor(...operands: readonly string[]): Promise<
  string | undefined
> {
  using directory = new TempDirectory();
  const config = `${directory.path}/config`;
  Deno.writeTextFileSync(config, "Host near\n");
  Deno.writeTextFileSync(`${directory.path}/here`, "");
  const args = operands.map((operand) =>
    operand.replace("DIR", () => directory.path)
  );
  const rules = locationRules();
  const command = parseCommandLine(["-F", config, ...args], rules);
  if (command.kind !== "copy") throw new Error("It is a copy");
  return await hostHint({ ...command, rules });
}

Deno.test("hostHint(): hints at a colon that was forgotten after a known host", async () => {
  for (const target of ["near", "bob@near"]) {
    assertEquals(
      await hintFor("notes.txt", target),
      `${target} becomes a file here: for the host, write ${target}:`,
    );
  }
});

Deno.test("hostHint(): says nothing where the target is no host, exists, or is a path", async () => {
  for (const target of ["far", "./near", "near/", "DIR/here", "near:", "@"]) {
    assertEquals(await hintFor("notes.txt", target), undefined, target);
  }
  assertEquals(await hintFor("other:notes.txt", "near"), undefined);
});
