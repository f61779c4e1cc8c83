import type { Channel } from "../channel/channel.ts";
import { naming, type ProtocolError, type SessionError } from "../errors.ts";
import type { ScpRecord, SentRecord } from "./wire/records.ts";
import { ScpPeer } from "./peer.ts";

/** One of the two hosts that a relay stands between. */
export interface RelayEnd {
  readonly host: string;
  readonly channel: Channel;
}

/** One side of a relay, which knows when it was the one that broke. */
export class RelaySide {
  readonly peer: ScpPeer;
  readonly host: string;
  isBroken = false;

  constructor({ host, channel }: RelayEnd) {
    this.host = host;
    this.peer = new ScpPeer(channel);
  }

  async send(record: SentRecord): Promise<void> {
    await this.attempt(() => this.peer.send(record));
  }

  async nextRecord(): Promise<ScpRecord | undefined> {
    return await this.attempt(() => this.peer.nextRecord());
  }

  /**
   * Reads an answer: the text of a warning, `undefined` for an acknowledgement.
   *
   * @param entry What it is about, for an error.
   */
  async nextWarning(entry?: string): Promise<string | undefined> {
    return await this.attempt(async () => {
      try {
        return await this.peer.nextWarning();
      } catch (error) {
        throw entry === undefined ? error : naming(entry, error);
      }
    });
  }

  /** @throws {ProtocolError | SessionError} Always. */
  async fail(error: ProtocolError | SessionError): Promise<never> {
    return await this.attempt(() => Promise.reject(error));
  }

  async attempt<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }
}
