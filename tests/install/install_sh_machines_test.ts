/** Tests of the systems and processors that scripts/install.sh knows. */

import {
  assertInstalled,
  assertRefused,
  SCRIPT,
  shellTest,
  shTest,
  Site,
  SUMS,
  TARGET,
} from "../support/install/site.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../support/process/program.ts";
import { archive, releaseFiles } from "../support/install/release_server.ts";
import { exists, makeTree } from "../support/fixtures/tree.ts";

const GLIBC = "echo 'ldd (GNU libc) 2.40'\n";
const MUSL = "echo 'musl libc (x86_64)' >&2\nexit 1\n";

shellTest(
  "install.sh: chooses the archive by system and processor",
  async (shell) => {
    for (
      const [system, processor, target] of [
        ["Linux", "x86_64", "x86_64-unknown-linux-gnu"],
        ["Linux", "amd64", "x86_64-unknown-linux-gnu"],
        ["Linux", "aarch64", "aarch64-unknown-linux-gnu"],
        ["Linux", "arm64", "aarch64-unknown-linux-gnu"],
        ["Darwin", "x86_64", "x86_64-apple-darwin"],
        ["Darwin", "arm64", "aarch64-apple-darwin"],
      ] as const
    ) {
      await using site = await Site.open(shell, {
        system,
        processor,
        ldd: system === "Darwin" ? null : GLIBC,
      });
      site.machine.fake("sysctl", "echo 0\n");
      const asset = `seacp-${target}.tar.gz`;
      await site.publish(
        "latest/download",
        await archive(target, releaseFiles("1.2.3")),
        asset,
      );
      assertInstalled(await site.install(), site);
      assertEquals(site.server.asked, [SUMS, `latest/download/${asset}`]);
    }
  },
);

shellTest(
  "install.sh: takes an Apple processor under Rosetta for what it is",
  async (shell) => {
    await using site = await Site.open(shell, {
      system: "Darwin",
      processor: "x86_64",
      ldd: null,
    });
    site.machine.fake(
      "sysctl",
      '[ "$*" = "-n sysctl.proc_translated" ] && echo 1\n',
    );
    const target = "aarch64-apple-darwin";
    await site.publish(
      "latest/download",
      await archive(target, releaseFiles("1.2.3")),
      `seacp-${target}.tar.gz`,
    );
    assertInstalled(await site.install(), site);
  },
);

shTest(
  "install.sh: asks for the archive of the machine it runs on",
  ["curl", "sha256sum"],
  async (shell) => {
    const { target } = Deno.build;
    await using site = await Site.open(shell);
    const { status, stderr } = await runProgram([...shell, SCRIPT], {
      env: {
        ...site.environment(),
        SEACP_VERSION: "",
        TMPDIR: site.machine.temp,
        no_proxy: "127.0.0.1",
      },
    });
    if (target === TARGET) assertEquals(status, 0, stderr);
    else assertStringIncludes(stderr, `seacp-${target}.tar.gz is not listed`);
  },
);

shellTest(
  "install.sh: says that it is not for musl, and what is, and downloads nothing",
  async (shell) => {
    await using site = await Site.open(shell, { ldd: MUSL });
    const outcome = await site.install();
    assertRefused(
      outcome,
      site,
      "not supported: this Linux uses musl, and seacp needs glibc\n",
    );
    assertStringIncludes(outcome.stderr, "use the system's scp");
    assertEquals(site.server.asked, []);
    assertEquals(exists(site.prefix), false);
  },
);

shellTest(
  "install.sh: tells musl from glibc by their loaders where ldd does not say",
  async (shell) => {
    const musl = "ld-musl-x86_64.so.1";
    const glibc = "ld-linux-x86-64.so.2";
    const silent = "echo 'ldd: unrecognized option: version' >&2\nexit 1\n";
    for (
      const [ldd, loaders, runs] of [
        [null, [`lib/${musl}`], false],
        [silent, [`lib/${musl}`], false],
        [null, [`lib/${musl}`, `lib64/${glibc}`], true],
        [null, [`lib/${musl}`, `lib/${glibc}`], true],
        [null, [`lib64/${glibc}`], true],
        [null, [], true],
        [GLIBC, [`lib/${musl}`], true],
        [MUSL, [`lib64/${glibc}`], false],
      ] as const
    ) {
      await using site = await Site.open(shell, { ldd });
      const root = `${site.machine.path}/root`;
      makeTree(root, [{ path: "lib/" }, { path: "lib64/" }]);
      makeTree(root, loaders.map((path) => ({ path, content: "" })));
      const text = Deno.readTextFileSync(SCRIPT);
      const script = text.replaceAll(/ (\/lib(64)?\/ld-)/g, ` ${root}$1`);
      assertEquals(script.split(`${root}/lib`).length, 4);
      Deno.writeTextFileSync(`${root}/install.sh`, script);
      const outcome = await site.install([], {}, `${root}/install.sh`);
      if (runs) assertInstalled(outcome, site);
      else assertRefused(outcome, site, "not supported: this Linux uses musl");
    }
  },
);

shellTest(
  "install.sh: names what it is not for, and downloads nothing",
  async (shell) => {
    for (
      const [system, processor, sentence] of [
        ["FreeBSD", "amd64", "not supported: FreeBSD "],
        ["SunOS", "i86pc", "not supported: SunOS "],
        ["Linux", "armv7l", "not supported: a processor of the kind armv7l "],
        ["Linux", "i686", "not supported: a processor of the kind i686 "],
        [
          "Darwin",
          "Power Macintosh",
          "not supported: a processor of the kind ",
        ],
        ["MINGW64_NT-10.0-19045", "x86_64", "this is Windows; in PowerShell, "],
        ["MSYS_NT-10.0-19045", "x86_64", "this is Windows; in PowerShell, "],
        ["CYGWIN_NT-10.0", "x86_64", "this is Windows; in PowerShell, "],
      ] as const
    ) {
      await using site = await Site.open(shell, { system, processor });
      const outcome = await site.install();
      assertRefused(outcome, site, sentence);
      if (system.includes("_NT")) {
        assertStringIncludes(
          outcome.stderr,
          `  irm ${site.server.page}/latest/download/install.ps1 | iex\n`,
        );
      }
      assertEquals(site.server.asked, []);
      assertEquals(exists(site.prefix), false);
    }
  },
);
