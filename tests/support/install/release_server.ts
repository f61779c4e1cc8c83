/** Releases made for a test, and a page on 127.0.0.1 to download them from. */

import { sha256 } from "../../../scripts/build/sha256.ts";
import { runProgram } from "../process/program.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";
import { makeTree } from "../fixtures/tree.ts";

/** Response for a path: bytes, or a function that gives it. */
export type Served = Uint8Array | string | (() => Response | Promise<Response>);

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A page of releases, laid out as GitHub's are, that tells what it was asked. */
export class ReleaseServer implements AsyncDisposable {
  /** The paths asked for below the page, in their order. */
  readonly asked: string[] = [];
  /** The address of the page. */
  readonly page: string;
  readonly #served = new Map<string, Served>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param certificate With one, the page's address is an https one. */
  constructor(certificate?: Certificate) {
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      ...certificate,
    }, ({ url }) => this.#answer(new URL(url).pathname));
    const { port } = this.#server.addr;
    const scheme = certificate === undefined ? "http" : "https";
    this.page = `${scheme}://127.0.0.1:${port}/releases`;
  }

  /** From now on, this is at `path` below the page. */
  serve(path: string, served: Served): void {
    this.#served.set(path, served);
  }

  /** Removes the response at `path`. */
  withdraw(path: string): void {
    if (!this.#served.delete(path)) throw new Error(`not served: ${path}`);
  }

  /** Puts a release's files, and their checksums, below a directory of the page. */
  publish(
    directory: string,
    assets: Readonly<Record<string, Uint8Array>>,
  ): void {
    for (const [name, bytes] of Object.entries(assets)) {
      this.serve(`${directory}/${name}`, bytes);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(path: string): Promise<Response> {
    const below = path.replace(/^\/releases\//, "");
    this.asked.push(below);
    const served = this.#served.get(below);
    if (served === undefined) return new Response("none", { status: 404 });
    if (typeof served === "function") return await served();
    return new Response(
      typeof served === "string" ? served : new Uint8Array(served),
    );
  }
}

/** The files of an archive, by their paths in its top directory. */
export type ArchiveFiles = Readonly<Record<string, string>>;

/**
 * Content of a release's archive, with an executable that names its version.
 */
export function releaseFiles(version: string): ArchiveFiles {
  const others = [
    "seacp.1",
    "completions/seacp.bash",
    "completions/_seacp",
    "completions/seacp.fish",
    "completions/seacp.ps1",
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
  ];
  return {
    "seacp": answering(`seacp ${version}`),
    ...Object.fromEntries(
      others.map((name) => [name, `${name} of ${version}\n`]),
    ),
  };
}

/** A shell script that says this line, and one more, for `--version`. */
export function answering(line: string): string {
  return `#!/bin/sh\n[ "$*" = --version ] || exit 9\n` +
    `printf '%s\\n' '${line}' 'and more'\n`;
}

/** A release's tar archive for this target, made by the system's tar. */
export async function archive(
  target: string,
  files: ArchiveFiles,
  modes: { program: number; others: number } = {
    program: 0o755,
    others: 0o644,
  },
): Promise<Uint8Array> {
  using directory = new TempDirectory();
  const top = `seacp-${target}`;
  for (const [path, content] of Object.entries(files)) {
    const mode = path === "seacp" ? modes.program : modes.others;
    makeTree(`${directory.path}/${top}`, [{ path, content, mode }]);
  }
  const { status, stderr } = await runProgram(
    ["tar", "-czf", `${top}.tar.gz`, top],
    { cwd: directory.path },
  );
  if (status !== 0) throw new Error(`no archive could be made: ${stderr}`);
  return Deno.readFileSync(`${directory.path}/${top}.tar.gz`);
}

/** The lines sha256sum prints for these files. */
export function checksums(
  assets: Readonly<Record<string, Uint8Array>>,
): string {
  let lines = "";
  for (const [name, bytes] of Object.entries(assets)) {
    lines += `${sha256(bytes)}  ${name}\n`;
  }
  return lines;
}
