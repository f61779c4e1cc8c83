import type { Terminal } from "../../../lib/terminal/terminal.ts";

/** A terminal whose width and foreground change, and that keeps each write. */
export class Screen implements Terminal {
  /** Each write to standard output. */
  readonly written: string[] = [];
  /** Each line on standard error. */
  readonly said: string[] = [];
  /** Both, in the order a user's screen got them. */
  text = "";
  /** Its width; `undefined` where standard output is no terminal. */
  width: number | undefined;
  inForeground = true;
  isDumb = false;
  /** True where nobody reads standard output. */
  isClosed = false;
  /** Number of times that the process went on after a stop. */
  stops = 0;
  /** True where the terminal has progress of its own. */
  hasProgress = false;

  constructor(width?: number) {
    this.width = width;
  }

  columns(): number | undefined {
    return this.width;
  }

  canRedraw(): boolean {
    return !this.isDumb;
  }

  isForeground(): boolean {
    return this.inForeground;
  }

  continuations(): number {
    return this.stops;
  }

  showsProgress(): boolean {
    return this.hasProgress;
  }

  write(text: string): boolean {
    if (this.isClosed) return false;
    this.written.push(text);
    this.text += text;
    return true;
  }

  say(line: string): void {
    this.said.push(line);
    this.text += line + "\n";
  }

  pass(text: string): void {
    this.text += text;
  }
}
