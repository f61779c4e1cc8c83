import { EntryError } from "../errors.ts";
import type { Files } from "../files/files.ts";
import { isNameless } from "../files/names.ts";
import type { Observer } from "../progress/observer.ts";
import { Course } from "./course.ts";
import { type Destination, keyOf } from "./destination.ts";
import type { TransferOptions } from "./options.ts";
import { Pending } from "./pending.ts";
import { type SourceEntry, TreeCopier } from "./tree_copier.ts";

/** What is copied: entries of the files that hold them. */
export interface Sources {
  readonly files: Files;
  readonly entries: readonly SourceEntry[];
}

/** Where to: a path in the files that will hold it. */
export interface Target {
  readonly files: Files;
  readonly path: string;
  /** Refuse a target that is no folder. */
  readonly mustBeFolder: boolean;
}

/**
 * Copies entries to a path in the same or in other files: into the folder that
 * is there, else the first of them under that very path; what a folder without
 * a name of its own (`.`, `..`) holds goes straight into the target. Many
 * entries are under way at once where that is what their places are best at.
 * An entry that fails is reported to the observer, in its turn, and the rest
 * goes on.
 *
 * @throws {EntryError} If the target cannot be one, for any source.
 * @throws {ProtocolError} If a place broke its protocol. What arrived whole
 * before stays; each file that was under way is named.
 * @throws {SessionError} If the connection to a place is lost; the same.
 */
export async function transfer(
  sources: Sources,
  target: Target,
  { options, observer }: { options: TransferOptions; observer: Observer },
): Promise<void> {
  await new Transfer(sources.files, target.files, options, observer)
    .run(sources.entries, target);
}

class Transfer {
  readonly #from: Files;
  readonly #to: Files;
  readonly #course: Course;
  readonly #trees: TreeCopier;

  constructor(
    from: Files,
    to: Files,
    options: TransferOptions,
    observer: Observer,
  ) {
    this.#from = from;
    this.#to = to;
    const { interrupted } = options;
    const steps = Math.max(from.pace.entries, to.pace.entries);
    this.#course = new Course(steps, { observer, interrupted });
    this.#trees = new TreeCopier(from, to, options, this.#course);
  }

  async run(entries: readonly SourceEntry[], target: Target): Promise<void> {
    const { isFolder, destination } = await this.#look(target);
    const pending = new Pending();
    for (const [index, entry] of entries.entries()) {
      await this.#course.orReport(async () => {
        const name = this.#from.nameOf(entry.path);
        const goesInside = isFolder && !isNameless(name);
        if (!isFolder && index > 0) {
          throw new EntryError(
            `${this.#to.label}${target.path}: Not a directory: ` +
              `no place for ${name}`,
          );
        }
        await this.#trees.copy(
          entry,
          goesInside
            ? this.#trees.inside(destination, name, true)
            : destination,
          { above: undefined, pending },
        );
      });
    }
    pending.end();
    await pending.over;
    await this.#course.end();
  }

  async #look(
    { path, mustBeFolder }: Target,
  ): Promise<{ isFolder: boolean; destination: Destination }> {
    const found = await this.#to.find(path) ??
      (mustBeFolder ? await this.#to.attributes(path) : undefined);
    // Where nothing tells, it is what the command line says it is.
    const isFolder = found?.kind === "folder" ||
      (mustBeFolder && found?.kind === "unknown");
    if (mustBeFolder && !isFolder) {
      throw new EntryError(`${this.#to.label}${path}: Not a directory`);
    }
    const identity = isFolder ? await this.#to.identify(path) : undefined;
    return {
      isFolder,
      destination: { path, mayExist: true, key: keyOf(identity ?? path) },
    };
  }
}
