/** SHA-256, taken of bytes as they come. */
export interface Sha256 {
  /** Takes the next bytes. */
  update(bytes: Uint8Array): void;
  /** Gives the SHA-256 of all bytes as 64 hex digits; nothing can follow. */
  end(): string;
}

/** Begins a SHA-256. What it needs of the runtime is loaded with the first one. */
export async function beginSha256(): Promise<Sha256> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    end: () => hash.digest("hex"),
  };
}
