import type { FileProgress, Observer } from "../../lib/events/observer.ts";

/** Keeps all that an engine tells. */
export class RecordingObserver implements Observer {
  readonly failures: string[] = [];
  readonly warnings: string[] = [];
  readonly explanations: string[] = [];
  /** Each body, as `name moved/size`; with a `…` until it ended. */
  readonly bodies: string[] = [];

  failed(message: string): void {
    this.failures.push(message);
  }

  warned(message: string): void {
    this.warnings.push(message);
  }

  explained(message: () => string): void {
    this.explanations.push(message());
  }

  began(name: string, size: number): FileProgress {
    let moved = 0;
    const index = this.bodies.push(`${name} 0/${size}…`) - 1;
    return {
      moved: (bytes) => moved += bytes,
      ended: () => this.bodies[index] = `${name} ${moved}/${size}`,
    };
  }
}
