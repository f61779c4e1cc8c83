import type {
  CopyEvent,
  MovingFile,
  Observer,
} from "../../lib/events/copy_event.ts";

/** Keeps all that an engine reports. */
export class RecordingObserver implements Observer {
  readonly failures: string[] = [];
  /** Failures of a connection, which are among the failures, too. */
  readonly lostConnections: string[] = [];
  readonly warnings: string[] = [];
  readonly verboseLines: string[] = [];
  /** Standard error of each ssh, part by part. */
  readonly sshOutputs: string[] = [];
  /** Each outcome of a file, as `path outcome`. */
  readonly outcomes: string[] = [];
  /** Path of each failure that has one. */
  readonly failedPaths: string[] = [];
  /** Each body, as `name moved/size`; with a `…` until it finished. */
  readonly bodies: string[] = [];
  readonly #moving = new Map<MovingFile, { index: number; moved: number }>();

  report(event: CopyEvent): void {
    if ("file" in event && !event.file.isWatched) return;
    switch (event.kind) {
      case "failure":
        if (event.isConnection) this.lostConnections.push(event.message);
        if (event.path !== undefined) this.failedPaths.push(event.path);
        this.failures.push(event.message);
        break;
      case "warning":
        this.warnings.push(event.message);
        break;
      case "sshOutput":
        this.sshOutputs.push(event.text);
        break;
      case "verbose":
        this.verboseLines.push(event.message());
        break;
      case "fileStarted": {
        const { name, size } = event.file;
        const index = this.bodies.push(`${name} 0/${size}…`) - 1;
        this.#moving.set(event.file, { index, moved: 0 });
        break;
      }
      case "moved":
        this.#moving.get(event.file)!.moved += event.bytes;
        break;
      case "finished": {
        const { index, moved } = this.#moving.get(event.file)!;
        this.bodies[index] = `${event.file.name} ${moved}/${event.file.size}`;
        break;
      }
      case "settled":
        this.outcomes.push(`${event.file.path} ${event.outcome}`);
        break;
    }
  }
}
