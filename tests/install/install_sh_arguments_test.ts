/**
 * Tests of the options and variables that scripts/install.sh takes, and of
 * its advice at the end.
 */

import {
  assertInstalled,
  assertLacks,
  assertRefused,
  SCRIPT,
  shellTest,
  Site,
} from "../support/install/site.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "../support/fixtures/tree.ts";

shellTest(
  "install.sh: takes nothing for a version that is none",
  async (shell) => {
    const hostile = [
      "../x",
      "1/../../x",
      "1;rm",
      "1..2",
      "$(id)",
      "1 2",
      "1\n2",
      "latest",
      "-1",
      "vv1.0.0",
      "1%2e",
      "1?x",
      "1#",
      "é",
    ];
    await using site = await Site.open(shell);
    for (const version of hostile) {
      for (
        const [args, SEACP_VERSION] of [
          [["--version", version], ""],
          [[`--version=${version}`], ""],
          [[], version],
        ] as const
      ) {
        const { status, stderr } = await site.install(args, {
          env: { SEACP_VERSION },
        });
        assertEquals(status, 1);
        assertMatch(stderr, /^install: this is no version: /);
      }
    }
    assertRefused(
      await site.install(["--version", ""]),
      site,
      "this is no ver",
    );
    assertRefused(
      await site.install(["--version="]),
      site,
      "this is no version",
    );
    assertRefused(await site.install(["--version"]), site, "--version needs a");
    assertRefused(
      await site.install(["1.2.3"]),
      site,
      "unknown argument: 1.2.3",
    );
    assertRefused(await site.install(["-x"]), site, "unknown argument: -x");
    assertEquals(site.server.asked, []);
    assertEquals(exists(site.prefix), false);
  },
);

shellTest("install.sh: shows its options and variables", async (shell) => {
  await using site = await Site.open(shell);
  for (const option of ["--help", "-h"]) {
    const { status, stdout, stderr } = await site.install([option]);
    assertEquals([status, stderr], [0, ""]);
    for (
      const word of [
        "--version X",
        "SEACP_VERSION",
        "SEACP_INSTALL",
        "SEACP_RELEASES",
      ]
    ) assertStringIncludes(stdout, word);
  }
  assertEquals(site.server.asked, []);
});

shellTest(
  "install.sh: knows the page of the releases from its stamp or from a variable",
  async (shell) => {
    await using site = await Site.open(shell);
    const text = Deno.readTextFileSync(SCRIPT);
    const script = `${site.machine.path}/install.sh`;
    const run = async (stamp: string, SEACP_RELEASES: string) => {
      Deno.writeTextFileSync(
        script,
        text.replaceAll("@RELEASES@", () => stamp),
      );
      return await site.install([], { env: { SEACP_RELEASES } }, script);
    };
    for (const [stamp, variable] of [["@RELEASES@", ""], ["", "ftp://x/y"]]) {
      assertRefused(
        await run(stamp!, variable!),
        site,
        "this script does not know where the releases are\n" +
          "install: set SEACP_RELEASES to the address of the page",
      );
    }
    assertEquals(exists(site.prefix), false);
    assertInstalled(await run(site.server.page, ""), site);
    assertInstalled(await run("http://127.0.0.1:1/x", site.server.page), site);
  },
);

shellTest(
  "install.sh: needs to know where to install where there is no HOME",
  async (shell) => {
    await using site = await Site.open(shell);
    const env = { HOME: "", SEACP_INSTALL: "" };
    assertRefused(
      await site.install([], { env }),
      site,
      "HOME is not set; set",
    );
  },
);

// --- What it says ------------------------------------------------------------

shellTest(
  "install.sh: tells of the PATH only where that lacks the directory",
  async (shell) => {
    await using site = await Site.open(shell);
    const { prefix, machine } = site;
    for (
      const [path, lacks] of [
        [machine.bin, true],
        [`${machine.bin}:${prefix}/bin2:/x${prefix}/bin`, true],
        [`${prefix}/bin:${machine.bin}`, false],
        [`${machine.bin}:${prefix}/bin`, false],
        [`${machine.bin}:${prefix}/bin/:/x`, false],
      ] as const
    ) {
      const outcome = await site.install([], { env: { PATH: path } });
      assertInstalled(outcome, site);
      assertEquals(outcome.stderr.includes("is not in your PATH"), lacks, path);
      assertEquals(outcome.stderr.includes("export PATH="), lacks, path);
      assertStringIncludes(outcome.stderr, `  ln -s seacp ${prefix}/bin/scp\n`);
    }
  },
);

shellTest(
  "install.sh: gives lines that work as they stand, whatever the prefix",
  async (shell) => {
    for (
      const name of [
        "a b",
        "it's",
        "''",
        `"$HOME" & \`id\`; * \\`,
        "[a-z]*?",
        "é ü",
      ]
    ) {
      await using site = await Site.open(shell);
      const at = `${site.machine.path}/${name}`;
      const outcome = await site.install([], { env: { SEACP_INSTALL: at } });
      assertInstalled(outcome, site, { at });
      const lines = outcome.stderr.split("\n")
        .filter((line) => /^install: {3}(export|ln) /.test(line))
        .map((line) => line.replace("install:   ", ""));
      assertEquals(lines.length, 2);
      site.machine.link("ln");
      const { stdout } = await site.machine.run(
        [...shell, "-c", `${lines.join("\n")}\nscp --version\n`],
      );
      assertEquals(stdout, "seacp 1.2.3\nand more\n");
      const again = await site.install([], {
        env: { SEACP_INSTALL: at, PATH: `${site.machine.bin}:${at}/bin` },
      });
      assertLacks(again.stderr, /export PATH/);
    }
  },
);
