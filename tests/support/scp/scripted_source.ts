import { assertEquals } from "@std/assert";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import type { Reconnection } from "../../../lib/scp/reconnect.ts";
import { Source, type SourceOptions } from "../../../lib/scp/source.ts";
import { RecordingObserver } from "../recording_observer.ts";
import type { ScriptedPeer } from "./scripted_peer.ts";
import { SortedFileSystem } from "../file_systems/sorted_file_system.ts";

/** When a scripted source sends, in seconds since 1970. */
const NOW = 1_000_000_000;

/** Times that stand before the end of a directory and are for nothing. */
export const GUARD = `T${NOW} 0 ${NOW} 0\n`;

/** Has the clock stand still. */
class StoppedClock implements Disposable {
  readonly #now = Date.now;

  constructor(seconds: number) {
    Date.now = () => seconds * 1000;
  }

  [Symbol.dispose](): void {
    Date.now = this.#now;
  }
}

export interface Sending extends Partial<SourceOptions> {
  readonly files?: FileSystem;
  /**
   * What takes the place of the first dialogue where it is lost: another one,
   * or why there is none. Without it, nothing goes ahead of its record's answer.
   */
  readonly next?: Reconnection | Error;
}

/** A source that runs ahead of a scripted sink, and what it told. */
export class ScriptedSource {
  readonly observer = new RecordingObserver();
  /** How often another dialogue was begun. */
  restarts = 0;
  readonly #source: Source;
  readonly #next: Reconnection | Error | undefined;

  constructor(
    peer: ScriptedPeer,
    { files = new SortedFileSystem(), next, ...options }: Sending = {},
  ) {
    this.#next = next;
    this.#source = new Source(peer, files, {
      recursive: true,
      preserve: false,
      dotPaths: "content",
      lockstep: false,
      ...options,
    }, this.observer);
  }

  /** Sends paths to a sink that is ready, and hears all that it answers. */
  async send(...paths: readonly string[]): Promise<void> {
    using _clock = new StoppedClock(NOW);
    assertEquals(await this.#source.begin(), undefined);
    const next = this.#next;
    if (next !== undefined) {
      this.#source.speculateBy(async () => {
        this.restarts++;
        if (next instanceof Error) throw next;
        return next;
      });
    }
    for (const path of paths) await this.#source.send(path);
    await this.#source.end();
  }
}
