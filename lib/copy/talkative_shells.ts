import type { Channel } from "../channel/channel.ts";
import { ProtocolError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../progress/observer.ts";
import { quoted } from "../progress/printable.ts";
import { skipGreeting } from "../scp/greeting.ts";

/** What keeps a shell quiet for whoever is no terminal. */
const GUARD = "case $- in *i*) ;; *) return ;; esac";

/** The logins whose shells say something before scp does. */
export class TalkativeShells {
  readonly #observer: Observer;
  readonly #misheard = new Map<string, ProtocolError>();
  readonly #told = new Set<string>();

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** Remembers a shell by how it was misheard. */
  add(location: RemoteLocation, misheard: ProtocolError): void {
    this.#misheard.set(loginOf(location), misheard);
  }

  /** What is to be said just before scp's first message; nothing if quiet. */
  markerFor(location: RemoteLocation): string | undefined {
    if (!this.#misheard.has(loginOf(location))) return undefined;
    return `seacp-${crypto.randomUUID()}`;
  }

  /**
   * Reads past what the shell says before `marker`, and tells the user once.
   *
   * @throws {ProtocolError} If the marker does not come: how the shell was
   * misheard.
   * @throws {SessionError} If the connection is lost.
   */
  async pass(
    location: RemoteLocation,
    channel: Channel,
    marker: string,
  ): Promise<void> {
    const login = loginOf(location);
    const greeting = await skipGreeting(channel, marker).catch((error) => {
      throw error instanceof ProtocolError ? this.#misheard.get(login) : error;
    });
    if (greeting === "" || this.#told.has(login)) return;
    this.#told.add(login);
    this.#observer.warned(
      `${location.host}: the shell said ${
        quoted(greeting)
      } before scp began. ` +
        "The copy works without it. To keep the shell quiet, put this at the " +
        `top of its profile, as ~/.bashrc: ${GUARD}`,
    );
  }
}

function loginOf({ user, host, port }: RemoteLocation): string {
  return JSON.stringify([user, host, port]);
}
