import { assertEquals, assertMatch } from "@std/assert";
import { writeScript } from "../support/doors.ts";
import { seacp } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";

Deno.test("--version names itself, its target, Deno and the ssh it would run, and with -v that one's version", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(`${folder.path}/first`);
  // Found first, but nothing that could be run.
  Deno.writeTextFileSync(`${folder.path}/first/ssh`, "");
  const ssh = writeScript(
    `${folder.path}/ssh`,
    "printf 'OpenSSH_for_\\033[2JTests\\nmore\\n' >&2\n",
  );
  for (
    const [args, versions] of [
      [["--version"], []],
      [["-v", "--version"], ["        OpenSSH_for_\\033[2JTests"]],
    ] as const
  ) {
    const { status, stdout } = await seacp(args, {
      env: { PATH: `${folder.path}/first:${folder.path}` },
    });
    assertEquals(status, 0);
    const [name, target, deno, path, ...more] = stdout.split("\n");
    assertMatch(name!, /^seacp \d+\.\d+\.\d+$/);
    assertEquals(target, `target: ${Deno.build.target}`);
    assertEquals(deno, `deno:   ${Deno.version.deno}`);
    assertEquals(path, `ssh:    ${ssh}`);
    assertEquals(more, [...versions, ""]);
  }
});

Deno.test("--version says so where there is no ssh", async () => {
  using folder = new TempFolder();
  const { status, stdout } = await seacp(["--version"], {
    env: { PATH: folder.path },
  });
  assertEquals(status, 0);
  assertMatch(stdout, /^ssh: {4}not found in the PATH$/m);
});
