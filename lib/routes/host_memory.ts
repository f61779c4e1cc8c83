import { cacheHome } from "../system/environment.ts";
import {
  HASHED_NAMES,
  hashedName,
  PrivateDirectory,
} from "../system/private_directory.ts";
import type { Protocol } from "./protocol_choice.ts";

/** Longest time that a fact is kept, in milliseconds: 30 days. */
export const KNOWN_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

/** Environment variable that switches the memory off by `no`. */
const SWITCH = "SEACP_HOST_MEMORY";

/** File of the salt, without which others could guess hosts by their hashes. */
const SALT = "salt";

/**
 * Memory, across runs, of hosts that lack scp or SFTP. A host's key is a salted
 * hash of its configuration as `ssh -G` prints it: user, host, port, jump and
 * options. A newer fact replaces an older one.
 */
export class HostMemory {
  readonly #directory: PrivateDirectory;
  readonly #now: () => number;

  /** @param directory Directory of the memory; absent where nothing is kept. */
  constructor(directory: string | undefined, now: () => number = Date.now) {
    this.#directory = new PrivateDirectory(directory, HASHED_NAMES);
    this.#now = now;
  }

  /** True where nothing is known of any host. */
  get isEmpty(): boolean {
    return this.#directory.read(SALT) === undefined;
  }

  /** Gives the protocol that a host lacks, if that is known. */
  async lacking(configuration: string): Promise<Protocol | undefined> {
    const salt = this.#directory.read(SALT);
    if (salt === undefined) return undefined;
    const text = this.#directory.read(await hashedName(salt + configuration));
    const [, protocol, since] = /^(scp|sftp) (\d{1,15})$/.exec(text ?? "") ??
      [];
    const age = this.#now() - Number(since);
    const isKnown = age >= 0 && age < KNOWN_MILLISECONDS;
    return isKnown ? protocol as Protocol : undefined;
  }

  /** Remembers that a host lacks a protocol, and removes facts that are too old. */
  async keep(configuration: string, lacking: Protocol): Promise<void> {
    const name = await hashedName(this.#salt() + configuration);
    this.#directory.removeOlder(this.#now() - KNOWN_MILLISECONDS);
    this.#directory.write(name, `${lacking} ${this.#now()}`);
  }

  /** Forgets the fact about a host. */
  async forget(configuration: string): Promise<void> {
    const salt = this.#directory.read(SALT);
    if (salt === undefined) return;
    this.#directory.remove(await hashedName(salt + configuration));
  }

  #salt(): string {
    const known = this.#directory.read(SALT);
    if (known !== undefined) return known;
    const salt = crypto.randomUUID();
    this.#directory.write(SALT, salt);
    return salt;
  }
}

/** Gives the memory's directory; `undefined` where it is off or there is none. */
export function memoryDirectory(
  variable: (name: string) => string | undefined,
): string | undefined {
  if (variable(SWITCH) === "no") return undefined;
  const cache = cacheHome(variable);
  return cache === undefined ? undefined : `${cache}/seacp/hosts`;
}
