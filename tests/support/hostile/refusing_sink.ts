/**
 * A sink that refuses files by their names and else does what scp does, run in
 * the place of the remote's:
 *
 *     deno run -A refusing_sink.ts draining a,b scp -r -p -t target
 *
 * What it makes of the body of a refused file, if that comes all the same, is
 * its manner.
 */

/**
 * - `strict` ends at the first line that is no record, as OpenSSH's.
 * - `lenient` passes over such lines.
 * - `draining` reads a refused body by its size.
 */
export type Manner = "strict" | "lenient" | "draining";

export const MANNERS: readonly Manner[] = ["strict", "lenient", "draining"];

/** First letter of a record. */
const FIRST_BYTES = new TextEncoder().encode("CDET\x01\x02");

const NEWLINE = 0x0a;

/** Standard input, as it comes. */
class Input {
  readonly #room = new Uint8Array(64 * 1024);
  #held = new Uint8Array();

  /** The next byte, which stays; `undefined` at the end. */
  peek(): number | undefined {
    if (this.#held.length === 0) {
      const count = Deno.stdin.readSync(this.#room) ?? 0;
      this.#held = this.#room.slice(0, count);
    }
    return this.#held[0];
  }

  /** The next bytes; fewer at the end. */
  take(count: number): Uint8Array {
    const taken: number[] = [];
    while (taken.length < count && this.peek() !== undefined) {
      const part = this.#held.subarray(0, count - taken.length);
      taken.push(...part);
      this.#held = this.#held.subarray(part.length);
    }
    return Uint8Array.from(taken);
  }

  /** The next line without its newline; `undefined` at the end. */
  line(): string | undefined {
    if (this.peek() === undefined) return undefined;
    const bytes: number[] = [];
    for (;;) {
      const [byte] = this.take(1);
      if (byte === undefined || byte === NEWLINE) break;
      bytes.push(byte);
    }
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }
}

/** Fate of an entered directory, once it is left. */
interface Level {
  readonly path: string;
  leave(): void;
}

class RefusingSink {
  readonly #input = new Input();
  readonly #levels: Level[] = [];
  readonly #manner: Manner;
  readonly #refused: ReadonlySet<string>;
  readonly #preserves: boolean;
  #modified: number | undefined;
  hasFailed = false;

  constructor(
    manner: Manner,
    { refused, preserves }: {
      refused: ReadonlySet<string>;
      preserves: boolean;
    },
  ) {
    this.#manner = manner;
    this.#refused = refused;
    this.#preserves = preserves;
  }

  receive(target: string, mustBeDirectory: boolean): void {
    const isDirectory = isDirectoryAt(target);
    if (mustBeDirectory && !isDirectory) {
      return this.#fail(`${target}: No such file or directory`);
    }
    this.#ok();
    for (;;) {
      const line = this.#input.line();
      if (line === undefined) return;
      const above = this.#levels.at(-1)?.path ?? target;
      const inDirectory = isDirectory || this.#levels.length > 0;
      if (
        !this.#take(line, (name) => inDirectory ? `${above}/${name}` : above)
      ) {
        return;
      }
    }
  }

  /** Takes one record; whether more may come. */
  #take(line: string, place: (name: string) => string): boolean {
    const [, letter, mode, size, name] =
      /^([CD])([0-7]{4}) (\d+) (.*)$/s.exec(line) ?? [];
    if (letter === "C") {
      this.#file(place(name!), { name: name!, mode: mode!, size: +size! });
    } else if (letter === "D") this.#directory(place(name!), mode!);
    else if (/^T\d+ \d+ \d+ \d+$/.test(line)) {
      this.#modified = parseInt(line.slice(1));
      this.#ok();
    } else if (line.startsWith("E")) {
      const left = this.#levels.pop();
      left?.leave();
      this.#ok();
      return left !== undefined;
    } else if (line.startsWith("\x01")) this.hasFailed = true;
    else if (line.startsWith("\x02") || this.#manner === "strict") {
      this.#fail("protocol error: expected control record");
      return false;
    }
    return true;
  }

  #file(
    path: string,
    { name, mode, size }: { name: string; mode: string; size: number },
  ): void {
    const modified = this.#nextTime();
    if (this.#refused.has(name)) {
      this.#fail(`${path}: refused`);
      const next = this.#input.peek();
      const bodyComes = next !== undefined && !FIRST_BYTES.includes(next);
      if (this.#manner === "draining" && bodyComes) this.#input.take(size + 1);
      return;
    }
    this.#ok();
    Deno.writeFileSync(path, this.#input.take(size));
    if (this.#input.peek() !== 0) this.hasFailed = true;
    this.#input.take(1);
    this.#settle(path, parseInt(mode, 8), modified);
    this.#ok();
  }

  #directory(path: string, mode: string): void {
    const modified = this.#nextTime();
    Deno.mkdirSync(path, { recursive: true });
    this.#ok();
    const leave = () => this.#settle(path, parseInt(mode, 8), modified);
    this.#levels.push({ path, leave });
  }

  #nextTime(): number | undefined {
    const modified = this.#modified;
    this.#modified = undefined;
    return modified;
  }

  #settle(path: string, mode: number, modified: number | undefined): void {
    if (modified !== undefined) Deno.utimeSync(path, modified, modified);
    if (this.#preserves) Deno.chmodSync(path, mode);
  }

  #ok(): void {
    say("\0");
  }

  #fail(message: string): void {
    this.hasFailed = true;
    say(`\x01scp: ${message}\n`);
  }
}

function isDirectoryAt(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function say(words: string): void {
  const bytes = new TextEncoder().encode(words);
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

if (import.meta.main) {
  const [manner, names, , ...args] = Deno.args;
  const sink = new RefusingSink(manner as Manner, {
    refused: new Set(names!.split(",")),
    preserves: args.includes("-p"),
  });
  sink.receive(args.at(-1)!, args.includes("-d"));
  Deno.exit(sink.hasFailed ? 1 : 0);
}
