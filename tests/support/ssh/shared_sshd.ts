import { Place } from "../fixtures/place.ts";
import { type LoginSettings, Sshd } from "./sshd.ts";

/** An sshd that all tests of a file share; it ends after the last one. */
export class SharedSshd {
  readonly #start: () => Promise<Sshd>;
  #opened: Promise<Sshd> | undefined;

  /** @param start Starts it; with the usual settings if absent. */
  constructor(start: () => Promise<Sshd> = () => Sshd.start()) {
    this.#start = start;
    Deno.test.afterAll(async () => {
      await (await this.#opened)?.[Symbol.asyncDispose]();
    });
  }

  /** Gives the sshd, which the first call starts. */
  start(): Promise<Sshd> {
    return this.#opened ??= this.#start();
  }

  /**
   * Makes a place of its own for a test.
   *
   * @param options Options of each copy, before those of the test.
   */
  async place(...options: readonly string[]): Promise<Place> {
    return placeAt(await this.start(), ...options);
  }
}

/** Makes a place on an sshd. */
export function placeAt(
  { config, home }: Sshd,
  ...options: readonly string[]
): Place {
  return new Place({
    options: [...options, "-F", config],
    home,
    [Symbol.asyncDispose]: async () => {},
  });
}

/** Runs a case in a place on an sshd of its own, with these settings. */
export async function against(
  settings: LoginSettings,
  run: (place: Place, sshd: Sshd) => Promise<void>,
): Promise<void> {
  await using sshd = await Sshd.start(settings);
  using place = placeAt(sshd);
  await run(place, sshd);
}
