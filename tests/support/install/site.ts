/** Installation of a release by scripts/install.sh, and checks of its result. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { findProgram } from "../../../scripts/peers.ts";
import { diskTest } from "../fixtures/small_disk.ts";
import { peerTest } from "../doors.ts";
import {
  type MachineOptions,
  type MachineRunOptions,
  PretendMachine,
} from "./pretend_machine.ts";
import { type Outcome } from "../process/program.ts";
import {
  archive,
  type Certificate,
  checksums,
  releaseFiles,
  ReleaseServer,
} from "./release_server.ts";
import { describeTree, exists, makeTree } from "../fixtures/tree.ts";

export const SCRIPT =
  new URL("../../../scripts/install.sh", import.meta.url).pathname;

/** Commands that start the shells; the last one is not everywhere. */
const SHELLS = [["dash"], ["bash"], ["busybox", "sh"]] as const;

/** The target of a machine that says nothing else. */
export const TARGET = "x86_64-unknown-linux-gnu";
export const ASSET = `seacp-${TARGET}.tar.gz`;

export const LATEST = `latest/download/${ASSET}`;
export const SUMS = "latest/download/SHA256SUMS";

/** All that is installed: the place, the mode, the file of the archive. */
export const INSTALLED = [
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
export class Site implements AsyncDisposable {
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
    directory: string,
    bytes: Uint8Array,
    asset: string = ASSET,
  ): Promise<void> {
    const assets = { [asset]: bytes };
    this.server.publish(directory, assets);
    this.server.serve(`${directory}/SHA256SUMS`, checksums(assets));
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
export function released(version: string): Promise<Uint8Array> {
  const made = archives.get(version) ??
    archive(TARGET, releaseFiles(version));
  archives.set(version, made);
  return made;
}

type ShellTest = (shell: readonly string[]) => Promise<void>;

/** Registers a test under each shell, with the programs it needs besides. */
export function shellTest(
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
export function shTest(
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
export function assertInstalled(
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
export function assertRefused(
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
export function assertLacks(text: string, like: RegExp): void {
  assert(!like.test(text), text);
}

/** Gives the entries below a directory; `undefined` if there is none. */
export async function below(directory: string): Promise<string[] | undefined> {
  if (!exists(directory)) return undefined;
  return await describeTree(directory, { modes: true });
}

/** Sends whoever asks for a release elsewhere, by one kind of address or another. */
export function redirect(
  server: ReleaseServer,
  from: string,
  to: string,
): void {
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

/** An answer that ends after half of the bytes it announces. */
export function breakingOff(bytes: Uint8Array): Response {
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
