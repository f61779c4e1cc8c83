/**
 * What an engine tells its surroundings while it works. Texts are raw, peers'
 * and file names among them: whoever shows them escapes them.
 */
export interface Observer {
  /** An entry, or all that was left, failed: it counts against the status. */
  failed(message: string): void;
  /** Something is not as asked for, yet nothing failed. */
  warned(message: string): void;
  /** A step, put into words only for whoever asked to see the steps. */
  explained(message: () => string): void;
  /** The body of a file begins, `size` bytes as announced. */
  began(name: string, size: number): void;
  /** That many bytes more of it were moved. */
  moved(bytes: number): void;
  /** The body is over, moved whole or not. */
  ended(): void;
}
