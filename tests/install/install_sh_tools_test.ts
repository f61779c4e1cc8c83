/**
 * Tests of the programs that scripts/install.sh downloads, verifies and
 * unpacks with.
 */

import {
  assertInstalled,
  assertRefused,
  ASSET,
  breakingOff,
  redirect,
  released,
  shellTest,
  Site,
} from "../support/install/site.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { exists } from "../support/fixtures/tree.ts";

shellTest(
  "install.sh: downloads with wget where there is no curl",
  async (shell) => {
    await using site = await Site.open(shell, { tools: ["wget", "sha256sum"] });
    redirect(site.server, "latest/download", "download/v1.0.0");
    assertInstalled(await site.install(), site, { version: "1.0.0" });
    assertEquals(site.server.asked, [
      "latest/download/SHA256SUMS",
      "download/v1.0.0/SHA256SUMS",
      `latest/download/${ASSET}`,
      `download/v1.0.0/${ASSET}`,
    ]);
    site.server.serve("latest/download/SHA256SUMS", () =>
      new Response(null, {
        status: 302,
        headers: { location: "/releases/latest/download/SHA256SUMS" },
      }));
    assertRefused(
      await site.install(),
      site,
      "  too many redirects\n",
    );
    const bytes = await released("1.0.0");
    site.server.serve(`download/v1.0.0/${ASSET}`, () => breakingOff(bytes));
    site.server.asked.length = 0;
    assertRefused(
      await site.install(["--version", "1.0.0"]),
      site,
      `${ASSET} could not be downloaded\n`,
    );
    assertEquals(site.server.asked.length, 2);
    site.server.withdraw("latest/download/SHA256SUMS");
    const outcome = await site.install();
    assertRefused(outcome, site, "the checksums of the release could not be");
    assertMatch(outcome.stderr, /^install: .* ERROR 404: Not Found\.$/m);
  },
  ["wget", "sha256sum"],
);

shellTest(
  "install.sh: verifies with shasum or openssl where there is no sha256sum",
  async (shell) => {
    for (const tool of ["shasum", "openssl"]) {
      await using site = await Site.open(shell, { tools: ["curl", tool] });
      assertInstalled(await site.install(), site);
      site.server.serve(
        "latest/download/SHA256SUMS",
        `${"0".repeat(64)}  ${ASSET}\n`,
      );
      assertRefused(
        await site.install(),
        site,
        `${ASSET} is not what was released: its checksum is wrong\n`,
      );
    }
  },
  ["curl", "shasum", "openssl"],
);

shellTest(
  "install.sh: says what it needs and does not find, before any download",
  async (shell) => {
    for (
      const [tools, lost, sentence] of [
        [["sha256sum"], "", "curl or wget is needed"],
        [["curl"], "", "sha256sum, shasum or openssl is needed"],
        [["curl", "sha256sum"], "tar", "tar is needed"],
        [["curl", "sha256sum"], "mktemp", "mktemp is needed"],
      ] as const
    ) {
      await using site = await Site.open(shell, { tools });
      if (lost !== "") site.machine.lose(lost);
      assertRefused(await site.install(), site, sentence);
      assertEquals(site.server.asked, []);
      assertEquals(exists(site.prefix), false);
    }
  },
);

shellTest(
  "install.sh: works with nothing but busybox's own tools",
  async (shell) => {
    await using site = await Site.open(shell, { tools: [] });
    const { machine } = site;
    for (const name of Deno.readDirSync(machine.bin).map(({ name }) => name)) {
      if (name === "uname" || name === "ldd") continue;
      machine.lose(name);
      machine.link("busybox", name);
    }
    machine.link("busybox", "wget");
    machine.link("busybox", "sha256sum");
    assertInstalled(await site.install(), site);
    // Its wget would follow any redirect, and may not look at certificates.
    const outcome = await site.install([], {
      env: { SEACP_RELEASES: site.server.page.replace("http:", "https:") },
    });
    assertRefused(outcome, site, "curl is needed: the wget found here");
  },
  ["busybox"],
);
