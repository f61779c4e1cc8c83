/** A system and a processor that an executable is made for. */
export interface Target {
  /** As Deno and Rust name it. */
  readonly triple: string;
  /** The name of the executable there. */
  readonly executable: string;
}

/** Every target the project releases for. */
export const TARGETS: readonly Target[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
].map((triple) => ({
  triple,
  executable: triple.includes("windows") ? "seacp.exe" : "seacp",
}));

/**
 * The target with this triple.
 *
 * @throws {RangeError} If there is none.
 */
export function findTarget(triple: string): Target {
  const target = TARGETS.find((each) => each.triple === triple);
  if (target !== undefined) return target;
  const known = TARGETS.map((each) => each.triple).join(", ");
  throw new RangeError(`Unknown target: ${triple}; there are ${known}`);
}
