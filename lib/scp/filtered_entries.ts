import type { Observer } from "../events/copy_event.ts";
import type { Times } from "../filesystem/file_system.ts";
import type { DirectoryRules, FilterRules } from "../names/filter_rules.ts";
import type { BodyReceiver } from "./body_receiver.ts";
import type { EntryReader, EntryReceiver } from "./entry_reader.ts";
import type { DirectoryRecord, FileRecord } from "./wire/records.ts";

/** Directory that the source is in. */
interface FilteredDirectory {
  /** Path with the name of the topmost directory, for messages. */
  readonly path: string;
  /** Path below the topmost directory; empty for that one. */
  readonly inside: string;
  /** Rules for its entries; absent where it is excluded itself. */
  readonly rules: DirectoryRules | undefined;
}

/**
 * Receiver that hands on what rules include. A source sends the rest all the same:
 * it is read and dropped.
 */
export class FilteredEntries implements EntryReceiver {
  readonly #reader: EntryReader;
  readonly #bodies: BodyReceiver;
  readonly #receiver: EntryReceiver;
  readonly #rules: FilterRules;
  readonly #label: string;
  readonly #observer: Observer;
  readonly #directories: FilteredDirectory[] = [];

  /** @param label Text that messages put before an entry of the source. */
  constructor(
    receiver: EntryReceiver,
    rules: FilterRules,
    { reader, bodies, label, observer }: {
      reader: EntryReader;
      bodies: BodyReceiver;
      label: string;
      observer: Observer;
    },
  ) {
    this.#reader = reader;
    this.#bodies = bodies;
    this.#receiver = receiver;
    this.#rules = rules;
    this.#label = label;
    this.#observer = observer;
  }

  takeFile(
    record: FileRecord,
    times: Times | undefined,
  ): void | Promise<void> {
    if (!this.#excludes(record)) return this.#receiver.takeFile(record, times);
    const { name, size } = record;
    return this.#bodies.dropUnwanted(this.#pathOf(name), size);
  }

  async takeDirectory(
    record: DirectoryRecord,
    times: Times | undefined,
  ): Promise<void> {
    const isExcluded = this.#excludes(record);
    const { depth } = this.#reader;
    if (isExcluded) await this.#reader.acknowledgeDirectory();
    else await this.#receiver.takeDirectory(record, times);
    // The receiver may have refused it.
    if (this.#reader.depth === depth) return;
    const above = this.#directories.at(-1);
    const inside = above === undefined
      ? ""
      : above.inside === ""
      ? record.name
      : `${above.inside}/${record.name}`;
    this.#directories.push({
      path: this.#pathOf(record.name),
      inside,
      rules: isExcluded ? undefined : this.#rules.in(inside),
    });
  }

  async leaveDirectory(): Promise<void> {
    const { rules } = this.#directories.pop()!;
    if (rules === undefined) await this.#reader.acknowledge();
    else await this.#receiver.leaveDirectory();
  }

  /** Tells whether an entry is excluded; reports the outermost one that is. */
  #excludes({ kind, name }: FileRecord | DirectoryRecord): boolean {
    const directory = this.#directories.at(-1);
    if (directory === undefined) return false;
    if (directory.rules === undefined) return true;
    const isDirectory = kind === "directory";
    const verdict = directory.rules.verdictOn(name, { isDirectory });
    if (verdict.kind !== "excluded") return false;
    this.#observer.report({
      kind: "excluded",
      label: this.#label,
      path: this.#pathOf(name),
      reason: verdict.reason,
    });
    return true;
  }

  #pathOf(name: string): string {
    const above = this.#directories.at(-1);
    return above === undefined ? name : `${above.path}/${name}`;
  }
}
