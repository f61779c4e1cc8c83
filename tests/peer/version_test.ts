import { assertEquals, assertMatch } from "@std/assert";
import { writeScript } from "../support/doors.ts";
import { EXECUTABLE, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

Deno.test(
  "--version: names itself, its commit and target, Deno, the protocols and the ssh it would run, and with -v that one's version",
  {
    ignore: EXECUTABLE !== undefined,
  },
  async () => {
    using directory = new TempDirectory();
    Deno.mkdirSync(`${directory.path}/first`);
    // Found first, but nothing that could be run.
    Deno.writeTextFileSync(`${directory.path}/first/ssh`, "");
    const ssh = writeScript(
      `${directory.path}/ssh`,
      "printf 'OpenSSH_for_\\033[2JTests\\nmore\\n' >&2\n",
    );
    for (
      const [args, versions] of [
        [["--version"], []],
        [["-v", "--version"], ["           OpenSSH_for_\\033[2JTests"]],
      ] as const
    ) {
      const { status, stdout } = await seacp(args, {
        env: { PATH: `${directory.path}/first:${directory.path}` },
      });
      assertEquals(status, 0);
      const [name, ...more] = stdout.split("\n");
      assertMatch(name!, /^seacp \d+\.\d+\.\d+$/);
      assertEquals(more, [
        "commit:    none: run from its source",
        `target:    ${Deno.build.target}`,
        `deno:      ${Deno.version.deno}`,
        "protocols: SCP, SFTP 3",
        `ssh:       ${ssh}`,
        ...versions,
        "",
      ]);
    }
  },
);

Deno.test("--version: says so where there is no ssh", async () => {
  using directory = new TempDirectory();
  const { status, stdout } = await seacp(["--version"], {
    env: { PATH: directory.path },
  });
  assertEquals(status, 0);
  assertMatch(stdout, /^ssh: {7}not found in the PATH$/m);
});
