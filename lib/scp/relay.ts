import type { Observer } from "../events/copy_event.ts";
import {
  EntryForwarder,
  type EntryForwarderOptions,
} from "./entry_forwarder.ts";
import { EntryReader, type Received } from "./entry_reader.ts";
import {
  type RelayHost,
  RelayTarget,
  type RelayTargetOptions,
} from "./relay_target.ts";

/** Options of a relay, for its whole dialogue. */
export interface RelayOptions
  extends RelayTargetOptions, EntryForwarderOptions {}

/** Forwards the entries of a source on one host to a sink on another. */
export class Relay {
  readonly #source: EntryReader;
  readonly #target: RelayTarget;
  readonly #forwarder: EntryForwarder;
  /** Side that broke the dialogue while entries came. */
  #broken: "source" | "target" | undefined;

  constructor(
    source: RelayHost,
    target: RelayHost,
    options: RelayOptions,
    observer: Observer,
  ) {
    this.#source = new EntryReader(source.channel, {
      rules: options.rules,
      ackPolicy: "none",
      repliesToUnknown: false,
      host: source.host,
    }, observer);
    this.#target = new RelayTarget(target, options, observer);
    this.#forwarder = new EntryForwarder(
      this.#source,
      this.#target,
      options,
      observer,
    );
  }

  /** True where an error of the target, not of the source, ended the relay. */
  get isTargetBroken(): boolean {
    return this.#target.isBroken && this.#broken !== "source";
  }

  /**
   * Waits for the target to be ready, and has the source begin.
   *
   * @throws {UnexpectedOutputError} If the target says something else.
   * @throws {RefusalError} If it refuses, or has no such directory.
   * @throws {SessionError} If the connection to either host is lost.
   */
  async begin(): Promise<void> {
    await this.#target.begin();
    await this.#source.begin();
  }

  /** Begins, and relays all that the source sends; throws as both do. */
  async run(): Promise<Received> {
    await this.begin();
    return await this.relayEntries();
  }

  /**
   * Relays all that the source sends.
   *
   * @throws {UnexpectedOutputError} If the first words of either host are not the
   * protocol.
   * @throws {ProtocolError} If either one breaks the protocol later or gives
   * up. Entries that came before stay.
   * @throws {SessionError} If the connection to either one is lost.
   */
  async relayEntries(): Promise<Received> {
    const received = await this.#readAll();
    await this.#target.awaitTimesReply();
    await this.#target.awaitBodyReply();
    return { ...received, ...this.#forwarder.directory };
  }

  async #readAll(): Promise<Received> {
    try {
      return await this.#source.readInto(this.#forwarder);
    } catch (error) {
      this.#broken = this.#target.isBroken ? "target" : "source";
      // The sink may still reply to a body that it has whole.
      await this.#target.awaitBodyReply().catch(() => {});
      throw error;
    }
  }
}
