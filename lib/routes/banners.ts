import type { Channel } from "../channel/channel.ts";
import { ProtocolError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import { loginOf } from "../location/login.ts";
import { quoted } from "../names/printable.ts";
import { skipBanner } from "../scp/banner.ts";

/** Line of a profile that keeps a shell quiet without a terminal. */
const GUARD = "case $- in *i*) ;; *) return ;; esac";

/** Factor by which a second login may take longer than the first. */
const SLOWER = 3;

/** Longest time from a login to scp's first message, in milliseconds. */
const BANNER_MILLISECONDS = 10_000;

/** Gives a word that no shell prints by chance. */
export function newMarker(): string {
  return `seacp-${crypto.randomUUID()}`;
}

/** Unexpected output of a login's shell. */
interface UnexpectedBanner {
  /** Failure of the session that took the banner for scp's messages. */
  readonly failure: ProtocolError;
  /** Time that the login of that session took, in milliseconds. */
  readonly loginMilliseconds: number;
}

/** Banners of the logins of a job: output of a shell before the protocol. */
export class Banners {
  readonly #observer: Observer;
  readonly #expected = new Map<string, UnexpectedBanner>();
  readonly #reported = new Set<string>();

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /**
   * Expects a banner from now on.
   *
   * @param failure Failure of the session that the banner broke.
   * @param loginMilliseconds Time that its login took.
   */
  expect(
    location: RemoteLocation,
    failure: ProtocolError,
    loginMilliseconds: number,
  ): void {
    this.#expected.set(loginOf(location), { failure, loginMilliseconds });
  }

  /** Gives the line to print before scp starts; absent if none is expected. */
  markerFor(location: RemoteLocation): string | undefined {
    if (!this.#expected.has(loginOf(location))) return undefined;
    return newMarker();
  }

  /**
   * Skips the banner up to `marker`, and reports it once.
   *
   * @throws {ProtocolError} If the marker does not come: the failure of the
   * session that met the banner first. The next login expects none.
   * @throws {SessionError} If the connection is lost.
   */
  async skip(
    location: RemoteLocation,
    channel: Channel,
    marker: string,
  ): Promise<void> {
    const login = loginOf(location);
    const { failure, loginMilliseconds } = this.#expected.get(login)!;
    try {
      await this.#skip(location, channel, { marker, loginMilliseconds });
    } catch (error) {
      this.#expected.delete(login);
      throw error instanceof ProtocolError ? failure : error;
    }
  }

  /**
   * Skips the banner up to `marker` where none was known to come; reports it, and
   * expects it from now on.
   *
   * @param age Time since the start of ssh, in milliseconds.
   * @throws {ProtocolError} If the marker does not come.
   * @throws {SessionError} If the connection is lost.
   */
  async skipFirst(
    location: RemoteLocation,
    channel: Channel,
    { marker, age }: { marker: string; age: number },
  ): Promise<void> {
    const banner = await this.#skip(location, channel, {
      marker,
      loginMilliseconds: age,
    });
    if (banner === "") return;
    const failure = new ProtocolError(
      `the remote does not speak SCP: it said ${quoted(banner)}`,
    );
    this.expect(location, failure, age);
  }

  /** Skips and reports the banner up to `marker`; gives it. */
  async #skip(
    location: RemoteLocation,
    channel: Channel,
    { marker, loginMilliseconds }: {
      marker: string;
      loginMilliseconds: number;
    },
  ): Promise<string> {
    const timeout = BANNER_MILLISECONDS + SLOWER * loginMilliseconds;
    const banner = await skipBanner(channel, marker, timeout);
    if (banner !== "") this.report(location, banner);
    return banner;
  }

  /**
   * Reports a banner, once for each login.
   *
   * @param program Name of the program that the banner came before.
   */
  report(location: RemoteLocation, banner: string, program = "scp"): void {
    const login = loginOf(location);
    if (this.#reported.has(login)) return;
    this.#reported.add(login);
    this.#observer.report({
      kind: "warning",
      message:
        `${location.host}: the shell said ${
          quoted(banner)
        } before ${program} began. ` +
        "The copy works without it. To keep the shell quiet, put this at the " +
        `top of its profile, as ~/.bashrc: ${GUARD}`,
    });
  }
}
