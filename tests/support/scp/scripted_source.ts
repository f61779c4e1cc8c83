import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import type { Reconnection } from "../../../lib/scp/reconnect.ts";
import { Source, type SourceOptions } from "../../../lib/scp/source.ts";
import { RecordingObserver } from "../recording_observer.ts";
import type { ScriptedPeer } from "./scripted_peer.ts";
import { SortedFileSystem } from "../file_systems/sorted_file_system.ts";

/** Time at which a scripted source sends, in seconds since 1970. */
const NOW = 1_000_000_000;

/** Guard before the end of a directory: times for no entry. */
export const GUARD = `T${NOW} 0 ${NOW} 0\n`;

export interface Sending extends Partial<SourceOptions> {
  readonly files?: FileSystem;
  /**
   * Reconnection after the loss of the first sink, or the reason why there is
   * none. Without it, the source does not speculate.
   */
  readonly next?: Reconnection | Error;
}

/** A source that sends to a scripted sink, and its reports. */
export class ScriptedSource {
  readonly observer = new RecordingObserver();
  /** Number of reconnects. */
  reconnects = 0;
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

  /** Sends paths to a sink that is ready, and waits for all replies. */
  async send(...paths: readonly string[]): Promise<void> {
    using _clock = stub(Date, "now", () => NOW * 1000);
    assertEquals(await this.#source.begin(), undefined);
    const next = this.#next;
    if (next !== undefined) {
      this.#source.speculateBy(async () => {
        this.reconnects++;
        if (next instanceof Error) throw next;
        return next;
      });
    }
    for (const path of paths) await this.#source.send(path);
    await this.#source.end();
  }
}
