import { Meter } from "./meter.ts";
import {
  type CopyObserver,
  type FileProgress,
  UNWATCHED,
} from "../events/observer.ts";
import { printable } from "../names/printable.ts";
import type { Terminal } from "./terminal.ts";

export interface ReporterOptions {
  /** No meter and no warnings; what failed is said all the same. */
  readonly quiet: boolean;
  /** Say each step too. */
  readonly verbose: boolean;
  /** Name of the program before each message; absent with `-O`, as scp's. */
  readonly program?: string;
}

/** Tells the user, on the terminal, and counts what failed. */
export class Reporter implements CopyObserver, Disposable {
  readonly #terminal: Terminal;
  readonly #options: ReporterOptions;
  readonly #meter: Meter | undefined;
  #failures = 0;
  #hasLostHost = false;

  constructor(terminal: Terminal, options: ReporterOptions) {
    this.#terminal = terminal;
    this.#options = options;
    if (!options.quiet && terminal.columns() !== undefined) {
      this.#meter = new Meter(terminal);
    }
  }

  /** How many failures were told. */
  get failures(): number {
    return this.#failures;
  }

  /** True where a connection could not be made, or was lost. */
  get hasLostHost(): boolean {
    return this.#hasLostHost;
  }

  failed(message: string): void {
    this.#failures++;
    this.#say(this.#named(message));
  }

  /** Reports that a connection could not be made, or was lost: a failure. */
  disconnected(message: string): void {
    this.#hasLostHost = true;
    this.failed(message);
  }

  warned(message: string): void {
    if (!this.#options.quiet) this.#say(this.#named(`warning: ${message}`));
  }

  #named(message: string): string {
    const { program } = this.#options;
    return program === undefined ? message : `${program}: ${message}`;
  }

  explained(message: () => string): void {
    if (this.#options.verbose) this.#say(message());
  }

  /** Hands on what ssh says on standard error, as the terminal takes it. */
  pass(text: string): void {
    this.#meter?.makeRoom();
    this.#terminal.pass(text);
  }

  began(name: string, size: number): FileProgress {
    return this.#meter?.began(name, size) ?? UNWATCHED;
  }

  #say(message: string): void {
    this.#meter?.makeRoom();
    this.#terminal.say(printable(message));
  }

  [Symbol.dispose](): void {
    this.#meter?.[Symbol.dispose]();
  }
}
