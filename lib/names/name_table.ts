/** Most names that a table keeps, in 32 MiB of memory. */
export const MAX_KEPT_NAMES = 1_000_000;

/** Relation of a name to those that came before it. */
export type Precedence = "first" | "again" | "other";

const LEAST_ROOM = 16;

/**
 * Names by their keys. A table keeps a 53-bit hash of each, in 16 to 64 bytes a
 * name however long names are; a full table takes no more.
 */
export class NameTable {
  readonly #most: number;
  /** Hashes of keys, 0 where there is none, and of the names that had them. */
  #keys = new Float64Array(LEAST_ROOM);
  #names = new Float64Array(LEAST_ROOM);
  #count = 0;

  constructor(most: number = MAX_KEPT_NAMES) {
    this.#most = most;
  }

  /** True where no more names are kept. */
  get isFull(): boolean {
    return this.#count >= this.#most;
  }

  /**
   * Compares a name to the first one with its key, and keeps it if it is the
   * first itself. A full table keeps none, and gives "other" for unknown keys.
   */
  add(key: string, name: string): Precedence {
    const keyHash = hashOf(key);
    const nameHash = name === key ? keyHash : hashOf(name);
    const at = this.#find(keyHash);
    if (this.#keys[at] !== 0) {
      return this.#names[at] === nameHash ? "again" : "other";
    }
    if (this.isFull) return "other";
    this.#keys[at] = keyHash;
    this.#names[at] = nameHash;
    this.#count++;
    if (this.#count * 2 > this.#keys.length) this.#grow();
    return "first";
  }

  /** Tells whether a name with this key was kept. */
  has(key: string): boolean {
    return this.#keys[this.#find(hashOf(key))] !== 0;
  }

  /** Gives the place of a key, or the free one that it would have. */
  #find(hash: number): number {
    const last = this.#keys.length - 1;
    let at = hash % this.#keys.length;
    while (this.#keys[at] !== 0 && this.#keys[at] !== hash) {
      at = (at + 1) & last;
    }
    return at;
  }

  #grow(): void {
    const [keys, names] = [this.#keys, this.#names];
    this.#keys = new Float64Array(keys.length * 2);
    this.#names = new Float64Array(keys.length * 2);
    for (let from = 0; from < keys.length; from++) {
      const key = keys[from]!;
      if (key === 0) continue;
      const at = this.#find(key);
      this.#keys[at] = key;
      this.#names[at] = names[from]!;
    }
  }
}

/** A hash of 53 bits, never 0: two rounds of 32 bits each (cyrb53). */
function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = mixed(high, low);
  low = mixed(low, high);
  return (4294967296 * (low & 0x1fffff) + (high >>> 0)) || 1;
}

function mixed(one: number, other: number): number {
  return Math.imul(one ^ (one >>> 16), 2246822507) ^
    Math.imul(other ^ (other >>> 13), 3266489909);
}
