import { decodeName } from "../names/name_bytes.ts";
import { mayReportMissingProgram } from "./missing_program.ts";

/** Longest wait for the end of a line, in milliseconds. */
const MOMENT_MILLISECONDS = 100;

/** Longest line that is kept or waited for, in bytes. */
const LINE_BYTES = 2048;

/** Longest beginning of a line that is searched for a report, in UTF-16 units. */
const SEARCHED_UNITS = 512;

/** Most lines that are kept. */
const MOST_LINES = 64;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Standard error of an ssh as text. It is shown as it comes, line by line where
 * lines come whole. Lines that may report a missing program are held until they
 * are wanted.
 */
export class StderrText {
  readonly #show: (text: string) => void;
  readonly #lines: string[] = [];
  #held = "";
  /** True where the line before was held. */
  #wasHeld = false;
  #showsAll = false;
  /** Bytes of the line that has begun, as far as it was not shown. */
  #rest: Uint8Array = new Uint8Array();
  /** Part of that line that was shown. */
  #begun = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param show Takes text as `decodeName` gives it, not escaped. */
  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  /** Last lines so far, without line ends, each cut to a limit. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** True while ssh reports that it waits for a key to be touched. */
  get awaitsTouch(): boolean {
    const last = this.#lines.findLast((line) => /[Uu]ser presence/.test(line));
    return last?.startsWith("Confirm user presence for key") ?? false;
  }

  /** Takes the next bytes, which are copied where they are kept. */
  take(bytes: Uint8Array): void {
    clearTimeout(this.#timer);
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > 0) {
      this.#takeLines(joined(this.#rest, bytes.subarray(0, whole)));
      this.#rest = bytes.slice(whole);
    } else this.#rest = joined(this.#rest, bytes);
    if (this.#rest.length > LINE_BYTES) this.#showBegun();
    else if (this.#rest.length > 0) {
      this.#timer = setTimeout(() => this.#showBegun(), MOMENT_MILLISECONDS);
    }
  }

  /** Shows the lines that were held, and holds none from now on. */
  showHeld(): void {
    this.#showsAll = true;
    if (this.#held !== "") this.#show(this.#held);
    this.#held = "";
  }

  /** Shows the rest of the last line, at the end of the stream. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#rest.length === 0) return;
    const rest = this.#rest;
    this.#rest = new Uint8Array();
    this.#takeLines(rest);
  }

  #takeLines(bytes: Uint8Array): void {
    let shown = "";
    for (const line of decodeName(bytes).split(/(?<=\n)/)) {
      if (this.#takeLine(line)) this.#held += line;
      else shown += line;
    }
    if (shown !== "") this.#show(shown);
  }

  /** Keeps a line, or its rest; tells whether it is to be held. */
  #takeLine(line: string): boolean {
    const isWhole = this.#begun === "";
    const text = (this.#begun + line).replace(/\r?\n$/, "");
    this.#begun = "";
    this.#lines.push(text.slice(0, LINE_BYTES));
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
    const length = this.#held.length + line.length;
    this.#wasHeld = isWhole && !this.#showsAll &&
      length <= MOST_LINES * LINE_BYTES &&
      mayReportMissingProgram(text.slice(0, SEARCHED_UNITS), this.#wasHeld);
    return this.#wasHeld;
  }

  /** Shows the line that has begun, as far as it came. */
  #showBegun(): void {
    const end = this.#rest.length - unfinished(this.#rest);
    if (end === 0) return;
    const text = decodeName(this.#rest.subarray(0, end));
    this.#rest = this.#rest.slice(end);
    this.#begun = (this.#begun + text).slice(0, LINE_BYTES);
    this.#show(text);
  }
}

/** Counts the bytes at the end of a half character or line end. */
function unfinished(bytes: Uint8Array): number {
  if (bytes.at(-1) === RETURN) return 1;
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes.at(-back)!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? back : 0;
    }
  }
  return 0;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second.slice();
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
