/** A release made of what is built here, installed by its own script. */

import { assertEquals, assertMatch } from "@std/assert";
import { findTarget } from "../../scripts/build/targets.ts";
import { documents, templates } from "../../scripts/release.ts";
import { releaseAssets } from "../../scripts/release/assets.ts";
import { BUILT, builtTest } from "../support/process/executable.ts";
import { runProgram } from "../support/process/program.ts";
import { ReleaseServer } from "../support/install/release_server.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists } from "../support/fixtures/tree.ts";

builtTest(
  "release: a release of it is installed by one line, works, and is removed by one",
  ["curl", "tar"],
  async () => {
    await using server = new ReleaseServer();
    const date = new Date();
    const assets = releaseAssets({
      version: "1.2.3",
      releases: server.page,
      date,
      documents: documents("1.2.3", date),
      templates: new Map(
        [...templates()].filter(([name]) => name.startsWith("install.")),
      ),
      targets: [findTarget(Deno.build.target)],
      executable: () => Deno.readFileSync(BUILT),
    });
    for (const { name, content } of assets) {
      server.serve(`latest/download/${name}`, content);
    }
    using home = new TempDirectory();
    const env = { HOME: home.path };
    const installed = await runProgram([
      ...["sh", "-c", 'curl -fsSL "$1" | sh', "sh"],
      `${server.page}/latest/download/install.sh`,
    ], { env });
    assertEquals(installed.status, 0, installed.stderr);
    const prefix = `${home.path}/.local`;
    const { stdout } = await runProgram([`${prefix}/bin/seacp`, "--version"]);
    assertMatch(stdout, /^seacp \d+\.\d+\.\d+\ncommit: /);
    for (const shell of ["bash", "fish", "zsh"]) {
      const printed = await runProgram(
        [`${prefix}/bin/seacp`, "--completions", shell],
      );
      const path = {
        bash: "bash-completion/completions/seacp",
        fish: "fish/vendor_completions.d/seacp.fish",
        zsh: "zsh/site-functions/_seacp",
      }[shell];
      assertEquals(
        Deno.readTextFileSync(`${prefix}/share/${path}`),
        printed.stdout,
      );
    }
    const page = Deno.readTextFileSync(`${prefix}/share/man/man1/seacp.1`);
    assertMatch(page, /^\.Dt SEACP 1$/m);
    const removed = await runProgram(["sh", "-c", uninstallLine()], { env });
    assertEquals(removed, { status: 0, stdout: "", stderr: "" });
    const { stdout: left } = await runProgram(["find", prefix, "-type", "f"]);
    assertEquals([left, exists(`${prefix}/bin`)], ["", true]);
  },
);

/** The line that README gives for it. */
function uninstallLine(): string {
  const readme = Deno.readTextFileSync(
    new URL("../../README.md", import.meta.url),
  );
  const [line] = /^\(cd ~\/\.local && rm .*\)/m.exec(readme) ?? [];
  if (line === undefined) throw new Error("README has no line to uninstall");
  return line;
}
