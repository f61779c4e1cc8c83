import { assert } from "@std/assert";
import { RecordingObserver } from "../recording_observer.ts";
import { printable } from "../../../lib/names/printable.ts";
import { literal } from "./byte_text.ts";
import type { ChannelListener } from "./fuzz_channel.ts";

/** Rules for everything that an engine reports, whatever its input. */
export class CheckedObserver extends RecordingObserver {
  /** Expects that no body was left open, and that messages can be shown. */
  assertDone(): void {
    for (const body of this.bodies) assert(/ \d+\/\d+$/.test(body), body);
    for (const message of [...this.failures, ...this.warnings]) {
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x1f\x7f-\x9f\u2028\u202e]/.test(printable(message)));
      assert(printable(message).isWellFormed());
    }
  }
}

/** Whole message of a failure. */
function isComplaint(text: string): boolean {
  return text.startsWith("\x01") && text.indexOf("\n") === text.length - 1;
}

/** Expects that each of these is an answer, as a source reads them. */
export function assertAnswers(written: readonly string[]): void {
  for (const answer of written) {
    const isAnswer = answer === "\0" || isComplaint(answer);
    assert(isAnswer && answer.length <= 2048, `answered ${literal(answer)}`);
  }
}

/** Each acknowledgement on its own, where many were written at once. */
export function singly(written: readonly string[]): string[] {
  return written.flatMap((answer) =>
    /^\0+$/.test(answer) ? [...answer] : [answer]
  );
}

/**
 * Expects that a sink gave one answer where one is due, and none elsewhere: by
 * counting along with what it read, as a source does.
 *
 * @param ahead How many acknowledgements may be given before they are due.
 * @param end Whether the sink took all that it read, broke off, or lost the
 * connection: then it may say so, to nobody.
 */
export function assertInStep(
  read: string,
  answers: readonly string[],
  end: "whole" | "broken" | "lost",
  ahead: number,
): void {
  const due = answersDue(read, answers);
  const most = ahead + (end === "lost" ? due + 1 : due);
  const shown = answers.slice(0, due + 8).map(literal).join(", ");
  assert(answers.length <= most, `answers for ${due}: ${shown}`);
  assert(end !== "whole" || answers.length >= due, `no ${due}: ${shown}`);
}

/** Number of replies that are due; the given ones tell which bodies come. */
function answersDue(read: string, answers: readonly string[]): number {
  let due = 1;
  for (let at = 0; at < read.length;) {
    const end = read.indexOf("\n", at);
    const line = read.slice(at, end < 0 ? undefined : end);
    if (end < 0) return due + 1;
    if (line.startsWith("\x02")) break;
    if (!line.startsWith("\x01")) due++;
    at = end + 1;
    if (!line.startsWith("C") || answers[due - 1] !== "\0") continue;
    at += Number(line.split(" ")[1]);
    const verdictEnd = "\0" === read[at] ? at : read.indexOf("\n", at);
    const isGiven = "\0\x01".includes(read[at] ?? "none") && verdictEnd >= 0;
    // Of a body that is cut, the sink tells; of a verdict, it does not.
    if (isGiven || at > read.length) due++;
    if (!isGiven) break;
    at = verdictEnd + 1;
  }
  return due;
}

/** A line of a body that some sink may take for a record. */
const RECORD_INSIDE =
  // deno-lint-ignore no-control-regex -- two of them begin so
  /^[E\x01\x02]|(?:^|\n)(?:[CD][0-7]{4} \d|T\d+ \d|E(?:[\s\0]|$))/;

/** Records that may be sent. */
export interface SpeechRules {
  readonly recursive: boolean;
  /** True where directories without a name of their own may be announced. */
  readonly allowsDotPaths?: boolean;
  /**
   * True where bodies that do no harm may be said before they are waited for.
   */
  readonly allowsAhead?: boolean;
  isAskedFor(name: string): boolean;
}

/** Messages to a sink that await a reply. */
interface Unanswered {
  readonly kind: "start" | "file" | "ahead" | "directory" | "other";
  /** Of a file's body, in bytes. */
  readonly size: number;
}

/**
 * Follows what an engine says to a sink, one write at a time, and what the sink
 * answers: whether a stock scp would understand it.
 */
export class SpeechCheck extends CheckedObserver implements ChannelListener {
  readonly #rules: SpeechRules;
  readonly #unanswered: Unanswered[] = [{ kind: "start", size: 0 }];
  /** Remaining bytes of a body; absent between bodies. */
  #left: number | undefined;
  /** Depth of the sink's directory. */
  #depth = 0;
  /** An answer whose line is not read to its end. */
  #refusal = "";
  /** True where something was refused whose body is read as records then. */
  #isLost = false;
  /**
   * True where times were said last: they keep a body from what follows it.
   */
  #isGuarded = false;

  constructor(rules: SpeechRules) {
    super();
    this.#rules = rules;
  }

  /** Takes one write. */
  hear(text: string): void {
    assert(!this.#isLost, "more is said to a sink that is lost");
    const last = this.#unanswered.at(-1);
    if (last?.kind === "file" && this.#rules.allowsAhead) {
      return this.#hearAhead(text, last);
    }
    if (this.#left === undefined) return this.#hearRecord(text);
    if (this.#left > 0) {
      assert(text.length <= this.#left, "more than the body was said");
      this.#left -= text.length;
    } else {
      assert(text === "\0" || isComplaint(text), `verdict ${literal(text)}`);
      this.#left = undefined;
      this.#unanswered.push({ kind: "other", size: 0 });
    }
  }

  #hearAhead(body: string, file: Unanswered): void {
    assert(body.length <= file.size, "more than the body was said");
    assert(!RECORD_INSIDE.test(body), `ahead of its time: ${literal(body)}`);
    this.#unanswered.splice(-1, 1, { ...file, kind: "ahead" });
    this.#left = file.size - body.length;
  }

  #hearRecord(text: string): void {
    assert(text.length <= 2048, "the record is too long");
    if (isComplaint(text)) return;
    if (text === "E\n") {
      this.#depth--;
      assert(!this.#isAhead || this.#isGuarded, "a body may take the end");
      assert(this.#depth >= 0, "a directory ends that did not begin");
    } else if (!/^T\d+ \d{1,6} \d+ \d{1,6}\n$/.test(text)) {
      return this.#hearEntry(text);
    }
    this.#isGuarded = text.startsWith("T");
    this.#unanswered.push({ kind: "other", size: 0 });
  }

  /** Tells whether what went ahead is not answered. */
  get #isAhead(): boolean {
    return this.#unanswered.some(({ kind }) => kind === "ahead");
  }

  #hearEntry(text: string): void {
    this.#isGuarded = false;
    const [, letter, size, name] =
      /^([CD])[0-7]{4} (\d+) ([^\n]*)\n$/.exec(text) ?? [];
    assert(name !== undefined, `said ${literal(text)}`);
    const isPlain = !/^\.{0,2}$|[/\0]/.test(name);
    assert(isPlain || this.#rules.allowsDotPaths, `said ${literal(text)}`);
    assert(
      this.#depth > 0 || this.#rules.isAskedFor(name),
      `not asked for: ${literal(name)}`,
    );
    assert(letter === "C" || this.#rules.recursive, "a directory without -r");
    assert(
      this.#unanswered.every(({ kind }) => ["ahead", "other"].includes(kind)),
      "an entry is said before it is known where it belongs",
    );
    const kind = letter === "C" ? "file" : "directory";
    this.#unanswered.push({ kind, size: Number(size) });
  }

  /** Takes what a read gave: answers, or parts of one. */
  give(text: string): void {
    for (const char of text) {
      if (this.#refusal !== "" && char !== "\n") continue;
      if (this.#refusal === "" && "\x01\x02".includes(char)) {
        this.#refusal = char;
        continue;
      }
      const answered = this.#unanswered.shift();
      const isTaken = this.#refusal === "" && char === "\0";
      if (isTaken && answered?.kind === "directory") this.#depth++;
      if (isTaken && answered?.kind === "file") this.#left = answered.size;
      if (!isTaken && answered?.kind === "ahead") this.#isLost = true;
      this.#refusal = "";
    }
  }
}
