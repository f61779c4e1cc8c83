import type { Observer } from "../events/copy_event.ts";
import type { Times } from "../filesystem/file_system.ts";
import type { DirectoryRules, FilterRules } from "../names/filter_rules.ts";
import type { BodyReceiver } from "./body_receiver.ts";
import type { EntryReader, EntryReceiver } from "./entry_reader.ts";
import type { DirectoryRecord, FileRecord } from "./wire/records.ts";

/** Filter of the entries that a source sends. */
export interface EntryFilter {
  readonly rules: FilterRules;
  /** Text that messages put before the path of an entry. */
  readonly label: string;
}

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
 * it is read and dropped, and at the end a warning tells its length.
 */
export class FilteredEntries implements EntryReceiver {
  readonly #reader: EntryReader;
  readonly #bodies: BodyReceiver;
  readonly #receiver: EntryReceiver;
  readonly #filter: EntryFilter;
  readonly #observer: Observer;
  readonly #directories: FilteredDirectory[] = [];
  readonly #dropped = { files: 0, bytes: 0 };

  constructor(
    receiver: EntryReceiver,
    filter: EntryFilter,
    { reader, bodies, observer }: {
      reader: EntryReader;
      bodies: BodyReceiver;
      observer: Observer;
    },
  ) {
    this.#reader = reader;
    this.#bodies = bodies;
    this.#receiver = receiver;
    this.#filter = filter;
    this.#observer = observer;
  }

  async takeFile(record: FileRecord, times: Times | undefined): Promise<void> {
    if (!this.#excludes(record)) {
      return await this.#receiver.takeFile(record, times);
    }
    const { name, size } = record;
    this.#dropped.files++;
    this.#dropped.bytes += size;
    await this.#reader.acknowledge(1);
    await this.#bodies.drop(this.#pathOf(name), size);
    await this.#reader.acknowledge();
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
      rules: isExcluded ? undefined : this.#filter.rules.in(inside),
    });
  }

  async leaveDirectory(): Promise<void> {
    const { rules } = this.#directories.pop()!;
    if (rules === undefined) await this.#reader.acknowledge();
    else await this.#receiver.leaveDirectory();
  }

  /** Warns of what came in vain. */
  reportDropped(): void {
    const { files, bytes } = this.#dropped;
    if (files === 0) return;
    this.#observer.report({
      kind: "warning",
      message: `${this.#filter.label}over SCP what is excluded comes all the ` +
        `same: ${files} ${files === 1 ? "file" : "files"} of ${bytes} bytes ` +
        "dropped",
    });
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
      path: this.#filter.label + this.#pathOf(name),
      reason: verdict.reason,
    });
    return true;
  }

  #pathOf(name: string): string {
    const above = this.#directories.at(-1);
    return above === undefined ? name : `${above.path}/${name}`;
  }
}
