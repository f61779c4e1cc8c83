import type { Attributes, OpenFile, Times } from "./file_system.ts";

/** Attributes of a directory that would be made. */
const DIRECTORY: Attributes = {
  kind: "directory",
  size: 0,
  mode: 0o700,
  modified: 0,
  accessed: 0,
};

/**
 * Entries at a target that a dry run would have made or changed so far, by their
 * paths. Its later entries find them there, as those of the real run would.
 */
export class PlannedEntries {
  /** Attributes of files and directories, texts of links. */
  readonly #entries = new Map<string, Attributes | string>();

  /** Gives the attributes of a file or directory. */
  find(path: string): Attributes | undefined {
    const entry = this.#entries.get(path);
    return typeof entry === "string" ? undefined : entry;
  }

  /** Gives the text of a link. */
  textOf(path: string): string | undefined {
    const entry = this.#entries.get(path);
    return typeof entry === "string" ? entry : undefined;
  }

  /** True where something would be at a path. */
  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** True where a new directory would be at a path, with nothing else in it. */
  hasDirectory(path: string): boolean {
    return this.#entries.get(path) === DIRECTORY;
  }

  addDirectory(path: string): void {
    this.#entries.set(path, DIRECTORY);
  }

  addLink(path: string, text: string): void {
    this.#entries.set(path, text);
  }

  /**
   * Adds a file, which gets its attributes as it is written.
   *
   * @param replaced Entry that it takes the place of.
   */
  addFile(path: string, replaced?: Attributes): OpenFile {
    const now = Date.now();
    const attributes: Attributes = {
      ...(replaced ?? { mode: 0o600, size: 0 }),
      kind: "file",
      modified: now,
      accessed: now,
    };
    this.#entries.set(path, attributes);
    return new PlannedFile(attributes, (changed) => {
      this.#entries.set(path, changed);
    });
  }

  /** Puts an entry in the place of another one. */
  move(from: string, path: string): void {
    const entry = this.#entries.get(from);
    this.#entries.delete(from);
    if (entry !== undefined) this.#entries.set(path, entry);
  }

  remove(path: string): void {
    this.#entries.delete(path);
  }
}

/** File that takes everything and keeps its attributes alone. */
class PlannedFile implements OpenFile {
  readonly #onChange: (attributes: Attributes) => void;
  #attributes: Attributes;

  constructor(
    attributes: Attributes,
    onChange: (attributes: Attributes) => void,
  ) {
    this.#attributes = attributes;
    this.#onChange = onChange;
  }

  async stat(): Promise<Attributes> {
    return this.#attributes;
  }

  /** Gives nothing: what is not there has no identity. */
  async identify(): Promise<undefined> {}

  async read(): Promise<number> {
    return 0;
  }

  async write(): Promise<void> {}

  async truncate(size: number): Promise<void> {
    this.#change({ size });
  }

  async setMode(mode: number): Promise<void> {
    this.#change({ mode });
  }

  async setTimes({ modified, accessed }: Times): Promise<void> {
    this.#change({ modified, accessed });
  }

  #change(changed: Partial<Attributes>): void {
    this.#attributes = { ...this.#attributes, ...changed };
    this.#onChange(this.#attributes);
  }

  async close(): Promise<void> {}

  [Symbol.dispose](): void {}
}
