import {
  HASHED_NAMES,
  hashedName,
  PrivateDirectory,
} from "../system/private_directory.ts";
import type { Protocol } from "./protocol_choice.ts";

/** Longest time that a fact is believed, in milliseconds: 30 days. */
export const KNOWN_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

/** Variable that switches the memory off: `no`. */
export const SWITCH = "SEACP_HOST_MEMORY";

/** File of the salt, which keeps others from guessing hosts by their hashes. */
const SALT = "salt";

/**
 * Facts about hosts that outlast a run: that one lacks scp, or SFTP. A host is
 * known by a salted hash of all that ssh would use for it, as `ssh -G` prints
 * it: user, host, port, jump and configuration. Another fact replaces a wrong
 * one.
 */
export class HostMemory {
  readonly #directory: PrivateDirectory;
  readonly #now: () => number;

  /** @param directory Absent where nothing is to be kept. */
  constructor(directory: string | undefined, now: () => number = Date.now) {
    this.#directory = new PrivateDirectory(directory, HASHED_NAMES);
    this.#now = now;
  }

  /** Gives the protocol that a host was found to lack. */
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

  /** Keeps that a host lacks a protocol, and removes what is too old. */
  async keep(configuration: string, lacking: Protocol): Promise<void> {
    const name = await hashedName(this.#salt() + configuration);
    this.#directory.removeOlder(this.#now() - KNOWN_MILLISECONDS);
    this.#directory.write(name, `${lacking} ${this.#now()}`);
  }

  /** Forgets what is kept of a host. */
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

/** Gives the memory's directory; `undefined` where it is off or has no place. */
export function memoryDirectory(
  variable: (name: string) => string | undefined,
): string | undefined {
  if (variable(SWITCH) === "no") return undefined;
  const cache = variable("XDG_CACHE_HOME") || variable("LOCALAPPDATA");
  // A relative one is invalid, says the XDG base directory specification.
  if (cache && /^([A-Za-z]:)?[\\/]/.test(cache)) return `${cache}/seacp/hosts`;
  const home = variable("HOME");
  return home ? `${home}/.cache/seacp/hosts` : undefined;
}
