import { EntryError } from "../errors.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { NEW_DIRECTORY_MODE } from "../filesystem/made_directories.ts";
import { isDotName, keyOf } from "../names/names.ts";
import { NameCollisions } from "../filesystem/name_collisions.ts";
import type { Observer } from "../events/copy_event.ts";
import type { Scan } from "../events/total_count.ts";
import { besideScan, scanTrees } from "./scan_trees.ts";
import { TransferRun } from "./transfer_run.ts";
import type { Destination } from "./destination.ts";
import type { TransferOptions } from "./options.ts";
import { OwnDirectories } from "./own_directories.ts";
import { WaitGroup } from "./wait_group.ts";
import { type SourceEntry, TreeCopier } from "./tree_copier.ts";

/** Entries to copy, and the file system that holds them. */
export interface Sources {
  readonly files: FileSystem;
  /**
   * The same for a scan beside the copy, where `files` tells what it leaves out;
   * absent where that is nothing.
   */
  readonly scanned?: FileSystem;
  readonly entries: readonly SourceEntry[];
}

/** Target of a copy: a path in a file system. */
export interface Target {
  readonly files: FileSystem;
  readonly path: string;
  /** Refuse a target that is no directory. */
  readonly mustBeDirectory: boolean;
  /** Make one that has to be a directory and is missing. */
  readonly makesDirectory?: boolean;
  /**
   * Names that the job's other copies put into this very target; absent where
   * there are no others.
   */
  readonly among?: NameCollisions;
}

/**
 * Copies entries, with all that is in them, to a path in the same or in another
 * file system. Where the path is a directory they go into it; else the first entry
 * gets that very path. The content of a directory without a name of its own (`.`,
 * `..`) goes straight into the target, which keeps its mode and times if it was
 * there. As many entries are in flight at once as the file systems take.
 *
 * An entry that fails is reported to the observer, in the order of the copy, and
 * the others are copied.
 *
 * @throws {EntryError} If the target is none for any source.
 * @throws {ProtocolError} If a server broke its protocol. What arrived whole
 * before stays; each file that was in flight is named.
 * @throws {SessionError} If a connection is lost; the same.
 */
export async function copyTree(
  sources: Sources,
  target: Target,
  { options, observer, scan }: {
    options: TransferOptions;
    observer: Observer;
    /** Counts what is to be copied, beside the copy; absent where nobody asks. */
    scan?: Scan | undefined;
  },
): Promise<void> {
  const transfer = new TreeTransfer(sources, target, options, observer);
  if (scan === undefined) return await transfer.run();
  await besideScan((over) => transfer.scan(scan, over), () => transfer.run());
}

class TreeTransfer {
  readonly #sources: Sources;
  readonly #target: Target;
  readonly #options: TransferOptions;
  readonly #run: TransferRun;
  readonly #trees: TreeCopier;

  constructor(
    sources: Sources,
    target: Target,
    options: TransferOptions,
    observer: Observer,
  ) {
    const { files: from } = sources;
    const { files: to } = target;
    this.#sources = sources;
    this.#target = target;
    this.#options = options;
    const { interrupted } = options;
    const { concurrency: one } = from;
    const { concurrency: other } = to;
    const steps = {
      get size() {
        // From one server to another, each of them has a half of the entries at a time.
        return Math.min(one.entries + other.entries, this.most);
      },
      get most() {
        return Math.max(
          one.mostEntries ?? one.entries,
          other.mostEntries ?? other.entries,
        );
      },
    };
    this.#run = new TransferRun(steps, { observer, interrupted });
    const names = new Set(sources.entries.map((entry) => nameOf(entry, from)));
    names.add(to.nameOf(target.path));
    this.#trees = new TreeCopier(from, to, options, {
      run: this.#run,
      ownDirectories: new OwnDirectories(from, to, {
        began: options.memory?.began ?? Date.now(),
        names,
      }),
    });
  }

  /** Counts what is to be copied. */
  async scan(scan: Scan, over: AbortSignal): Promise<void> {
    const { files, scanned = files, entries } = this.#sources;
    const { recursive, links, memory } = this.#options;
    await scanTrees(scanned, entries, {
      recursive,
      keepsLinks: links !== "followed",
      scan: memory?.scanFor(scan) ?? scan,
      over,
      list: (name, open) => this.#run.open.list(name, open),
    });
  }

  async run(): Promise<void> {
    const { files, entries } = this.#sources;
    const { files: to, path, among = new NameCollisions(to, path) } =
      this.#target;
    await this.#options.memory?.removeLeft(to);
    const { isDirectory, destination } = await this.#look();
    const pending = new WaitGroup();
    for (const [index, entry] of entries.entries()) {
      await this.#run.runOrReport(async () => {
        const name = nameOf(entry, files);
        const goesInside = isDirectory && !isDotName(name);
        if (!isDirectory && index > 0) {
          throw new EntryError(
            `${to.label}${path}: Not a directory: ` +
              `no place for ${name}`,
          );
        }
        await this.#trees.copy(
          entry,
          goesInside
            ? this.#trees.inside(destination, name, { isNew: false, among })
            : destination,
          { above: undefined, pending },
        );
      }, this.#trees.nameOf({ source: entry.path, target: path }));
    }
    pending.done();
    await pending.wait();
    await this.#run.end();
    await this.#options.memory?.removeSuspended(to);
  }

  async #look(): Promise<{ isDirectory: boolean; destination: Destination }> {
    const { files, path, mustBeDirectory, makesDirectory } = this.#target;
    let found = await files.find(path);
    if (found === undefined && mustBeDirectory) {
      if (makesDirectory) await files.mkdir(path, NEW_DIRECTORY_MODE);
      found = await files.stat(path);
    }
    const { memory } = this.#options;
    // Where a server tells nothing, the command line decides.
    const isDirectory = memory?.targetWasDirectory ??
      (found?.kind === "directory" ||
        (mustBeDirectory && found?.kind === "unknown"));
    if (memory !== undefined) memory.targetWasDirectory = isDirectory;
    if (mustBeDirectory && !isDirectory) {
      throw new EntryError(`${files.label}${path}: Not a directory`);
    }
    const identity = isDirectory ? await files.identify(path) : undefined;
    return {
      isDirectory,
      destination: {
        path,
        mayExist: true,
        look: { found },
        key: keyOf(identity ?? path),
        depth: 0,
      },
    };
  }
}

/** Gives the name of an entry at the target. */
function nameOf({ path, name }: SourceEntry, files: FileSystem): string {
  return name ?? files.nameOf(path);
}
