import { EntryError, entryError } from "../errors.ts";
import type { Attributes, Files } from "../files/files.ts";
import { isNameless } from "../files/names.ts";
import { StoredFile, StoredFolder, type StorePolicy } from "../files/store.ts";
import type { Observer } from "../progress/observer.ts";

/** One end of a transfer: a path in the files that hold it. */
export interface Place {
  readonly files: Files;
  readonly path: string;
}

export interface TransferOptions {
  readonly recursive: boolean;
  /** Take over times too. */
  readonly preserve: boolean;
  readonly store: StorePolicy;
  /**
   * The keys of links that were made, by this transfer and those before it:
   * nothing is written through them.
   */
  readonly madeLinks: Set<string>;
  /** Ends the transfer when aborted: the file at hand is cut and named. */
  readonly interrupted: AbortSignal;
}

/** How much is moved at a time, in bytes. */
const BLOCK_BYTES = 256 * 1024;

/** How long signals may have to wait, in milliseconds. */
const TURN_MILLISECONDS = 50;

/**
 * Copies an entry to a path in the same or in other files: into the folder
 * that is there, else under that very path; what a folder without a name of its
 * own (`.`, `..`) holds goes straight into the target. As with `cp -r`, a
 * symbolic link is copied as a link where folders are copied, else what it
 * names is. An entry that fails is reported to the observer and the rest goes
 * on.
 */
export async function transfer(
  from: Place,
  to: Place,
  { options, observer }: { options: TransferOptions; observer: Observer },
): Promise<void> {
  await new Transfer(from.files, to.files, options, observer)
    .copyInto(from.path, to.path);
}

class Transfer {
  readonly #from: Files;
  readonly #to: Files;
  readonly #options: TransferOptions;
  readonly #observer: Observer;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #lastTurn = performance.now();

  constructor(
    from: Files,
    to: Files,
    options: TransferOptions,
    observer: Observer,
  ) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#observer = observer;
  }

  async copyInto(source: string, target: string): Promise<void> {
    await this.#orReport(async () => {
      const found = await this.#to.find(target);
      const name = this.#from.nameOf(source);
      const goesInside = found?.kind === "folder" && !isNameless(name);
      await this.#copy(
        source,
        goesInside ? this.#to.join(target, name) : target,
      );
    });
  }

  async #copy(source: string, target: string): Promise<void> {
    const { recursive, interrupted } = this.#options;
    if (interrupted.aborted) return;
    const link = recursive ? await this.#from.readLink(source) : undefined;
    this.#observer.explained(() => `Copying: ${source} to ${target}`);
    if (link !== undefined) return await this.#copyLink(source, target, link);
    if (await this.#isMadeLink(target)) {
      throw new EntryError(`${source}: ${target} is a link that was just made`);
    }
    const attributes = await this.#from.attributes(source);
    if (attributes.kind === "file") {
      return await this.#copyFile(source, target, attributes);
    }
    if (attributes.kind !== "folder" || !recursive) {
      throw new EntryError(`${source}: not a regular file`);
    }
    await this.#copyFolder(source, target, attributes);
  }

  async #copyLink(
    source: string,
    target: string,
    destination: string,
  ): Promise<void> {
    const named = await this.#from.find(source);
    const replacesNamed = named !== undefined &&
      await this.#to.find(target) !== undefined &&
      await this.#to.readLink(target) === undefined;
    if (replacesNamed) await this.#checkDifferent(source, target, named);
    await this.#to.makeLink(target, destination);
    this.#options.madeLinks.add(linkKey(target));
  }

  async #isMadeLink(path: string): Promise<boolean> {
    return this.#options.madeLinks.has(linkKey(path)) &&
      await this.#to.readLink(path) !== undefined;
  }

  /** @throws {EntryError} If what would be replaced is what is copied. */
  async #checkDifferent(
    source: string,
    target: string,
    { identity }: Attributes,
  ): Promise<void> {
    if (this.#from !== this.#to || identity === undefined) return;
    if ((await this.#to.find(target))?.identity === identity) {
      throw new EntryError(`${source}: ${target} is the same file`);
    }
  }

  async #copyFile(
    source: string,
    target: string,
    attributes: Attributes,
  ): Promise<void> {
    await this.#checkDifferent(source, target, attributes);
    const { preserve, store } = this.#options;
    using input = await this.#from.openToRead(source);
    using stored = await StoredFile.open(
      this.#to,
      target,
      attributes.mode,
      store,
    );
    let size = 0;
    try {
      for (let count; (count = await input.read(this.#block)) > 0;) {
        await stored.file.write(this.#block.subarray(0, count));
        size += count;
        await this.#letOthersRun();
        if (this.#options.interrupted.aborted) {
          throw new EntryError(`${target}: interrupted after ${size} bytes`);
        }
      }
    } catch (error) {
      await stored.abandon(size);
      throw error;
    }
    const failure = await stored.finish(
      size,
      preserve ? attributes : undefined,
    );
    if (failure !== undefined) throw failure;
  }

  async #copyFolder(
    source: string,
    target: string,
    attributes: Attributes,
  ): Promise<void> {
    const { preserve, store } = this.#options;
    const names = await this.#from.list(source);
    const folder = await StoredFolder.enter(
      this.#to,
      target,
      attributes.mode,
      store,
    );
    if (await this.#isInside(target, attributes)) {
      throw new EntryError(`${source}: cannot copy a folder into itself`);
    }
    for await (const name of names) {
      await this.#orReport(() =>
        this.#copy(this.#from.join(source, name), this.#to.join(target, name))
      );
    }
    const failure = await folder.leave(preserve ? attributes : undefined);
    if (failure !== undefined) throw failure;
  }

  /** Whether a folder that is filled is `outer`, or in it at any depth. */
  async #isInside(folder: string, { identity }: Attributes): Promise<boolean> {
    if (this.#from !== this.#to || identity === undefined) return false;
    let below: string | undefined;
    for (let path = folder;; path = this.#to.join(path, "..")) {
      const here = (await this.#to.attributes(path)).identity;
      if (here === identity) return true;
      if (here === below) return false;
      below = here;
    }
  }

  /** Files that never make us wait would keep every signal out. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#lastTurn = performance.now();
  }

  async #orReport(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#observer.failed(entryError(error).message);
    }
  }
}

/** The same for paths that some disk may take for the same. */
function linkKey(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
