/**
 * What scripts/install.ps1 does, under each PowerShell that is here, and what
 * can be said of it where there is none.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../scripts/build/sha256.ts";
import { powerShellTest, type Shell } from "../support/process/power_shell.ts";
import { type Outcome, startProgram } from "../support/process/program.ts";
import {
  checksums,
  releaseFiles,
  ReleaseServer,
} from "../support/install/release_server.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists, makeTree } from "../support/fixtures/tree.ts";

const IS_WINDOWS = Deno.build.os === "windows";

/** The path of a script, as the system writes it. */
function scriptPath(name: string): string {
  const { pathname } = new URL(`../../scripts/${name}`, import.meta.url);
  return IS_WINDOWS ? pathname.slice(1) : pathname;
}

const SCRIPT = scriptPath("install.ps1");

/** The name of an archive without its ending, for this machine if that is one. */
const NAME = `seacp-${Deno.build.arch}-pc-windows-msvc`;
const ASSET = `${NAME}.zip`;

// --- What can be seen without running it ---------------------------------------

Deno.test("install.ps1: has its placeholder once, the assets' names and the variables", () => {
  const text = Deno.readTextFileSync(SCRIPT);
  assertEquals(text.match(/@RELEASES@/g)?.length, 1);
  for (
    const part of [
      "'seacp-x86_64-pc-windows-msvc'",
      "'seacp-aarch64-pc-windows-msvc'",
      '$asset = "$name.zip"',
      "'SHA256SUMS'",
      '"$releases/latest/download"',
      '"$releases/download/v$wanted"',
      "param([string]$Version)\n",
      "$env:SEACP_VERSION",
      "$env:SEACP_INSTALL",
      "$env:SEACP_RELEASES",
      "$env:PROCESSOR_ARCHITECTURE",
      "$env:PROCESSOR_ARCHITEW6432",
      "[Net.SecurityProtocolType]::Tls12",
      "'Programs\\seacp'",
      "'completions\\seacp.ps1', 'seacp.exe'",
    ]
  ) assertStringIncludes(text, part);
});

Deno.test("install.ps1: is text Windows PowerShell 5.1 reads, and one block that a cut leaves open", () => {
  const text = Deno.readTextFileSync(SCRIPT);
  assert(/^[\n\x20-\x7e]*$/.test(text), "not plain ASCII");
  const code = text.replaceAll(/^ *#.*\n/gm, "").trim();
  assert(/^param\(\[string\]\$Version\)\s+& \{\n( .*\n|\n)*\}$/.test(code));
  // What only PowerShell 7 knows.
  assert(!/ \?\? | \? .+ : | && | \|\| |\?\.|\bclean\b/.test(code));
});

Deno.test("install.ps1: closes no window, changes no setting and ends no program", () => {
  const text = Deno.readTextFileSync(SCRIPT);
  const code = text.replaceAll(/^ *#.*\n/gm, "");
  assert(
    !/\bexit\b|Stop-Process|Set-ExecutionPolicy|-Verb|Invoke-Expression|Add-Content|setx/i
      .test(code),
  );
  const settings = code.match(/.*SetEnvironmentVariable.*/g) ?? [];
  assertEquals(settings.length, 1);
  assertStringIncludes(settings[0]!, `Write-Line ("  [Environment]::Set`);
});

Deno.test("install.ps1: and install.sh say the same of the same mishap", () => {
  const scripts = [SCRIPT, scriptPath("install.sh")]
    .map((path) => Deno.readTextFileSync(path).replaceAll("\\\n", ""));
  for (
    const sentence of [
      "this script does not know where the releases are",
      "this is no version: $",
      "(a version is one like 1.2.3)",
      "the checksums of the release could not be downloaded, so nothing can be verified",
      "the release has nothing for this machine: $asset is not listed in its SHA256SUMS",
      "$asset has no SHA-256 in the SHA256SUMS of the release",
      "$asset could not be downloaded",
      "$asset is not what was released: its checksum is wrong",
      "$asset cannot be unpacked; nothing was changed",
      "the seacp that was downloaded does not run here (status $status); nothing was changed",
      "not supported: a processor of the kind $processor",
      "it leads to an address that is not https: $next",
      "too many redirects",
    ]
  ) {
    for (const text of scripts) assertStringIncludes(text, sentence);
  }
});

// --- What it does --------------------------------------------------------------

const AS_FILE = `& '${SCRIPT.replaceAll("'", "''")}'`;
const AS_TEXT = `Get-Content -Raw -LiteralPath '${
  SCRIPT.replaceAll("'", "''")
}' | Invoke-Expression`;

powerShellTest(
  "install.ps1: says that it is for Windows",
  "others",
  async (shell) => {
    for (const line of [AS_FILE, AS_TEXT]) {
      const { status, stderr } = await shell(line, {
        SEACP_RELEASES: "http://127.0.0.1:1/releases",
      });
      assertEquals(status, 1);
      assertStringIncludes(
        stderr,
        "install: not supported: this script is for",
      );
    }
  },
);

/** A directory to install into, a page of releases, and what is asked of both. */
class WindowsSite implements AsyncDisposable {
  readonly server = new ReleaseServer();
  readonly #directory = new TempDirectory();
  readonly #shell: Shell;

  private constructor(shell: Shell) {
    this.#shell = shell;
    Deno.mkdirSync(this.temp);
  }

  /** With 1.2.3 as the latest release and 1.0.0 as another one. */
  static async open(shell: Shell): Promise<WindowsSite> {
    const site = new WindowsSite(shell);
    await site.publish("latest/download", await released("1.2.3"));
    await site.publish("download/v1.0.0", await released("1.0.0"));
    return site;
  }

  get prefix(): string {
    return `${this.#directory.path}\\it's here`;
  }

  get program(): string {
    return `${this.prefix}\\seacp.exe`;
  }

  get temp(): string {
    return `${this.#directory.path}\\temp`;
  }

  async publish(directory: string, bytes: Uint8Array): Promise<void> {
    const assets = { [ASSET]: bytes };
    this.server.publish(directory, assets);
    this.server.serve(`${directory}/SHA256SUMS`, checksums(assets));
  }

  async install(
    line: string,
    env: Record<string, string> = {},
  ): Promise<Outcome> {
    const outcome = await this.#shell(line, {
      TEMP: this.temp,
      TMP: this.temp,
      SEACP_INSTALL: this.prefix,
      SEACP_RELEASES: this.server.page,
      ...env,
    });
    assertEquals([...Deno.readDirSync(this.temp)].map(({ name }) => name), []);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.#directory[Symbol.dispose]();
  }
}

const made = new Map<string, Promise<Uint8Array>>();

/** A release's archive, made once. */
function released(version: string): Promise<Uint8Array> {
  const archive = made.get(version) ?? makeArchive(version);
  made.set(version, archive);
  return archive;
}

/** With a program that names its version, or waits for a line with `wait`. */
async function makeArchive(version: string): Promise<Uint8Array> {
  using directory = new TempDirectory();
  const top = `${directory.path}/${NAME}`;
  const { seacp: _, ...files } = releaseFiles(version);
  makeTree(
    top,
    Object.entries(files).map(([path, content]) => ({ path, content })),
  );
  Deno.writeTextFileSync(
    `${directory.path}/make.ps1`,
    `Add-Type -OutputType ConsoleApplication -OutputAssembly '${
      `${top}/seacp.exe`.replaceAll("'", "''")
    }' -TypeDefinition @'
public static class Program {
  public static int Main(string[] arguments) {
    if (arguments[0] == "wait") {
      System.Console.WriteLine("waiting");
      System.Console.ReadLine();
    }
    System.Console.WriteLine("seacp ${version}");
    return 0;
  }
}
'@
`,
  );
  for (
    const command of [
      [
        ...["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File"],
        `${directory.path}/make.ps1`,
      ],
      // The one of the system: it writes zip, other ones may not.
      [
        `${Deno.env.get("SystemRoot")}\\System32\\tar.exe`,
        ...["-a", "-c", "-f", ASSET, NAME],
      ],
    ]
  ) {
    const { status, stderr } = await startProgram(command, {
      cwd: directory.path,
    }).outcome;
    assertEquals(status, 0, stderr);
  }
  return Deno.readFileSync(`${directory.path}/${ASSET}`);
}

/** The version that an installed program names. */
async function versionOf(program: string): Promise<string> {
  const { stdout } = await startProgram([program, "--version"], {}).outcome;
  return stdout.trim();
}

powerShellTest(
  "install.ps1: puts a release in place, as a file and as text",
  "Windows",
  async (shell) => {
    for (
      const [line, variable, version, directory] of [
        [AS_FILE, "", "1.2.3", "latest/download"],
        [AS_TEXT, "", "1.2.3", "latest/download"],
        [`${AS_FILE} -Version 1.0.0`, "", "1.0.0", "download/v1.0.0"],
        [`${AS_FILE} -Version v1.0.0`, "3.0.0", "1.0.0", "download/v1.0.0"],
        [AS_TEXT, "v1.0.0", "1.0.0", "download/v1.0.0"],
      ] as const
    ) {
      await using site = await WindowsSite.open(shell);
      const { status, stdout, stderr } = await site.install(line, {
        SEACP_VERSION: variable,
      });
      assertEquals(status, 0, stderr);
      assertEquals(site.server.asked, [
        `${directory}/SHA256SUMS`,
        `${directory}/${ASSET}`,
      ]);
      assertEquals(await versionOf(site.program), `seacp ${version}`);
      assertEquals(
        Deno.readTextFileSync(`${site.prefix}\\completions\\seacp.ps1`),
        releaseFiles(version)["completions/seacp.ps1"],
      );
      assertStringIncludes(stdout, `install: installed seacp ${version}: `);
      assertStringIncludes(
        stdout,
        `';${site.prefix.replaceAll("'", "''")}', 'User')`,
      );
    }
  },
);

powerShellTest(
  "install.ps1: changes nothing for what is not a release, and says so",
  "Windows",
  async (shell) => {
    const sums = "latest/download/SHA256SUMS";
    const latest = `latest/download/${ASSET}`;
    const right = await released("1.2.3");
    const sum = sha256(right);
    const wrong = (sum[0] === "0" ? "1" : "0") + sum.slice(1);
    for (
      const [prepare, sentence] of [
        [
          ({ server }) => server.serve(sums, `${wrong}  ${ASSET}\n`),
          `${ASSET} is not what was released: its checksum is wrong`,
        ],
        [
          ({ server }) => server.serve(sums, `${sum.slice(0, 8)}  ${ASSET}\n`),
          `${ASSET} has no SHA-256 in the SHA256SUMS of the release`,
        ],
        [
          ({ server }) => server.serve(sums, `${sum}  x${ASSET}\n`),
          `${ASSET} is not listed in its SHA256SUMS`,
        ],
        [
          ({ server }) => server.withdraw(sums),
          "the checksums of the release could not be downloaded",
        ],
        [
          ({ server }) => server.withdraw(latest),
          `${ASSET} could not be downloaded`,
        ],
        [
          (site) => site.publish("latest/download", right.slice(0, 99)),
          `${ASSET} cannot be unpacked; nothing was changed`,
        ],
      ] as readonly [(site: WindowsSite) => void | Promise<void>, string][]
    ) {
      await using site = await WindowsSite.open(shell);
      assertEquals(
        (await site.install(AS_FILE, { SEACP_VERSION: "1.0.0" })).status,
        0,
      );
      await prepare(site);
      const { status, stderr } = await site.install(AS_FILE);
      assertEquals(status, 1);
      assertStringIncludes(stderr, `install: `);
      assertStringIncludes(stderr, sentence);
      assertEquals(await versionOf(site.program), "seacp 1.0.0");
    }
  },
);

powerShellTest(
  "install.ps1: replaces a program that is running",
  "Windows",
  async (shell) => {
    await using site = await WindowsSite.open(shell);
    await site.install(AS_FILE, { SEACP_VERSION: "1.0.0" });
    const running = new Deno.Command(site.program, {
      args: ["wait"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const stdout = running.stdout.getReader();
    await stdout.read();
    const { status, stderr } = await site.install(AS_FILE);
    assertEquals(status, 0, stderr);
    assertEquals(await versionOf(site.program), "seacp 1.2.3");
    await running.stdin.close();
    await running.status;
    await stdout.cancel();
    await site.install(AS_FILE);
    assertEquals(
      [...Deno.readDirSync(site.prefix)].map(({ name }) => name).toSorted(),
      ["completions", "seacp.exe"],
    );
  },
);

powerShellTest(
  "install.ps1: asks for nothing without a page or with no version",
  "Windows",
  async (shell) => {
    await using site = await WindowsSite.open(shell);
    for (const SEACP_VERSION of ["../x", "1;rm", "1..2", "latest", "1 2"]) {
      const { status, stderr } = await site.install(AS_TEXT, { SEACP_VERSION });
      assertEquals(status, 1);
      assertStringIncludes(stderr, "install: this is no version: ");
    }
    const { status, stderr } = await site.install(AS_TEXT, {
      SEACP_RELEASES: "",
    });
    assertEquals(status, 1);
    assertStringIncludes(
      stderr,
      "this script does not know where the releases",
    );
    assertEquals(site.server.asked, []);
    assertEquals(exists(site.prefix), false);
  },
);
