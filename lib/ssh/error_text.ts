import { decodeName } from "../names/name_bytes.ts";
import { mayTellAbsence } from "./absence_lines.ts";

/** Longest time that a line may take to become whole, in milliseconds. */
const MOMENT_MILLISECONDS = 100;

/** Longest line that is kept, and waited for, in bytes. */
const LINE_BYTES = 2048;

/** Longest beginning of a line that is searched, in UTF-16 code units. */
const TELLING_UNITS = 512;

/** Most lines that are kept. */
const MOST_LINES = 64;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * The standard error of an ssh as text, which goes to the user as it comes, line
 * by line where lines come whole. Lines that may tell that a program is missing
 * wait until they are wanted.
 */
export class ErrorText {
  readonly #say: (text: string) => void;
  readonly #said: string[] = [];
  #held = "";
  /** True if the line before was held. */
  #wasHeld = false;
  #showsAll = false;
  /** The line that has begun, as far as it was not said. */
  #rest: Uint8Array = new Uint8Array();
  /** Part of it that was said, for the record. */
  #begun = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param say Takes text as `decodeName` gives it, not escaped. */
  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** The last lines so far, without their ends, each cut where it gets long. */
  get said(): readonly string[] {
    return this.#said;
  }

  /** True while ssh waits for a key to be touched, by its own words. */
  get awaitsTouch(): boolean {
    const last = this.#said.findLast((line) => /[Uu]ser presence/.test(line));
    return last?.startsWith("Confirm user presence for key") ?? false;
  }

  /** Takes what came next; the bytes are not kept. */
  take(bytes: Uint8Array): void {
    clearTimeout(this.#timer);
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > 0) {
      this.#takeLines(joined(this.#rest, bytes.subarray(0, whole)));
      this.#rest = bytes.slice(whole);
    } else this.#rest = joined(this.#rest, bytes);
    if (this.#rest.length > LINE_BYTES) this.#sayBegun();
    else if (this.#rest.length > 0) {
      this.#timer = setTimeout(() => this.#sayBegun(), MOMENT_MILLISECONDS);
    }
  }

  /** Says what was held, and holds nothing any more. */
  showHeld(): void {
    this.#showsAll = true;
    if (this.#held !== "") this.#say(this.#held);
    this.#held = "";
  }

  /** Says what is left of a line, for nothing comes any more. */
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
    if (shown !== "") this.#say(shown);
  }

  /** Records a line, or its end; tells whether it is to be held. */
  #takeLine(line: string): boolean {
    const isWhole = this.#begun === "";
    const text = (this.#begun + line).replace(/\r?\n$/, "");
    this.#begun = "";
    this.#said.push(text.slice(0, LINE_BYTES));
    if (this.#said.length > MOST_LINES) this.#said.shift();
    const length = this.#held.length + line.length;
    this.#wasHeld = isWhole && !this.#showsAll &&
      length <= MOST_LINES * LINE_BYTES &&
      mayTellAbsence(text.slice(0, TELLING_UNITS), this.#wasHeld);
    return this.#wasHeld;
  }

  /** Says what there is of a line that is not whole. */
  #sayBegun(): void {
    const end = this.#rest.length - unfinished(this.#rest);
    if (end === 0) return;
    const text = decodeName(this.#rest.subarray(0, end));
    this.#rest = this.#rest.slice(end);
    this.#begun = (this.#begun + text).slice(0, LINE_BYTES);
    this.#say(text);
  }
}

/** The number of bytes at the end that the next ones may belong to. */
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
