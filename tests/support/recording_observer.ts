import type { Observer } from "../../lib/progress/observer.ts";

/** Keeps all that an engine tells. */
export class RecordingObserver implements Observer {
  readonly failures: string[] = [];
  readonly warnings: string[] = [];
  readonly explanations: string[] = [];
  /** Each body, as `name moved/size`; with a `…` until it ended. */
  readonly bodies: string[] = [];
  #body: { name: string; size: number; moved: number } | undefined;

  failed(message: string): void {
    this.failures.push(message);
  }

  warned(message: string): void {
    this.warnings.push(message);
  }

  explained(message: () => string): void {
    this.explanations.push(message());
  }

  began(name: string, size: number): void {
    this.#body = { name, size, moved: 0 };
    this.bodies.push(`${name} 0/${size}…`);
  }

  moved(bytes: number): void {
    this.#body!.moved += bytes;
  }

  ended(): void {
    const { name, size, moved } = this.#body!;
    this.bodies[this.bodies.length - 1] = `${name} ${moved}/${size}`;
    this.#body = undefined;
  }
}
