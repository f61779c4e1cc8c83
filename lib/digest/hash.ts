/** Bytes of each hash that can be taken, by its name. */
export const HASH_BYTES = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
} as const;

/** Name of a hash. */
export type HashName = keyof typeof HASH_BYTES;

/** Hash of bytes as they come. */
export interface Hash {
  /** Takes the next bytes. */
  update(bytes: Uint8Array): void;
  /** Gives the hash of all bytes; nothing can follow. */
  end(): Uint8Array;
  /** Gives the same as hex digits, two a byte. */
  endAsHex(): string;
}

/** Begins a hash. What it needs of the runtime is loaded with the first one. */
export async function beginHash(name: HashName): Promise<Hash> {
  const { createHash } = await import("node:crypto");
  const hash = createHash(name);
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    end: () => hash.digest(),
    endAsHex: () => hash.digest("hex"),
  };
}
