/** Tests of releases, disks and signals that make scripts/install.sh fail. */

import {
  assertInstalled,
  assertRefused,
  ASSET,
  below,
  breakingOff,
  LATEST,
  released,
  SCRIPT,
  shellTest,
  shTest,
  Site,
  SUMS,
  TARGET,
} from "../support/install/site.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { sha256 } from "../../scripts/build/sha256.ts";
import { diskTest, SmallDisk } from "../support/fixtures/small_disk.ts";
import { runProgram } from "../support/process/program.ts";
import {
  answering,
  archive,
  checksums,
  releaseFiles,
} from "../support/install/release_server.ts";
import { exists } from "../support/fixtures/tree.ts";

interface Mishap {
  readonly title: string;
  /** Message; a line may follow. */
  readonly sentence: string;
  readonly prepare: (site: Site) => void | Promise<void>;
}

/** Publishes a checksum that is made from the right one. */
async function publishSum(
  { server }: Site,
  change: (sum: string) => string,
): Promise<void> {
  const sum = sha256(await released("1.2.3"));
  server.serve(SUMS, `${change(sum)}  ${ASSET}\n`);
}

const WRONG = `${ASSET} is not what was released: its checksum is wrong\n`;
const UNLISTED = "the release has nothing for this machine: " +
  `${ASSET} is not listed in its SHA256SUMS\n`;
const NO_SUM = `${ASSET} has no SHA-256 in the SHA256SUMS of the release\n`;

/** Another digit than this one. */
function other(digit: string): string {
  return digit === "0" ? "1" : "0";
}

const MISHAPS: readonly Mishap[] = [
  {
    title: "a checksum that is wrong in its last digit",
    sentence: WRONG,
    prepare: (site) =>
      publishSum(site, (sum) => sum.slice(0, -1) + other(sum.at(-1)!)),
  },
  {
    title: "a checksum that is wrong in its first digit",
    sentence: WRONG,
    prepare: (site) =>
      publishSum(site, (sum) => other(sum.at(0)!) + sum.slice(1)),
  },
  {
    title: "a checksum that is cut short",
    sentence: NO_SUM,
    prepare: (site) => publishSum(site, (sum) => sum.slice(0, 10)),
  },
  {
    title: "a checksum that is a pattern",
    sentence: NO_SUM,
    prepare: (site) => publishSum(site, () => "*".repeat(64)),
  },
  {
    title: "a missing SHA256SUMS",
    sentence: "the checksums of the release could not be downloaded, so " +
      "nothing can be verified\n",
    prepare: ({ server }) => server.withdraw(SUMS),
  },
  {
    title: "an archive that is not listed",
    sentence: UNLISTED,
    prepare: async ({ server }) => {
      const sum = sha256(await released("1.2.3"));
      const likes = [
        ASSET.replace("x86_64", "aarch64"),
        `${ASSET}.sig`,
        `x${ASSET}`,
        `old/${ASSET}`,
        `${ASSET} ${ASSET}`,
        ASSET.replaceAll(".", "-"),
      ];
      server.serve(SUMS, likes.map((name) => `${sum}  ${name}\n`).join(""));
    },
  },
  {
    title: "an empty SHA256SUMS",
    sentence: UNLISTED,
    prepare: ({ server }) => server.serve(SUMS, ""),
  },
  {
    title: "a missing archive",
    sentence: `${ASSET} could not be downloaded\n`,
    prepare: ({ server }) => server.withdraw(LATEST),
  },
  {
    title: "a connection that is cut in the archive",
    sentence: `${ASSET} could not be downloaded\n`,
    prepare: async ({ server }) => {
      const bytes = await released("1.2.3");
      server.serve(LATEST, () => breakingOff(bytes));
    },
  },
  {
    title: "an archive that is cut short",
    sentence: WRONG,
    prepare: async ({ server }) =>
      server.serve(LATEST, (await released("1.2.3")).subarray(0, -1)),
  },
  {
    title: "an archive that was released cut short",
    sentence: `${ASSET} cannot be unpacked; nothing was changed\n`,
    prepare: async (site) =>
      site.publish(
        "latest/download",
        (await released("1.2.3")).subarray(0, 200),
      ),
  },
  {
    title: "an archive of another shape",
    sentence: `${ASSET} lacks seacp-${TARGET}/seacp.1; nothing was changed\n`,
    prepare: async (site) =>
      site.publish(
        "latest/download",
        await archive("other", releaseFiles("1.2.3")),
      ),
  },
  {
    title: "an archive without one of its files",
    sentence:
      `${ASSET} lacks seacp-${TARGET}/completions/_seacp; nothing was changed\n`,
    prepare: (site) => {
      const { "completions/_seacp": _, ...files } = releaseFiles("1.2.3");
      return site.publishFiles(files);
    },
  },
  {
    title: "an executable that fails",
    sentence: "the seacp that was downloaded does not run here (status 3); " +
      "nothing was changed\ninstall: libc is too old[2J\n",
    prepare: (site) =>
      site.publishFiles({
        ...releaseFiles("1.2.3"),
        "seacp": "#!/bin/sh\nprintf 'libc is too old\\033[2J\\n' >&2\nexit 3\n",
      }),
  },
  {
    title: "an executable that answers and fails",
    sentence: "the seacp that was downloaded does not run here (status 4)",
    prepare: (site) =>
      site.publishFiles({
        ...releaseFiles("1.2.3"),
        "seacp": "#!/bin/sh\necho seacp 1.2.3\nexit 4\n",
      }),
  },
  {
    title: "an executable of another kind",
    sentence: "the seacp that was downloaded does not run here (status ",
    prepare: (site) =>
      site.publishFiles({ ...releaseFiles("1.2.3"), "seacp": "\0\x7fELF(" }),
  },
  {
    title: "an executable that is another program's",
    sentence: "the seacp that was downloaded does not run here (status 0)",
    prepare: (site) =>
      site.publishFiles({
        ...releaseFiles("1.2.3"),
        "seacp": answering("scp 9"),
      }),
  },
  {
    title: "an empty executable",
    sentence: "the seacp that was downloaded does not run here (status 0)",
    prepare: (site) =>
      site.publishFiles({ ...releaseFiles("1.2.3"), "seacp": "" }),
  },
];

for (const { title, sentence, prepare } of MISHAPS) {
  shellTest(
    `install.sh: changes nothing for ${title}, and says so`,
    async (shell) => {
      await using site = await Site.open(shell);
      await prepare(site);
      assertRefused(await site.install(), site, sentence);
      assertEquals(exists(site.prefix), false);
      site.installOlder();
      const before = await below(site.prefix);
      assertRefused(await site.install(), site, sentence);
      assertEquals(await below(site.prefix), before);
    },
  );
}

shellTest(
  "install.sh: neither unpacks nor runs anything before it is verified",
  async (shell) => {
    for (
      const change of [
        (sum: string) => sum.replaceAll(/[0-7]/g, "8"),
        (sum: string) => sum.slice(0, -1),
      ]
    ) {
      await using site = await Site.open(shell);
      const { machine } = site;
      const touch = (name: string) => `: >'${machine.path}/${name}'\n`;
      machine.fake(
        "tar",
        `${touch("unpacked")}exec ${findProgram("tar")} "$@"\n`,
      );
      await site.publishFiles({
        ...releaseFiles("1.2.3"),
        "seacp": `#!/bin/sh\n${touch("ran")}${answering("seacp 1.2.3")}`,
      });
      const assets = { [ASSET]: await released("1.0.0") };
      const right = (checksums(assets)).split(" ")[0]!;
      site.server.serve(SUMS, `${change(right)}  ${ASSET}\n`);
      assertEquals((await site.install()).status, 1);
      assertEquals(site.server.asked.length > 0, true);
      assertEquals(exists(`${machine.path}/unpacked`), false);
      assertEquals(exists(`${machine.path}/ran`), false);
    }
  },
);

shellTest(
  "install.sh: takes checksums of a binary mode, and of a last line without its end",
  async (shell) => {
    for (const [mark, end] of [["*", "\n"], [" ", ""]] as const) {
      await using site = await Site.open(shell);
      const sum = sha256(await released("1.2.3"));
      site.server.serve(
        SUMS,
        `${"0".repeat(64)}  another.zip\n${sum} ${mark}${ASSET}${end}`,
      );
      assertInstalled(await site.install(), site);
    }
  },
);

shellTest(
  "install.sh: says where it asked, and what came of it",
  async (shell) => {
    await using site = await Site.open(shell);
    site.server.withdraw(SUMS);
    const { page } = site.server;
    const missing = await site.install(["--version", "7.0"]);
    assertStringIncludes(
      missing.stderr,
      `  ${page}/download/v7.0/SHA256SUMS\n`,
    );
    assertMatch(missing.stderr, /^install: .*404$/m);
    const nobody = await site.install([], {
      env: { SEACP_RELEASES: "http://127.0.0.1:1/releases" },
    });
    assertRefused(nobody, site, "the checksums of the release could not be");
  },
);

shellTest(
  "install.sh: replaces nothing if one of the files finds no place",
  async (shell) => {
    for (
      const [inTheWay, sentence] of [
        [
          "share/fish",
          "the folder PREFIX/share/fish/vendor_completions.d cannot be made",
        ],
        ["bin/seacp/", "PREFIX/bin/seacp is a folder; nothing was replaced"],
        [
          "share/man/man1/seacp.1/",
          "PREFIX/share/man/man1/seacp.1 is a folder",
        ],
      ] as const
    ) {
      await using site = await Site.open(shell);
      site.installOlder();
      const path = `${site.prefix}/${inTheWay}`.replace(/\/$/, "");
      Deno.removeSync(path, { recursive: true });
      if (inTheWay.endsWith("/")) Deno.mkdirSync(path);
      else Deno.writeTextFileSync(path, "in the way");
      const before = await below(site.prefix);
      assertRefused(
        await site.install(),
        site,
        sentence.replace("PREFIX", site.prefix),
      );
      assertEquals(await below(site.prefix), before);
    }
  },
);

shTest(
  "install.sh: replaces nothing on a disk that is full",
  ["curl", "sha256sum"],
  async (shell) => {
    await using site = await Site.open(shell);
    await site.publishFiles({
      ...releaseFiles("1.2.3"),
      "seacp": answering("seacp 1.2.3") + `# ${"x".repeat(400_000)}\n`,
    });
    Deno.mkdirSync(site.prefix);
    using _disk = new SmallDisk(site.prefix);
    site.installOlder();
    const before = await below(site.prefix);
    assertRefused(
      await site.install(),
      site,
      `${site.prefix}/bin/seacp cannot be written; nothing was replaced\n`,
    );
    assertEquals(await below(site.prefix), before);
  },
  diskTest,
);

shTest("install.sh: says so where nothing may run in the temporary directory", [
  "curl",
  "sha256sum",
], async (shell) => {
  await using site = await Site.open(shell);
  const { temp } = site.machine;
  using _disk = new SmallDisk(temp);
  const { status } = await runProgram(["mount", "-o", "remount,noexec", temp]);
  assertEquals(status, 0);
  assertRefused(
    await site.install(),
    site,
    "nothing may run in the temporary folder; set TMPDIR to one where",
  );
  assertEquals(exists(site.prefix), false);
}, diskTest);

shellTest(
  "install.sh: leaves nothing behind when a signal ends it",
  async (shell) => {
    for (
      const [signal, ends] of [
        ["SIGHUP", 129],
        ["SIGINT", 130],
        ["SIGTERM", 143],
      ] as const
    ) {
      await using site = await Site.open(shell);
      site.installOlder();
      const before = await below(site.prefix);
      const asked = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const bytes = await released("1.2.3");
      site.server.serve(LATEST, async () => {
        asked.resolve();
        await held.promise;
        return new Response(new Uint8Array(bytes));
      });
      const running = site.machine.start([...shell, SCRIPT], {
        env: site.environment(),
      });
      await asked.promise;
      assertEquals(site.machine.leftovers.length, 1);
      Deno.kill(running.pid, signal);
      held.resolve();
      const { status, stderr } = await running.outcome;
      assertEquals(status, ends, stderr);
      assertEquals(site.machine.leftovers, []);
      assertEquals(await below(site.prefix), before);
    }
  },
);
