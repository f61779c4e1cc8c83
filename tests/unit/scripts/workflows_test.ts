/** Checks of workflows that run elsewhere. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { TARGETS } from "../../../scripts/build/targets.ts";

const DIRECTORY = new URL("../../../.github/workflows/", import.meta.url);
const NAMES = ["ci.yml", "release.yml"];

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, DIRECTORY));
}

Deno.test("workflows: are these two", () => {
  const found = Array.from(Deno.readDirSync(DIRECTORY), ({ name }) => name);
  assertEquals(found.toSorted(), NAMES);
});

Deno.test("release.yml: starts each product on its system before it publishes", () => {
  const text = read("release.yml");
  const [, systems = ""] = /^ {8}os:\n((?: {10}- .*\n)+)/m.exec(text) ?? [];
  assertEquals(systems.trimEnd().split("\n").length, TARGETS.length);
  assertMatch(text, /^ {2}publish:\n {4}needs: start$/m);
  assertMatch(text, /^ {2}start:\n {4}needs: make$/m);
});

for (const name of NAMES) {
  Deno.test(`${name}: runs nothing but tasks, what CI runs, and gh`, () => {
    const commands = [...read(name).matchAll(/^ +- run: (.*)$/gm)]
      .map(([, command]) => command!);
    assert(commands.length > 0);
    for (const command of commands) {
      assertMatch(
        command,
        /^(npx -y deno@2\.9\.6 task |\.ci\/run$|gh release create )/,
      );
      const [, task] = / task (\w+)/.exec(command) ?? [];
      assert(task === undefined || Object.hasOwn(config.tasks, task), command);
    }
  });

  Deno.test(`${name}: pins what it uses of others to a commit`, () => {
    const uses = [...read(name).matchAll(/uses: (\S+)/g)]
      .map(([, action]) => action!);
    assert(uses.length > 0);
    for (const action of uses) assertMatch(action, /^\.\/|@[0-9a-f]{40}$/);
  });

  Deno.test(`${name}: grants no more than reading, but to the job that publishes`, () => {
    assertMatch(read(name), /^permissions:\n {2}contents: read\n\n/m);
    const granted = read(name).match(/^ +[\w-]+: write$/gm) ?? [];
    assertEquals(granted.length, name === "release.yml" ? 3 : 0);
  });
}
