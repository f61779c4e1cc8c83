import type { Channel } from "../channel/channel.ts";
import { asEntryError, EntryError, RefusalError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { decodeName } from "../names/name_bytes.ts";
import type { AckPolicy } from "./replies.ts";
import { FilteredEntries } from "./filtered_entries.ts";
import type { FilterRules } from "../names/filter_rules.ts";
import {
  EntryReader,
  type EntryReceiver,
  type Received,
} from "./entry_reader.ts";
import type { EntryRules } from "./entry_rules.ts";
import { BodyReceiver } from "./body_receiver.ts";
import { EntryStore, type EntryStoreOptions } from "./entry_store.ts";

/** Options of a sink, for its whole dialogue. */
export interface SinkOptions extends EntryRules, EntryStoreOptions {
  /** Refuse a target that is no directory. */
  readonly targetIsDirectory: boolean;
  /**
   * Take into account that a shell's output may come before the source's: then a
   * violation in the first entry is an `UnexpectedOutputError`, and leaves
   * nothing behind.
   */
  readonly mayHearShell: boolean;
  readonly ackPolicy: AckPolicy;
  /** Rules for the entries; absent where all of them are stored. */
  readonly filter?: FilterRules;
  /**
   * Text that messages put before an entry of the source.
   *
   * @default {""}
   */
  readonly label?: string;
}

/** The receiving side of the SCP protocol. */
export class Sink {
  readonly #reader: EntryReader;
  readonly #store: EntryStore;
  readonly #bodies: BodyReceiver;
  /** Receiver of the entries: the store, perhaps behind a filter. */
  readonly #receiver: EntryReceiver;
  readonly #files: FileSystem;
  readonly #options: SinkOptions;

  constructor(
    channel: Channel,
    files: FileSystem,
    options: SinkOptions,
    observer: Observer,
  ) {
    const { mayHearShell, ackPolicy, present } = options;
    this.#reader = new EntryReader(channel, {
      rules: options,
      ackPolicy,
      mayRefuse: present && (() => present.mayRefuse),
      repliesToUnknown: true,
      mayHearShell,
      onRecord: (line) =>
        observer.report({
          kind: "verbose",
          message: () => `Sink: ${decodeName(line)}`,
        }),
    }, observer);
    const reader = this.#reader;
    const bodies = this.#bodies = new BodyReceiver(reader, observer);
    this.#store = new EntryStore({ reader, bodies }, files, options, observer);
    const { filter, label = "" } = options;
    this.#receiver = filter === undefined
      ? this.#store
      : new FilteredEntries(this.#store, filter, {
        reader,
        bodies,
        label,
        observer,
      });
    this.#files = files;
    this.#options = options;
  }

  /**
   * Has the source begin: its entries go into `target` if that is a directory,
   * else to that very path.
   *
   * @throws {RefusalError} If the target has to be a directory and is none.
   */
  async begin(target: string): Promise<void> {
    const found = await this.#files.stat(target).catch(asEntryError);
    const isDirectory = !(found instanceof EntryError) &&
      found.kind === "directory";
    if (this.#options.targetIsDirectory && !isDirectory) {
      return await this.refuse(
        found instanceof EntryError
          ? found.message
          : `${target}: Not a directory`,
      );
    }
    this.#store.open(target, isDirectory);
    await this.#reader.begin();
  }

  /** Begins, and receives all that the source sends; throws as both do. */
  async receive(target: string): Promise<Received> {
    await this.begin(target);
    return await this.receiveEntries();
  }

  /**
   * Receives all that the source sends.
   *
   * @throws {UnexpectedOutputError} If the first line is no entry that was asked
   * for and may be a shell's.
   * @throws {ProtocolError} If the source breaks the protocol later, sends an
   * entry that was not asked for, or gives up. Entries that came before stay.
   * @throws {SessionError} If the connection is lost.
   */
  async receiveEntries(): Promise<Received> {
    const received = await this.#reader.readInto(this.#receiver);
    this.#bodies.reportUnwanted(this.#options.label ?? "");
    if (received.isToldEnd) await this.#reader.acknowledge();
    return { ...received, ...await this.#store.close() };
  }

  /**
   * Refuses the source, which has no target.
   *
   * @throws {RefusalError} Always, with the same words.
   */
  async refuse(message: string): Promise<never> {
    await this.#reader.peer.sendFailure(message);
    throw new RefusalError(message);
  }
}
