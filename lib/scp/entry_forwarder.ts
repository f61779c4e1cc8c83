import { SessionError, withName } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { type FileProgress, startFile } from "../events/file_progress.ts";
import { shortened } from "../names/printable.ts";
import type { EntryReader, EntryReceiver, Received } from "./entry_reader.ts";
import { type EntryRules, isContent } from "./entry_rules.ts";
import type { RelayTarget } from "./relay_target.ts";
import {
  type DirectoryRecord,
  type FileRecord,
  sendingFailure,
  type TimesRecord,
} from "./wire/records.ts";

/** Options for forwarding entries. */
export interface EntryForwarderOptions {
  /** Rules for the source's entries; the target has rules of its own. */
  readonly rules: EntryRules;
  /**
   * Name under which an entry at the top is forwarded. Absent: its own; where the
   * rules are for content, only that is forwarded.
   */
  readonly topName?: string;
}

/** Directory that the source is in, by its name at the target. */
interface ForwardedDirectory {
  readonly name: string;
  /** Path from the top on. */
  readonly path: string;
  /** False where the target sees only its content. */
  readonly isForwarded: boolean;
}

/** Longest body that may come in vain, if the sink refuses it, in bytes. */
const SMALL_BYTES = 64 * 1024;

/**
 * Forwards a source's entries to a sink, each record parsed and formatted again.
 * So that both hosts work at once, a small file is acknowledged as it comes, and
 * its body is dropped if the sink refuses it.
 */
export class EntryForwarder implements EntryReceiver {
  readonly #reader: EntryReader;
  readonly #target: RelayTarget;
  readonly #options: EntryForwarderOptions;
  readonly #observer: Observer;
  /** Directories that the source is in, from the top. */
  readonly #directories: ForwardedDirectory[] = [];
  /** True once a name was warned of. */
  #hasWarned = false;

  constructor(
    reader: EntryReader,
    target: RelayTarget,
    options: EntryForwarderOptions,
    observer: Observer,
  ) {
    this.#reader = reader;
    this.#target = target;
    this.#options = options;
    this.#observer = observer;
  }

  /** Path of the directory that the source is in; absent at the top. */
  get directory(): Pick<Received, "endedInside"> {
    const path = this.#directories.at(-1)?.path;
    return path === undefined ? {} : { endedInside: path };
  }

  /** Gives the path of an entry of the directory that the source is in. */
  #pathOf(name: string): string {
    const above = this.#directories.at(-1)?.path;
    return above === undefined ? name : `${above}/${name}`;
  }

  /**
   * Forwards times before their entry comes: some sinks take one message from
   * each packet.
   */
  async takeTimes(record: TimesRecord): Promise<void> {
    await this.#reader.peer.channel.flush();
    if (!this.#isOuter) await this.#target.sendTimes(record);
  }

  async takeDirectory(announced: DirectoryRecord): Promise<void> {
    if (await this.#isUnsendable(announced)) return;
    if (this.#isOuter) {
      this.#directories.push({ name: ".", path: ".", isForwarded: false });
      return await this.#reader.acknowledgeDirectory();
    }
    const record = this.#renamed(announced);
    // Once a directory is made, to send it again would put it into itself.
    this.#target.peer.confirm();
    const { name } = record;
    const path = this.#pathOf(name);
    const refusal = await this.#target.offer(record, path);
    if (refusal !== undefined) return await this.#forwardRefusal(refusal);
    this.#directories.push({ name, path, isForwarded: true });
    await this.#reader.acknowledgeDirectory();
  }

  async leaveDirectory(): Promise<void> {
    const { name, path, isForwarded } = this.#directories.pop()!;
    await this.#acknowledge();
    if (isForwarded) await this.#target.endDirectory(name, path);
  }

  async takeFile(record: FileRecord): Promise<void> {
    if (await this.#isUnsendable(record)) return;
    const isSmall = record.size <= SMALL_BYTES;
    if (isSmall) await this.#acknowledge();
    const path = this.#pathOf(record.name);
    const refusal = await this.#target.offer(record, path);
    const isTaken = refusal === undefined;
    if (!isSmall && !isTaken) return await this.#forwardRefusal(refusal);
    if (!isSmall) await this.#reader.acknowledge();
    const { name, size } = record;
    const progress = startFile(this.#observer, { name, path, size });
    try {
      await this.#forwardBody(record, isTaken ? progress : undefined);
      const warning = await this.#readVerdict(record, path);
      if (isTaken) {
        await this.#target.endBody({ name, path, progress, warning });
      } else progress.settled("failed");
    } finally {
      progress.finished();
    }
  }

  /** True where the next directory is one of which only the content is sent. */
  get #isOuter(): boolean {
    const { rules, topName } = this.#options;
    return topName === undefined && isContent(this.#reader, rules);
  }

  /** Refuses an entry whose record would be too long; tells if it was. */
  async #isUnsendable(record: FileRecord | DirectoryRecord): Promise<boolean> {
    this.#warnOfPath(record);
    const failure = sendingFailure(record);
    if (failure === undefined) return false;
    const { message } = failure;
    const path = this.#pathOf(record.name);
    this.#observer.report({ kind: "failure", message, path });
    await this.#reader.refuse(message);
    return true;
  }

  /** Warns once of a name that a Windows server would take for a path. */
  #warnOfPath({ name }: FileRecord | DirectoryRecord): void {
    if (this.#hasWarned || !/[\\:]/.test(name)) return;
    this.#hasWarned = true;
    this.#observer.report({
      kind: "warning",
      message:
        `${this.#target.host}: ${shortened(name)}: a Windows server would ` +
        "take such a name for a path",
    });
  }

  /** Gives a record under the name that it is forwarded with. */
  #renamed(record: DirectoryRecord): DirectoryRecord {
    const { topName } = this.#options;
    const isRenamed = this.#reader.depth === 0 && topName !== undefined;
    return isRenamed ? { ...record, name: topName } : record;
  }

  /**
   * Forwards a file's body.
   *
   * @param progress Absent where the target refused the file: then the body is
   * dropped.
   * @throws {SessionError} If the connection to either host is lost.
   */
  async #forwardBody(
    { name, size }: FileRecord,
    progress: FileProgress | undefined,
  ): Promise<void> {
    const { channel } = this.#reader.peer;
    let passed = 0;
    let written = Promise.resolve();
    while (passed < size) {
      const part = await channel.read(
        Math.min(size - passed, channel.blockBytes),
      );
      const lost = () =>
        new SessionError(
          `${name}: lost connection after ${passed} of ${size} bytes`,
        );
      if (part.length === 0) throw lost();
      await this.#target.written(written, lost);
      passed += part.length;
      if (progress === undefined) continue;
      progress.moved(part.length);
      // The next part is read while this one leaves.
      written = this.#target.peer.channel.write(part);
      written.catch(() => {});
    }
    await this.#target.written(
      written,
      () => new SessionError(`${name}: lost connection`),
    );
  }

  /** Acknowledges the source's verdict on a body; gives its warning. */
  async #readVerdict(
    { name }: FileRecord,
    path: string,
  ): Promise<string | undefined> {
    const warning = await this.#reader.readVerdict(path)
      .catch((error) => Promise.reject(withName(name, error)));
    await this.#acknowledge();
    return warning;
  }

  /** Forwards the target's refusal of an entry. */
  async #forwardRefusal(text: string): Promise<void> {
    await this.#reader.peer.send({ kind: "warning", text });
  }

  async #acknowledge(): Promise<void> {
    await this.#reader.acknowledge();
    await this.#reader.peer.channel.flush();
  }
}
