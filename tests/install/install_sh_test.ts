/**
 * Tests of the files that scripts/install.sh installs, under each shell
 * found here.
 */

import {
  assertInstalled,
  ASSET,
  INSTALLED,
  redirect,
  SCRIPT,
  shellTest,
  Site,
  TARGET,
} from "../support/install/site.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../support/process/program.ts";
import {
  answering,
  archive,
  releaseFiles,
} from "../support/install/release_server.ts";
import { describeTree } from "../support/fixtures/tree.ts";

shellTest("install.sh: puts the latest release in place", async (shell) => {
  await using site = await Site.open(shell);
  assertInstalled(await site.install(), site);
  assertEquals(site.server.asked, [
    "latest/download/SHA256SUMS",
    `latest/download/${ASSET}`,
  ]);
  const files = (await describeTree(site.prefix))
    .filter((line) => line.startsWith("file "))
    .map((line) => JSON.parse(line.replace(/^.*? (?=")/, "")));
  assertEquals(files, INSTALLED.map(([path]) => path));
  const { stdout } = await runProgram([
    `${site.prefix}/bin/seacp`,
    "--version",
  ]);
  assertEquals(stdout, "seacp 1.2.3\nand more\n");
});

shellTest(
  "install.sh: puts a chosen version in place, with a v or without",
  async (shell) => {
    for (
      const [args, variable] of [
        [["--version", "1.0.0"], ""],
        [["--version", "v1.0.0"], ""],
        [["--version=1.0.0"], ""],
        [[], "1.0.0"],
        [[], "v1.0.0"],
        [["--version", "1.0.0"], "3.0.0"],
      ] as const
    ) {
      await using site = await Site.open(shell);
      const outcome = await site.install(args, {
        env: { SEACP_VERSION: variable },
      });
      assertInstalled(outcome, site, { version: "1.0.0" });
      assertEquals(site.server.asked, [
        "download/v1.0.0/SHA256SUMS",
        `download/v1.0.0/${ASSET}`,
      ]);
    }
  },
);

shellTest(
  "install.sh: works when it is piped into the shell",
  async (shell) => {
    for (
      const [args, version] of [
        [[], "1.2.3"],
        [["-s", "--", "--version", "1.0.0"], "1.0.0"],
      ] as const
    ) {
      await using site = await Site.open(shell);
      const outcome = await site.machine.run([...shell, ...args], {
        env: site.environment(),
        input: Deno.readTextFile(SCRIPT),
      });
      assertInstalled(outcome, site, { version });
    }
  },
);

shellTest(
  "install.sh: leaves what it is given to read to others",
  async (shell) => {
    await using site = await Site.open(shell);
    const reader = "#!/bin/sh\nread -r line && exit 5\n" +
      answering("seacp 1.2.3").replace("#!/bin/sh\n", "");
    await site.publishFiles({ ...releaseFiles("1.2.3"), "seacp": reader });
    const { status, stderr } = await site.install([], {
      input: Promise.resolve("words\n"),
    });
    assertEquals(status, 0, stderr);
  },
);

shellTest(
  "install.sh: replaces an older one as a whole, never writing into it",
  async (shell) => {
    await using site = await Site.open(shell);
    site.installOlder();
    const { prefix } = site;
    Deno.linkSync(`${prefix}/bin/seacp`, `${prefix}/bin/kept`);
    Deno.renameSync(`${prefix}/share/man/man1/seacp.1`, `${prefix}/page`);
    Deno.symlinkSync(`${prefix}/page`, `${prefix}/share/man/man1/seacp.1`);
    assertInstalled(await site.install(), site);
    const kept = Deno.readTextFileSync(`${prefix}/bin/kept`);
    assertStringIncludes(kept, "seacp 0.9.0");
    assertEquals(
      Deno.readTextFileSync(`${prefix}/page`),
      releaseFiles("0.9.0")["seacp.1"],
    );
    assertEquals(
      Deno.readTextFileSync(`${prefix}/bin/other`),
      "another program",
    );
    assertEquals(
      [...Deno.readDirSync(`${prefix}/bin`)].map(({ name }) => name).toSorted(),
      ["kept", "other", "seacp"],
    );
  },
);

shellTest(
  "install.sh: gives every file its mode, under any umask and from any archive",
  async (shell) => {
    await using site = await Site.open(shell);
    const modes = { program: 0o700, others: 0o600 };
    await site.publish(
      "latest/download",
      await archive(TARGET, releaseFiles("1.2.3"), modes),
    );
    const [program, ...args] = shell;
    const outcome = await site.machine.run([
      ...[program!, ...args, "-c", 'umask 077 && exec "$@"', "sh"],
      ...[...shell, SCRIPT],
    ], { env: site.environment() });
    assertInstalled(outcome, site);
    assertEquals(Deno.statSync(`${site.prefix}/bin`).mode! & 0o777, 0o755);
  },
);

shellTest(
  "install.sh: installs below ~/.local, or below the directory it was told",
  async (shell) => {
    for (
      const [told, at] of [
        ["", "home/.local"],
        ["here", "home/here"],
        ["-n", "home/-n"],
      ] as const
    ) {
      await using site = await Site.open(shell);
      const outcome = await site.install([], {
        cwd: site.machine.home,
        env: { SEACP_INSTALL: told },
      });
      assertInstalled(outcome, site, {
        at: `${Deno.realPathSync(site.machine.path)}/${at}`,
      });
    }
  },
);

shellTest(
  "install.sh: finds its way through redirects, and with a slash too many",
  async (shell) => {
    await using site = await Site.open(shell);
    redirect(site.server, "latest/download", "download/v1.0.0");
    const outcome = await site.install([], {
      env: { SEACP_RELEASES: `${site.server.page}/` },
    });
    assertInstalled(outcome, site, { version: "1.0.0" });
  },
);
