import type { Channel } from "../channel/channel.ts";
import {
  asEntryError,
  EntryError,
  ProtocolError,
  withName,
} from "../errors.ts";
import type {
  Attributes,
  DirectoryEntry,
  FileSystem,
} from "../filesystem/file_system.ts";
import { isDotName, withoutTrailingSlashes } from "../names/names.ts";
import { checkLoop } from "../filesystem/directory_loops.ts";
import { isOwnCopy } from "../filesystem/own_copy.ts";
import type { Observer } from "../events/copy_event.ts";
import { warnIfEncoded } from "./announcements.ts";
import { FileSender } from "./file_sender.ts";
import { RECORD_MODE_BITS } from "./wire/records.ts";
import type { Reconnect } from "./reconnect.ts";
import { type Layout, NestedLayout } from "./layout.ts";
import { ScpPeer } from "./peer.ts";
import {
  type Announcement,
  directoryOf,
  isRefused,
  type SentDirectory,
  type Step,
  unsure,
} from "./sent_entry.ts";
import { type Mode, SinkLostError, SinkSession } from "./sink_session.ts";
import { ONE_AT_A_TIME } from "./stall.ts";

/** Options of a source, for all that it sends. */
export interface SourceOptions {
  /** Send directories with their content. */
  readonly recursive: boolean;
  /** Send times too. */
  readonly preserve: boolean;
  /**
   * Record of a directory without a name of its own (`.`, `..`, `/`). `content`:
   * none, only the content is sent. `announced`: as scp -f sends it. Else under
   * this name.
   */
  readonly dotPaths: "content" | "announced" | { readonly name: string };
  /** Wait for the reply to each record and each body before the next step. */
  readonly lockstep: boolean;
  /**
   * Present for a client, whose user sees its reports: in lockstep it does not
   * warn the sink of failures as well. A sink that takes one message from each
   * packet would lose the next one.
   */
  readonly isClient?: true;
  /** Mode bits that are sent; absent: all that a record carries. */
  readonly modeBits?: number;
  /** Name that a directory may get by a target that was not there. */
  readonly targetName?: string;
}

/**
 * The sending side of the SCP protocol: walks files and directories, and reports
 * those that cannot be sent.
 *
 * The walk makes steps, each of which says all that a sink has to know. A session
 * takes them one by one. Where its sink is lost, the next session takes those that
 * have no reply, and then goes on. A session is in one mode for good:
 *
 *     speculating -- refusal --> waiting
 *     speculating, waiting -- messages dropped --> lockstep
 *
 * In lockstep nothing is lost but the connection, so there are three sessions at
 * most.
 */
export class Source {
  readonly #files: FileSystem;
  readonly #options: SourceOptions;
  readonly #observer: Observer;
  /** Names of directories that the copy itself may make at its top. */
  readonly #ownWork = { began: Date.now(), names: new Set<string>() };
  #session: SinkSession;
  #sender: FileSender;
  /** Present while the source may reconnect. */
  #reconnect: Reconnect | undefined;
  #layout: Layout = new NestedLayout();

  constructor(
    channel: Channel,
    files: FileSystem,
    options: SourceOptions,
    observer: Observer,
  ) {
    this.#files = files;
    this.#options = options;
    const { lockstep, targetName } = options;
    if (targetName !== undefined) this.#ownWork.names.add(targetName);
    this.#observer = observer;
    this.#session = this.#sessionWith(
      new ScpPeer(channel),
      lockstep ? "lockstep" : "waiting",
    );
    this.#sender = this.#newSender();
  }

  #sessionWith(peer: ScpPeer, mode: Mode): SinkSession {
    const { preserve, modeBits = RECORD_MODE_BITS } = this.#options;
    const layout = this.#layout;
    return new SinkSession(
      peer,
      { mode, layout, preserve, modeBits },
      this.#observer,
    );
  }

  #newSender(): FileSender {
    return new FileSender(this.#files, this.#session, this.#observer);
  }

  /**
   * Waits for the sink to be ready. Resolves to its words if it refuses its
   * target instead.
   *
   * @throws {UnexpectedOutputError} If something else is said.
   * @throws {ProtocolError} If it gives up.
   * @throws {SessionError} If it ends.
   */
  async begin(): Promise<string | undefined> {
    return await this.#session.begin();
  }

  /**
   * From now on, has the source reconnect where the sink is lost.
   *
   * @param reconnect Called twice at most: where a speculation is refused, and
   * where a sink takes one message at a time.
   */
  reconnectBy(reconnect: Reconnect): void {
    this.#reconnect = reconnect;
  }

  /**
   * Does the same, and lets bodies leave before their records are acknowledged
   * where a refusal only loses the sink. Nothing may have been sent yet.
   *
   * @param layout Layout of the target's directories, as long as the sink is the
   * first one.
   */
  speculateBy(reconnect: Reconnect, layout = this.#layout): void {
    this.reconnectBy(reconnect);
    if (this.#session.isLockstep) return;
    this.#layout = layout;
    this.#session = this.#sessionWith(this.#session.peer, "speculating");
    this.#sender = this.#newSender();
  }

  /**
   * Sends a file, or a directory with its content. An entry that cannot be sent
   * is reported to the sink and to the observer, and the rest goes on. An entry
   * whose replies are pending may still be refused: `end` waits for that.
   *
   * @throws {UnexpectedOutputError} If the first reply is nonsense.
   * @throws {ProtocolError} If the sink gives up or replies nonsense later.
   * @throws {SessionError} If the connection is lost.
   */
  async send(path: string): Promise<void> {
    const given = withoutTrailingSlashes(path);
    const entry = { path: given, name: this.#files.nameOf(given) };
    await this.#sendEntry(entry, undefined);
    await this.#take({ kind: "directory", directory: undefined });
  }

  /** Waits for the replies to all that was sent; throws as `send`. */
  async end(): Promise<void> {
    await this.#take({ kind: "end" });
  }

  /**
   * Has the sink take a step, and another sink where that one is lost. An entry
   * that cannot be sent is reported.
   */
  async #take(step: Step): Promise<void> {
    let steps = [step];
    let lost: SinkLostError | undefined;
    for (let next; (next = steps[0]) !== undefined;) {
      try {
        if (lost !== undefined) await this.#replaceSink(lost, steps);
        lost = undefined;
        await this.#takeNext(next);
        steps.shift();
      } catch (error) {
        if (error instanceof SinkLostError) {
          lost = error;
          steps = error.stepsLeft(steps);
        } else if (next.kind === "file") {
          steps.shift();
          await this.#fail(next.path, asEntryError(error));
        } else throw error;
      }
    }
  }

  async #takeNext(step: Step): Promise<void> {
    if (isRefused(step)) return;
    const session = this.#session;
    switch (step.kind) {
      case "warning":
        return await session.warn(step);
      case "directory":
        await session.goTo(step.directory);
        return;
      case "file":
        if (await session.goTo(step.directory)) await this.#sender.send(step);
        return;
      case "end":
        await session.goTo(undefined);
        return await session.awaitReplies();
      default:
        return step satisfies never;
    }
  }

  /**
   * Begins a session with another sink, and has it go where the first of some steps
   * leads.
   */
  async #replaceSink(
    { why }: SinkLostError,
    steps: readonly Step[],
  ): Promise<void> {
    const lost = steps.flatMap((step) => step.kind === "file" ? step.path : []);
    try {
      if (this.#reconnect === undefined) throw new ProtocolError(ONE_AT_A_TIME);
      const isInside = steps.some((step) => isTaken(directoryOf(step)));
      const { channel, outermost } = await this.#reconnect(isInside);
      this.#layout = new NestedLayout(outermost);
      if (why === "stalled") {
        this.#reconnect = undefined;
        this.#observer.report({
          kind: "verbose",
          message: () => `${ONE_AT_A_TIME}: going on in lockstep`,
        });
      }
      this.#session = this.#sessionWith(
        new ScpPeer(channel, { mayHearShell: false }),
        why === "stalled" ? "lockstep" : "waiting",
      );
      this.#sender = this.#newSender();
      const refusal = await this.begin();
      if (refusal !== undefined) throw new ProtocolError(refusal);
      const [first] = steps;
      if (first !== undefined) await this.#session.goTo(directoryOf(first));
    } catch (error) {
      throw lost.length === 0 ? error : withName(unsure(lost), error);
    }
  }

  async #sendEntry(
    { path, name }: FoundEntry,
    above: SentDirectory | undefined,
  ): Promise<void> {
    try {
      const attributes = await this.#files.stat(path);
      if (attributes.kind === "file") {
        return await this.#take({
          kind: "file",
          path,
          name,
          accessed: attributes.accessed,
          directory: above,
        });
      }
      if (attributes.kind !== "directory" || !this.#options.recursive) {
        throw new EntryError(`${path}: not a regular file`);
      }
      await this.#sendDirectory({ path, name }, attributes, above);
    } catch (error) {
      await this.#fail(path, asEntryError(error));
    }
  }

  async #fail(path: string, { message }: EntryError): Promise<void> {
    const isKept = this.#options.isClient && this.#session.isLockstep;
    if (!isKept) {
      await this.#take({ kind: "warning", path, text: `scp: ${message}` });
    }
    this.#observer.report({ kind: "failure", message });
  }

  async #sendDirectory(
    { path, name }: FoundEntry,
    attributes: Attributes,
    above: SentDirectory | undefined,
  ): Promise<void> {
    const { mode, identity, born } = attributes;
    checkLoop({ path, identity, above });
    if (above === undefined) this.#ownWork.names.add(name);
    else if (isOwnCopy({ name, born }, this.#ownWork)) {
      throw new EntryError(`${path}: cannot copy a directory into itself`);
    }
    const entries = await this.#files.readdir(path);
    const announcement = this.#announcementOf(path, name, attributes);
    if (announcement !== undefined) {
      warnIfEncoded(announcement, this.#observer);
    }
    const directory: SentDirectory = {
      path,
      identity,
      above,
      announcement,
      canReopen: above?.canReopen !== false && (mode & 0o700) === 0o700,
    };
    const step: Step = { kind: "directory", directory };
    await this.#take(step);
    if (!isRefused(step)) await this.#sendEntries(entries, directory);
  }

  /** Gives the announcement of a directory; `undefined` if it gets none. */
  #announcementOf(
    path: string,
    name: string,
    attributes: Attributes,
  ): Announcement | undefined {
    const sent = this.#sentName(name);
    if (sent === undefined) return undefined;
    const { mode } = attributes;
    const record = { kind: "directory", mode, name: sent } as const;
    return { path, record, times: attributes };
  }

  /** Gives the name of a directory's record; `undefined` if it gets none. */
  #sentName(name: string): string | undefined {
    const { dotPaths } = this.#options;
    if (!isDotName(name)) return name;
    if (dotPaths === "content") return undefined;
    if (dotPaths === "announced") return name === "/" ? "" : name;
    return dotPaths.name;
  }

  async #sendEntries(
    entries: AsyncIterable<DirectoryEntry>,
    directory: SentDirectory,
  ): Promise<void> {
    const { path } = directory;
    try {
      for await (const { name } of entries) {
        const entry = { path: this.#files.join(path, name), name };
        await this.#sendEntry(entry, directory);
      }
    } catch (error) {
      await this.#fail(path, asEntryError(error));
    }
  }
}

/** Entry that the walk has found. */
interface FoundEntry {
  readonly path: string;
  readonly name: string;
}

/** Tells a directory that a sink took, or that lies in one. */
function isTaken(directory: SentDirectory | undefined): boolean {
  return directory !== undefined &&
    (directory.reply === "taken" || isTaken(directory.above));
}
