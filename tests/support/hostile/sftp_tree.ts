import { type AskedAttributes, Fields } from "./sftp_fields.ts";
import { string, uint32, uint64, unwire, wire } from "../sftp/bytes.ts";
import { type Answer, data, extended, handle, status } from "../sftp/server.ts";
import type { TreeEntry } from "../fixtures/tree.ts";

/** A file or a directory that a server holds. */
export interface HeldEntry {
  readonly kind: "file" | "directory";
  /** A character for each byte; a directory has none. */
  content: string;
  mode: number;
  /** In seconds since 1970 UTC. */
  modified: number;
}

/** Open entry: a file, or a directory and its remaining names. */
interface OpenEntry {
  readonly entry: HeldEntry;
  readonly names: string[];
}

const OK = status(0);
const EOF = status(1);
const MISSING = status(2, "No such file");
const FAILURE = status(4, "Failure");

/** Number of names in one reply: few, so that a directory takes several. */
const NAMES_AT_ONCE = 3;

const CREAT = 0x8;
const TRUNC = 0x10;

/** A tree in memory, and the right answer to each request about it. */
export class HostileSftpTree {
  /** By absolute paths. */
  readonly entries = new Map<string, HeldEntry>();
  readonly #open = new Map<string, OpenEntry>();
  readonly #handleFor: (index: number) => string;
  #opened = 0;

  /**
   * @param entries Directories on the way to them are made, too.
   * @param handleFor The handle of what is opened after so many others.
   */
  constructor(
    entries: readonly TreeEntry[],
    handleFor = (index: number) => `h${index}`,
  ) {
    this.#handleFor = handleFor;
    this.#add("/", { kind: "directory", content: "", mode: 0o755 });
    for (const { path, content = "", mode, modified = 0 } of entries) {
      const kind = path.endsWith("/") ? "directory" : "file";
      const text = typeof content === "string" ? content : unwire(content);
      this.#makeAbove(path);
      this.#add(resolved(path), {
        kind,
        content: text,
        mode: mode ?? (kind === "directory" ? 0o755 : 0o644),
        modified,
      });
    }
  }

  #add(
    path: string,
    { modified = 0, ...entry }: Omit<HeldEntry, "modified"> & {
      modified?: number;
    },
  ): HeldEntry {
    const added = { ...entry, modified };
    this.entries.set(path, added);
    return added;
  }

  #makeAbove(path: string): void {
    for (let above = directoryOf(resolved(path)); !this.entries.has(above);) {
      this.#add(above, { kind: "directory", content: "", mode: 0o755 });
      above = directoryOf(above);
    }
  }

  /** Number of open files and directories. */
  get openCount(): number {
    return this.#open.size;
  }

  /** @param name The draft's name for it, or the extension's own. */
  answer(name: string, body: string): Answer {
    const fields = new Fields(body);
    switch (name) {
      case "OPEN":
        return this.#openFile(resolved(fields.string()), fields);
      case "OPENDIR":
        return this.#openDirectory(resolved(fields.string()));
      case "MKDIR":
        return this.#makeDirectory(
          resolved(fields.string()),
          fields.attributes(),
        );
      case "LSTAT":
      case "STAT":
        return attributesAnswer(this.entries.get(resolved(fields.string())));
      case "SETSTAT":
        return set(
          this.entries.get(resolved(fields.string())),
          fields.attributes(),
        );
      case "REALPATH":
        return namesAnswer([[resolved(fields.string()), uint32(0)]]);
      case "REMOVE":
        return this.entries.delete(resolved(fields.string())) ? OK : MISSING;
      case "limits@openssh.com":
        return extended([0, 0, 0, 0].map(uint64).join(""));
      case "statvfs@openssh.com":
        return extended(Array.from({ length: 11 }, () => uint64(1)).join(""));
      case "CLOSE":
        return this.#open.delete(fields.string()) ? OK : FAILURE;
      default:
        return this.#answerOfOpen(name, fields);
    }
  }

  #openFile(path: string, fields: Fields): Answer {
    const flags = fields.uint32();
    const mayCreate = (flags & CREAT) !== 0;
    const { mode = 0o666 } = fields.attributes();
    const above = this.entries.get(directoryOf(path));
    if (above?.kind !== "directory") return MISSING;
    const found = this.entries.get(path);
    if (found === undefined && !mayCreate) return MISSING;
    if (found?.kind === "directory") return FAILURE;
    const entry = found ?? this.#add(path, { kind: "file", content: "", mode });
    if ((flags & TRUNC) !== 0) entry.content = "";
    return this.#opening({ entry, names: [] });
  }

  #openDirectory(path: string): Answer {
    const entry = this.entries.get(path);
    if (entry === undefined) return MISSING;
    if (entry.kind !== "directory") return FAILURE;
    const names = [...this.entries.keys()]
      .filter((held) => held !== path && directoryOf(held) === path);
    return this.#opening({ entry, names });
  }

  #opening(opened: OpenEntry): Answer {
    const key = this.#handleFor(this.#opened++);
    this.#open.set(key, opened);
    return handle(key);
  }

  #makeDirectory(path: string, { mode = 0o777 }: AskedAttributes): Answer {
    if (this.entries.has(path)) return FAILURE;
    if (this.entries.get(directoryOf(path))?.kind !== "directory") {
      return MISSING;
    }
    this.#add(path, { kind: "directory", content: "", mode });
    return OK;
  }

  #answerOfOpen(name: string, fields: Fields): Answer {
    if (!["READ", "WRITE", "FSTAT", "FSETSTAT", "READDIR"].includes(name)) {
      return status(8);
    }
    const open = this.#open.get(fields.string());
    if (open === undefined) return FAILURE;
    const { entry, names } = open;
    switch (name) {
      case "READ": {
        const [at, length] = [fields.uint64(), fields.uint32()];
        const part = entry.content.slice(at, at + length);
        return part === "" ? EOF : data(part);
      }
      case "WRITE": {
        const at = fields.uint64();
        entry.content = overwritten(entry.content, at, fields.string());
        return OK;
      }
      case "FSTAT":
        return attributesAnswer(entry);
      case "FSETSTAT":
        return set(entry, fields.attributes());
      default: {
        const told = names.splice(0, NAMES_AT_ONCE);
        if (told.length === 0) return EOF;
        return namesAnswer(told.map((path) => [
          nameOf(path),
          attributesText(this.entries.get(path)!),
        ]));
      }
    }
  }
}

function set(
  entry: HeldEntry | undefined,
  { size, mode, modified }: AskedAttributes,
): Answer {
  if (entry === undefined) return MISSING;
  if (size !== undefined) {
    entry.content = entry.content.slice(0, size).padEnd(size, "\0");
  }
  entry.mode = mode ?? entry.mode;
  entry.modified = modified ?? entry.modified;
  return OK;
}

function overwritten(content: string, at: number, part: string): string {
  return content.slice(0, at).padEnd(at, "\0") + part +
    content.slice(at + part.length);
}

/** Without `.`, `..` and doubled slashes; what is relative is below `/`. */
function resolved(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

const KIND_BITS = { file: 0o100000, directory: 0o040000 } as const;

/** Attributes of an entry, on the wire. */
export function attributesText(
  { kind, content, mode, modified }: HeldEntry,
): string {
  return uint32(0x1 | 0x4 | 0x8) + uint64(wire(content).length) +
    uint32(KIND_BITS[kind] | mode) + uint32(modified) + uint32(modified);
}

function attributesAnswer(entry: HeldEntry | undefined): Answer {
  if (entry === undefined) return MISSING;
  return { type: "\x69", body: attributesText(entry) };
}

/** @param entries Names, and what is said of each on the wire. */
export function namesAnswer(
  entries: readonly (readonly [name: string, attributes: string])[],
): Answer {
  const lines = entries.map(([name, attributes]) =>
    string(name) + string(name) + attributes
  );
  return { type: "\x68", body: uint32(entries.length) + lines.join("") };
}
