/** What scripts/install.sh does, under each shell that is here. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { sha256 } from "../../scripts/build/sha256.ts";
import { diskTest, SmallDisk } from "../support/fixtures/small_disk.ts";
import { peerTest } from "../support/doors.ts";
import {
  type MachineOptions,
  type MachineRunOptions,
  PretendMachine,
} from "../support/install/pretend_machine.ts";
import { type Outcome, runProgram } from "../support/process/program.ts";
import {
  answering,
  archive,
  type Certificate,
  checksums,
  releaseFiles,
  ReleaseServer,
} from "../support/install/release_server.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, exists, makeTree } from "../support/fixtures/tree.ts";

const SCRIPT = new URL("../../scripts/install.sh", import.meta.url).pathname;

/** How the shells are started; the last one is not everywhere. */
const SHELLS = [["dash"], ["bash"], ["busybox", "sh"]] as const;

/** The target of a machine that says nothing else. */
const TARGET = "x86_64-unknown-linux-gnu";
const ASSET = `seacp-${TARGET}.tar.gz`;

/** All that is installed: the place, the mode, the file of the archive. */
const INSTALLED = [
  ["bin/seacp", 0o755, "seacp"],
  ["share/bash-completion/completions/seacp", 0o644, "completions/seacp.bash"],
  [
    "share/fish/vendor_completions.d/seacp.fish",
    0o644,
    "completions/seacp.fish",
  ],
  ["share/man/man1/seacp.1", 0o644, "seacp.1"],
  ["share/zsh/site-functions/_seacp", 0o644, "completions/_seacp"],
] as const;

/** An installation under test: a shell on a machine, and a page of releases. */
class Site implements AsyncDisposable {
  readonly machine: PretendMachine;
  readonly server: ReleaseServer;
  readonly #shell: readonly string[];

  private constructor(
    shell: readonly string[],
    options: MachineOptions,
    certificate?: Certificate,
  ) {
    this.#shell = shell;
    this.machine = new PretendMachine(options);
    this.server = new ReleaseServer(certificate);
  }

  /** With 1.2.3 as the latest release and 1.0.0 as another one. */
  static async open(
    shell: readonly string[],
    options: MachineOptions = {},
    certificate?: Certificate,
  ): Promise<Site> {
    const site = new Site(shell, options, certificate);
    await site.publish("latest/download", await released("1.2.3"));
    await site.publish("download/v1.0.0", await released("1.0.0"));
    return site;
  }

  get prefix(): string {
    return `${this.machine.path}/prefix`;
  }

  /** Publishes an archive, and the checksums with it. */
  async publish(
    folder: string,
    bytes: Uint8Array,
    asset: string = ASSET,
  ): Promise<void> {
    const assets = { [asset]: bytes };
    this.server.publish(folder, assets);
    this.server.serve(`${folder}/SHA256SUMS`, checksums(assets));
  }

  /** The same, made of these files, as the latest release. */
  async publishFiles(files: Readonly<Record<string, string>>): Promise<void> {
    await this.publish("latest/download", await archive(TARGET, files));
  }

  /** Runs the script, or the one given. */
  async install(
    args: readonly string[] = [],
    { env, ...options }: MachineRunOptions = {},
    script: string = SCRIPT,
  ): Promise<Outcome> {
    return await this.machine.run([...this.#shell, script, ...args], {
      ...options,
      env: this.environment(env),
    });
  }

  environment(
    env: Readonly<Record<string, string>> = {},
  ): Record<string, string> {
    return {
      SEACP_INSTALL: this.prefix,
      SEACP_RELEASES: this.server.page,
      ...env,
    };
  }

  /** Puts an older release in place. */
  installOlder(): void {
    const files = releaseFiles("0.9.0");
    for (const [path, mode, source] of INSTALLED) {
      makeTree(this.prefix, [{ path, content: files[source]!, mode }]);
    }
    makeTree(this.prefix, [{ path: "bin/other", content: "another program" }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.machine[Symbol.dispose]();
  }
}

const archives = new Map<string, Promise<Uint8Array>>();

/** A release's archive, made once. */
function released(version: string): Promise<Uint8Array> {
  const made = archives.get(version) ??
    archive(TARGET, releaseFiles(version));
  archives.set(version, made);
  return made;
}

type ShellTest = (shell: readonly string[]) => Promise<void>;

/** Registers a test under each shell, with the programs it needs besides. */
function shellTest(
  title: string,
  fn: ShellTest,
  needs: readonly string[] = ["curl", "sha256sum"],
): void {
  for (const [program, ...args] of SHELLS) {
    const name = `install.sh ${title}, under ${[program, ...args].join(" ")}`;
    register(name, [program, ...needs], () => {
      return fn([findProgram(program)!, ...args]);
    });
  }
}

/** The same, where the system's shell is enough. */
function shTest(
  title: string,
  needs: readonly string[],
  fn: ShellTest,
  among: typeof diskTest = peerTest,
): void {
  register(`install.sh ${title}`, ["sh", ...needs], () => {
    return fn([findProgram("sh")!]);
  }, among);
}

/** Registers a test that is ignored, in CI too, where it cannot be run. */
function register(
  name: string,
  needs: readonly string[],
  fn: () => Promise<void>,
  among: typeof diskTest = peerTest,
): void {
  const reason = Deno.build.os === "windows"
    ? "not on Windows"
    : needs.includes("busybox") && findProgram("busybox") === undefined
    ? "needs busybox"
    : undefined;
  if (reason === undefined) return among(name, needs, fn);
  Deno.test({ name: `${name} (${reason})`, ignore: true, fn });
}

/** Expects that all went well, and that nothing else was left or said. */
function assertInstalled(
  { status, stdout, stderr }: Outcome,
  { machine, prefix }: Site,
  { version = "1.2.3", at = prefix }: { version?: string; at?: string } = {},
): void {
  assertEquals(status, 0, stderr);
  assertEquals(stdout, "");
  assertMatch(stderr, /^(install: .*\n)+$/);
  const files = releaseFiles(version);
  for (const [path, mode, source] of INSTALLED) {
    const info = Deno.lstatSync(`${at}/${path}`);
    assert(info.isFile, path);
    assertEquals(info.mode! & 0o7777, mode, path);
    assertEquals(
      Deno.readTextFileSync(`${at}/${path}`),
      files[source],
      path,
    );
  }
  assertEquals(machine.leftovers, []);
  assertStringIncludes(stderr, `install: installed seacp ${version}: ${at}/`);
  assertLacks(stderr, /and more/);
}

/** Expects that it was refused with this sentence, and nothing else was said. */
function assertRefused(
  { status, stdout, stderr }: Outcome,
  { machine }: Site,
  sentence: string,
): void {
  assertStringIncludes(stderr, `install: ${sentence}`);
  assertEquals(status, 1, stderr);
  assertEquals(stdout, "");
  assertMatch(stderr, /^(install: .*\n)+$/);
  assertLacks(stderr, /installed seacp/);
  assertEquals(machine.leftovers, []);
}

/** Expects that no part of a text is like this. */
function assertLacks(text: string, like: RegExp): void {
  assert(!like.test(text), text);
}

/** What is below a folder; `undefined` if there is none. */
async function below(folder: string): Promise<string[] | undefined> {
  if (!exists(folder)) return undefined;
  return await describeTree(folder, { modes: true });
}

// --- What it installs --------------------------------------------------------

shellTest("puts the latest release in place", async (shell) => {
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
  "puts a chosen version in place, with a v or without",
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

shellTest("works when it is piped into the shell", async (shell) => {
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
});

shellTest("leaves what it is given to read to others", async (shell) => {
  await using site = await Site.open(shell);
  const reader = "#!/bin/sh\nread -r line && exit 5\n" +
    answering("seacp 1.2.3").replace("#!/bin/sh\n", "");
  await site.publishFiles({ ...releaseFiles("1.2.3"), "seacp": reader });
  const { status, stderr } = await site.install([], {
    input: Promise.resolve("words\n"),
  });
  assertEquals(status, 0, stderr);
});

shellTest(
  "replaces an older one as a whole, never writing into it",
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
  "gives every file its mode, under any umask and from any archive",
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
  "installs below ~/.local, or below the folder it was told",
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
  "finds its way through redirects, and with a slash too many",
  async (shell) => {
    await using site = await Site.open(shell);
    redirect(site.server, "latest/download", "download/v1.0.0");
    const outcome = await site.install([], {
      env: { SEACP_RELEASES: `${site.server.page}/` },
    });
    assertInstalled(outcome, site, { version: "1.0.0" });
  },
);

/** Sends whoever asks for a release elsewhere, by one kind of address or another. */
function redirect(server: ReleaseServer, from: string, to: string): void {
  const { pathname } = new URL(server.page);
  for (
    const [name, page] of [["SHA256SUMS", server.page], [ASSET, pathname]]
  ) {
    server.serve(`${from}/${name}`, () =>
      new Response(null, {
        status: 302,
        headers: { location: `${page}/${to}/${name}` },
      }));
  }
}

// --- What it works with ------------------------------------------------------

shellTest(
  "downloads with wget where there is no curl",
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
  "verifies with shasum or openssl where there is no sha256sum",
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
  "says what it needs and does not find, before any download",
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

shellTest("works with nothing but busybox's own tools", async (shell) => {
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
}, ["busybox"]);

// --- What goes wrong ---------------------------------------------------------

interface Mishap {
  readonly title: string;
  /** What it says; a line may follow. */
  readonly sentence: string;
  readonly prepare: (site: Site) => void | Promise<void>;
}

const LATEST = `latest/download/${ASSET}`;
const SUMS = "latest/download/SHA256SUMS";

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

/** An answer that ends after half of the bytes it announces. */
function breakingOff(bytes: Uint8Array): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, bytes.length >> 1));
      controller.close();
    },
  });
  return new Response(body, {
    headers: { "content-length": `${bytes.length}` },
  });
}

for (const { title, sentence, prepare } of MISHAPS) {
  shellTest(`changes nothing for ${title}, and says so`, async (shell) => {
    await using site = await Site.open(shell);
    await prepare(site);
    assertRefused(await site.install(), site, sentence);
    assertEquals(exists(site.prefix), false);
    site.installOlder();
    const before = await below(site.prefix);
    assertRefused(await site.install(), site, sentence);
    assertEquals(await below(site.prefix), before);
  });
}

shellTest(
  "neither unpacks nor runs anything before it is verified",
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
  "takes checksums of a binary mode, and of a last line without its end",
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

shellTest("says where it asked, and what came of it", async (shell) => {
  await using site = await Site.open(shell);
  site.server.withdraw(SUMS);
  const { page } = site.server;
  const missing = await site.install(["--version", "7.0"]);
  assertStringIncludes(missing.stderr, `  ${page}/download/v7.0/SHA256SUMS\n`);
  assertMatch(missing.stderr, /^install: .*404$/m);
  const nobody = await site.install([], {
    env: { SEACP_RELEASES: "http://127.0.0.1:1/releases" },
  });
  assertRefused(nobody, site, "the checksums of the release could not be");
});

shellTest(
  "replaces nothing if one of the files finds no place",
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
  "replaces nothing on a disk that is full",
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

shTest("says so where nothing may run in the temporary folder", [
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

shellTest("leaves nothing behind when a signal ends it", async (shell) => {
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
});

// --- What it is for ----------------------------------------------------------

const GLIBC = "echo 'ldd (GNU libc) 2.40'\n";
const MUSL = "echo 'musl libc (x86_64)' >&2\nexit 1\n";

shellTest("chooses the archive by system and processor", async (shell) => {
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
});

shellTest(
  "takes an Apple processor under Rosetta for what it is",
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
  "asks for the archive of the machine it runs on",
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
  "says that it is not for musl, and what is, and downloads nothing",
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
  "tells musl from glibc by their loaders where ldd does not say",
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

shellTest("names what it is not for, and downloads nothing", async (shell) => {
  for (
    const [system, processor, sentence] of [
      ["FreeBSD", "amd64", "not supported: FreeBSD "],
      ["SunOS", "i86pc", "not supported: SunOS "],
      ["Linux", "armv7l", "not supported: a processor of the kind armv7l "],
      ["Linux", "i686", "not supported: a processor of the kind i686 "],
      ["Darwin", "Power Macintosh", "not supported: a processor of the kind "],
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
});

// --- What it is told ---------------------------------------------------------

shellTest("takes nothing for a version that is none", async (shell) => {
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
  assertRefused(await site.install(["--version", ""]), site, "this is no ver");
  assertRefused(await site.install(["--version="]), site, "this is no version");
  assertRefused(await site.install(["--version"]), site, "--version needs a");
  assertRefused(await site.install(["1.2.3"]), site, "unknown argument: 1.2.3");
  assertRefused(await site.install(["-x"]), site, "unknown argument: -x");
  assertEquals(site.server.asked, []);
  assertEquals(exists(site.prefix), false);
});

shellTest("shows its options and variables", async (shell) => {
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
  "knows the page of the releases from its stamp or from a variable",
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
  "needs to know where to install where there is no HOME",
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
  "tells of the PATH only where that lacks the folder",
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
  "gives lines that work as they stand, whatever the prefix",
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

// --- What it must not do -----------------------------------------------------

shellTest(
  "does nothing if it was cut short on its way, wherever that was",
  async (shell) => {
    await using site = await Site.open(shell);
    const text = Deno.readTextFileSync(SCRIPT).trimEnd();
    // After each line, and within those that are not in the function's body.
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
    const start = text.indexOf("main() {");
    const cuts = [
      ...ends.flatMap((end) => [end, end + 1]),
      ...Array.from({ length: 30 }, (_, at) => start + at),
      ...Array.from({ length: 60 }, (_, at) => text.length - 1 - at),
    ];
    const folder = `${site.machine.path}/cuts`;
    Deno.mkdirSync(folder);
    for (const cut of new Set(cuts)) {
      Deno.writeTextFileSync(`${folder}/${cut}.sh`, text.slice(0, cut));
    }
    await site.machine.run([
      ...shell,
      "-c",
      'for cut in "$0"/*.sh; do "$@" "$cut"; done; :',
      ...[folder, ...shell],
    ], { env: site.environment() });
    assertEquals(site.server.asked, []);
    assertEquals(exists(site.prefix), false);
    assertEquals(site.machine.leftovers, []);
    Deno.writeTextFileSync(`${folder}/whole`, text);
    assertInstalled(await site.install([], {}, `${folder}/whole`), site);
  },
);

for (const tool of ["curl", "wget"]) {
  shTest(
    `is never led from https to http, by ${tool}`,
    [tool, "sha256sum", "openssl"],
    async (shell) => {
      using folder = new TempDirectory();
      const { path, certificate } = await makeCertificate(folder.path);
      const wgetrc = `${folder.path}/wgetrc`;
      Deno.writeTextFileSync(wgetrc, `ca_certificate = ${path}\n`);
      const env = { CURL_CA_BUNDLE: path, WGETRC: wgetrc };
      const tools = [tool, "sha256sum"];
      await using site = await Site.open(shell, { tools }, certificate);
      await using plain = new ReleaseServer();
      redirect(site.server, "download/v2.0.0", "latest/download");
      const args = ["--version", "2.0.0"];
      assertInstalled(await site.install(args, { env }), site);
      const assets = { [ASSET]: await released("1.2.3") };
      plain.publish("latest/download", assets);
      plain.serve(SUMS, checksums(assets));
      const before = await below(site.prefix);
      for (const name of ["SHA256SUMS", ASSET]) {
        for (const suffix of ["", "?to=:https://127.0.0.1/"]) {
          redirect(site.server, "download/v2.0.0", "latest/download");
          const location = `${plain.page}/latest/download/${name}${suffix}`;
          site.server.serve(
            `download/v2.0.0/${name}`,
            () => new Response(null, { status: 302, headers: { location } }),
          );
          const outcome = await site.install(args, { env });
          assertRefused(outcome, site, "");
          assertMatch(outcome.stderr, /could not be downloaded/);
          assertMatch(outcome.stderr, /http:\/\/|"http"/);
          assertEquals(plain.asked, []);
          assertEquals(await below(site.prefix), before);
        }
      }
    },
  );
}

/** A certificate for 127.0.0.1 that signs itself, in a file, too. */
async function makeCertificate(
  folder: string,
): Promise<{ path: string; certificate: Certificate }> {
  const path = `${folder}/cert.pem`;
  const { status, stderr } = await runProgram([
    ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"],
    ...["-days", "2", "-subj", "/CN=127.0.0.1"],
    ...["-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", `${folder}/key.pem`, "-out", path],
  ]);
  assertEquals(status, 0, stderr);
  return {
    path,
    certificate: {
      cert: Deno.readTextFileSync(path),
      key: Deno.readTextFileSync(`${folder}/key.pem`),
    },
  };
}

Deno.test("install.sh has its placeholder once, and no more than it may do", () => {
  const text = Deno.readTextFileSync(SCRIPT);
  assertEquals(text.match(/@RELEASES@/g)?.length, 1);
  assertMatch(text, /^#!\/bin\/sh\n/);
  assertMatch(text, /^[\n\x20-\x7e]*$/);
  assertMatch(text, /\n\{ main "\$@"; \}\n$/);
  const code = text.replaceAll(/^ *#.*$/gm, "");
  assertLacks(code, /\b(sudo|doas|kill|killall|pkill|eval|source)\b/);
  assertLacks(code, /\.(profile|bashrc|zshrc)/);
});

const shellcheck = findProgram("shellcheck");
Deno.test({
  name: "install.sh is clean to shellcheck" +
    (shellcheck === undefined ? " (needs shellcheck)" : ""),
  ignore: shellcheck === undefined,
  async fn() {
    const { status, stdout } = await runProgram([shellcheck!, SCRIPT]);
    assertEquals(stdout, "");
    assertEquals(status, 0);
  },
});
