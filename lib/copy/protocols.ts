import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../progress/observer.ts";
import { loginOf } from "./logins.ts";

export type Protocol = "scp" | "sftp";

/** Which protocol each login is spoken to in. */
export class Protocols {
  readonly #wanted: Protocol | undefined;
  readonly #observer: Observer;
  readonly #withoutScp = new Set<string>();

  /** @param wanted What the user asked for; absent if it is to be found. */
  constructor(wanted: Protocol | undefined, observer: Observer) {
    this.#wanted = wanted;
    this.#observer = observer;
  }

  /** Whether SFTP is spoken where there turns out to be no scp. */
  get canChange(): boolean {
    return this.#wanted === undefined;
  }

  /** The protocol for a copy between these and here. */
  of(...locations: readonly RemoteLocation[]): Protocol {
    if (this.#wanted !== undefined) return this.#wanted;
    const isLacking = locations.some((location) =>
      this.#withoutScp.has(loginOf(location))
    );
    return isLacking ? "sftp" : "scp";
  }

  /**
   * Tells the user that a login leads to no scp, and what becomes of that.
   *
   * @returns Whether SFTP is spoken there from now on.
   */
  missScp(location: RemoteLocation, why: string): boolean {
    const message = `${location.host}: ${why}`;
    if (this.#wanted !== undefined) {
      this.#observer.failed(`${message}: try -s`);
      return false;
    }
    this.#withoutScp.add(loginOf(location));
    this.#observer.warned(`${message}: going on over SFTP`);
    return true;
  }
}
