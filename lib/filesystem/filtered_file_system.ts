import { asEntryError, EntryError } from "../errors.ts";
import type {
  DirectoryRules,
  FilterRules,
  Verdict,
} from "../names/filter_rules.ts";
import { type CopiedDirectory, openDirectory } from "./directory_loops.ts";
import type { DirectoryEntry, FileSystem, Listing } from "./file_system.ts";
import { FileSystemView } from "./file_system_view.ts";

/** Directories that are searched at once for an included entry. */
const SEARCHED_AT_ONCE = 16;

/** Entry of a listing, and what the rules say of it. */
interface JudgedEntry {
  readonly entry: DirectoryEntry;
  readonly path: string;
  readonly verdict: Verdict;
}

/** Settings of a filtered view. */
export interface FilterOptions {
  readonly rules: FilterRules;
  /** Directories that are copied: the rules are for what is in them. */
  readonly roots: readonly string[];
  /** True where a link to a directory is no directory, since links stay links. */
  readonly keepsLinks: boolean;
  /**
   * Tells an entry that whoever lists will look at: the others may be listed without
   * a verdict. Absent where all are looked at.
   */
  readonly concerns?: (entry: DirectoryEntry) => boolean;
  /** Told of each entry that is left out of a listing. */
  readonly onExcluded?: (path: string, reason: string) => void;
}

/**
 * View of a file system whose listings leave out what rules exclude. All else can
 * be reached by its path as before. A directory of which nothing is included is
 * left out where only included entries are wanted.
 */
export class FilteredFileSystem extends FileSystemView {
  readonly #options: FilterOptions;
  /** Beginnings of the paths below each root, the longest first. */
  readonly #beginnings: readonly string[];
  /** Results for directories that were searched for an included entry. */
  readonly #empty = new Map<string, Promise<boolean>>();
  readonly #slots = new Slots(SEARCHED_AT_ONCE);
  readonly readWhole: FileSystem["readWhole"];

  constructor(base: FileSystem, options: FilterOptions) {
    super(base);
    this.readWhole = base.readWhole;
    this.#options = options;
    this.#beginnings = options.roots.map((root) => base.join(root, ""))
      .toSorted((one, other) => other.length - one.length);
  }

  override async readdir(path: string): Promise<Listing> {
    const inside = this.#pathInside(path);
    const listing = await this.base.readdir(path);
    if (inside === undefined) return listing;
    const entries = this.#options.rules.isInclusive
      ? this.#wanted(path, inside, listing)
      : this.#chosen(path, inside, listing);
    return {
      [Symbol.asyncIterator]: () => entries,
      [Symbol.dispose]: () => listing[Symbol.dispose](),
    };
  }

  /**
   * Gives the path of a directory below its root; `undefined` where it is in none.
   * A root that lies in another one is a root of its own.
   */
  #pathInside(path: string): string | undefined {
    const whole = this.base.join(path, "");
    const beginning = this.#beginnings.find((each) => whole.startsWith(each));
    return beginning && whole.slice(beginning.length, -1);
  }

  /** Gives the entries that no rule excludes. */
  #chosen(
    path: string,
    inside: string,
    listing: Listing,
  ): AsyncIterator<DirectoryEntry> {
    const { concerns } = this.#options;
    const rules = this.#options.rules.in(inside);
    const entries = listing[Symbol.asyncIterator]();
    // A generator would take some turns more for each entry, measured.
    return {
      next: async () => {
        for (;;) {
          const next = await entries.next();
          if (next.done || concerns?.(next.value) === false) return next;
          const judged = this.#verdictOn(next.value, path, rules);
          const verdict = judged instanceof Promise ? await judged : judged;
          if (verdict.kind !== "excluded") return next;
          this.#leaveOut(path, next.value, verdict.reason);
        }
      },
      return: async () => {
        await entries.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  /** Gives the entries that are included, or in which something is. */
  async *#wanted(
    path: string,
    inside: string,
    listing: Listing,
  ): AsyncGenerator<DirectoryEntry> {
    // All directories that are only entered are searched at once.
    const found: (JudgedEntry & { isEmpty: Promise<boolean> | false })[] = [];
    for await (const judged of this.#judged(path, inside, listing)) {
      const isEmpty = judged.verdict.kind === "entered" &&
        this.#isEmpty(judged.path, undefined);
      found.push({ ...judged, isEmpty });
    }
    for (const { entry, verdict, isEmpty } of found) {
      const reason = verdict.kind === "excluded"
        ? verdict.reason
        : await isEmpty
        ? "nothing in it is included"
        : undefined;
      if (reason === undefined) yield entry;
      else this.#leaveOut(path, entry, reason);
    }
  }

  #leaveOut(path: string, { name }: DirectoryEntry, reason: string): void {
    this.#options.onExcluded?.(this.join(path, name), reason);
  }

  async *#judged(
    path: string,
    inside: string,
    listing: Listing,
  ): AsyncGenerator<JudgedEntry> {
    const rules = this.#options.rules.in(inside);
    for await (const entry of listing) {
      yield {
        entry,
        path: this.join(path, entry.name),
        verdict: await this.#verdictOn(entry, path, rules),
      };
    }
  }

  /** Gives the verdict on an entry, at once where the listing tells its kind. */
  #verdictOn(
    { name, kind, attributes }: DirectoryEntry,
    path: string,
    rules: DirectoryRules,
  ): Verdict | Promise<Verdict> {
    const known = kind ?? attributes?.kind;
    if (known !== undefined) {
      return rules.verdictOn(name, { isDirectory: known === "directory" });
    }
    return this.#isDirectory(path, name)
      .then((isDirectory) => rules.verdictOn(name, { isDirectory }));
  }

  /** Tells a directory where a listing does not tell. */
  async #isDirectory(path: string, name: string): Promise<boolean> {
    const entry = this.join(path, name);
    // What cannot be looked at is left to the copy to report.
    if (this.#options.keepsLinks) {
      const link = await this.base.readlink(entry).catch(asEntryError);
      if (typeof link === "string") return false;
    }
    const found = await this.base.find(entry).catch(asEntryError);
    return !(found instanceof EntryError) && found?.kind === "directory";
  }

  /** Tells whether nothing that is included is in a directory, at any depth. */
  #isEmpty(
    path: string,
    above: CopiedDirectory | undefined,
  ): Promise<boolean> {
    const known = this.#empty.get(path);
    if (known !== undefined) return known;
    // The copy reports a directory that cannot be read.
    const search = this.#search(path, above).catch(notEmpty);
    // It may fail before anybody waits for it.
    search.catch(() => {});
    this.#empty.set(path, search);
    return search;
  }

  async #search(
    path: string,
    above: CopiedDirectory | undefined,
  ): Promise<boolean> {
    const attributes = await this.base.stat(path);
    const directory = await openDirectory(this.base, {
      path,
      attributes,
      above,
    });
    const entered = await this.#slots.use(() => this.#enteredIn(path));
    if (entered === undefined) return false;
    const empty = await Promise.all(
      entered.map((each) => this.#isEmpty(each, directory)),
    );
    return empty.every((each) => each);
  }

  /**
   * Gives the paths of the directories that are only entered; `undefined` where an
   * entry is included.
   */
  async #enteredIn(path: string): Promise<readonly string[] | undefined> {
    const entered: string[] = [];
    using listing = await this.base.readdir(path);
    const inside = this.#pathInside(path)!;
    for await (
      const { path: entry, verdict } of this.#judged(path, inside, listing)
    ) {
      if (verdict.kind === "included") return undefined;
      if (verdict.kind === "entered") entered.push(entry);
    }
    return entered;
  }
}

/** For a `catch`: takes a directory that cannot be searched for one with entries. */
function notEmpty(error: unknown): false {
  asEntryError(error);
  return false;
}

/** Room for some steps at once; the others wait in their order. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async use<T>(step: () => Promise<T>): Promise<T> {
    if (this.#free === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#free--;
    try {
      return await step();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
