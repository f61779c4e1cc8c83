import type { Channel } from "../channel/channel.ts";
import { ProtocolError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import { quoted } from "../names/printable.ts";
import { skipBanner } from "../scp/banner.ts";
import { loginOf } from "../location/login.ts";

/** What keeps a shell quiet for whoever is no terminal. */
const GUARD = "case $- in *i*) ;; *) return ;; esac";

/** How many times longer than the first a second login may take. */
const SLOWER = 3;

/** How long a shell may then talk before it gets to scp, in milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

/** How a shell was taken for scp. */
interface Misheard {
  readonly breach: ProtocolError;
  /** How long its login took, in milliseconds. */
  readonly took: number;
}

/** The logins whose shells say something before scp does. */
export class TalkativeShells {
  readonly #observer: Observer;
  readonly #misheard = new Map<string, Misheard>();
  readonly #told = new Set<string>();

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /**
   * Remembers a shell.
   *
   * @param took How long its login took, in milliseconds.
   */
  add(location: RemoteLocation, breach: ProtocolError, took: number): void {
    this.#misheard.set(loginOf(location), { breach, took });
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
   * misheard. Its next login is a plain one.
   * @throws {SessionError} If the connection is lost.
   */
  async pass(
    location: RemoteLocation,
    channel: Channel,
    marker: string,
  ): Promise<void> {
    const login = loginOf(location);
    const { breach, took } = this.#misheard.get(login)!;
    const patience = PATIENCE_MILLISECONDS + SLOWER * took;
    try {
      const banner = await skipBanner(channel, marker, patience);
      if (banner !== "") this.tell(location, banner);
    } catch (error) {
      this.#misheard.delete(login);
      throw error instanceof ProtocolError ? breach : error;
    }
  }

  /**
   * Tells the user what the shell said, once.
   *
   * @param before What it said it before.
   */
  tell(location: RemoteLocation, banner: string, before = "scp"): void {
    const login = loginOf(location);
    if (this.#told.has(login)) return;
    this.#told.add(login);
    this.#observer.report({
      kind: "warning",
      message:
        `${location.host}: the shell said ${
          quoted(banner)
        } before ${before} began. ` +
        "The copy works without it. To keep the shell quiet, put this at the " +
        `top of its profile, as ~/.bashrc: ${GUARD}`,
    });
  }
}
