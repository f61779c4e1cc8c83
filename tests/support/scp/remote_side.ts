/** A server that is started as a client starts it, and its result. */

import { toBytes } from "@std/streams/to-bytes";
import { underUmask } from "../fixtures/place.ts";
import { DECODING } from "../fixtures/raw_names.ts";

/** Longest time until a server ends, in milliseconds. */
const PATIENCE_MILLISECONDS = 20_000;

/** Dialogue with a server. In all of it, a character is a byte. */
export interface Dialogue {
  /** Its arguments: `-t`, `-f` and so on. */
  readonly args: readonly string[];
  /** Shell script that fills the directory it runs in. */
  readonly setup?: string;
  /** Octal; 022, if absent. */
  readonly umask?: string;
  /** Wrapper that runs the program, with its arguments. */
  readonly wrapper?: readonly string[];
  /**
   * Words for the server, each after a `>`, and of the server, each after a `<`.
   * Words for it are held back until it has said as much as stands before them.
   * At the end its standard input is closed.
   */
  readonly talk: readonly string[];
}

/** Result of a server. In all of it, a character is a byte. */
export interface Served {
  /** Exit status; 128 and the number if a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Entries of its directory: kind, mode, length, times and path of each. */
  readonly entries: readonly string[];
  /** Content of the files there: `path = content`. */
  readonly contents: readonly string[];
}

/** Runs a program as a server in a directory of its own, with no terminal. */
export async function runServer(
  program: readonly string[],
  { args, setup = "", umask = "022", wrapper = [], talk }: Dialogue,
): Promise<Served> {
  await using directory = new Directory();
  const cwd = directory.path;
  await shell(setup, cwd);
  const child = spawn([
    ...underUmask(umask),
    ...wrapper,
    ...withBytes([...program, ...args]),
  ], cwd);
  const watchdog = setTimeout(
    () => child.kill("SIGKILL"),
    PATIENCE_MILLISECONDS,
  );
  const output = new Output(child.stdout);
  const [stderr, { code }] = await Promise.all([
    toBytes(child.stderr),
    child.status,
    say(child.stdin, talk, output),
  ]);
  clearTimeout(watchdog);
  return {
    status: code,
    stdout: await output.all,
    stderr: textOf(stderr),
    entries: await entriesBelow(cwd),
    contents: await contentsBelow(cwd),
  };
}

/** A temporary directory that is removed with all names in it, in any bytes. */
class Directory implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "seacp-server-" });

  async [Symbol.asyncDispose](): Promise<void> {
    await shell('chmod -R u+rwX . && rm -r "$PWD"', this.path);
  }
}

/** A command line with bytes for arguments: for a runtime that takes UTF-8. */
function withBytes(words: readonly string[]): readonly string[] {
  if (words.every((word) => /^[\0-\x7f]*$/.test(word))) return words;
  return [
    ...DECODING,
    ...words.map((word) =>
      Array.from(
        bytesOf(word),
        (byte) => "\\0" + byte.toString(8).padStart(3, "0"),
      ).join("")
    ),
  ];
}

function spawn(
  [program, ...args]: readonly string[],
  cwd: string,
): Deno.ChildProcess {
  return new Deno.Command(program!, {
    args,
    cwd,
    env: { LC_ALL: "C.UTF-8", TZ: "UTC" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Output of a process, as it comes. */
class Output {
  /** All of it, once it has ended. */
  readonly all: Promise<string>;
  #text = "";
  #hasEnded = false;
  #came = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.all = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<string> {
    for await (const part of stream) this.#tell(textOf(part));
    this.#hasEnded = true;
    this.#tell("");
    return this.#text;
  }

  #tell(text: string): void {
    this.#text += text;
    this.#came.resolve();
    this.#came = Promise.withResolvers();
  }

  /** Resolves when so many bytes have come, or no more will. */
  async reach(length: number): Promise<void> {
    while (this.#text.length < length && !this.#hasEnded) {
      await this.#came.promise;
    }
  }
}

async function say(
  stdin: WritableStream<Uint8Array>,
  talk: readonly string[],
  output: Output,
): Promise<void> {
  const writer = stdin.getWriter();
  let awaited = 0;
  try {
    for (const words of talk) {
      if (words.startsWith("<")) awaited += words.length - 1;
      else {
        await output.reach(awaited);
        await writer.write(bytesOf(words.slice(1)));
      }
    }
    await output.reach(awaited);
    await writer.close();
  } catch {
    // The server may have ended before it read all.
  }
}

async function entriesBelow(directory: string): Promise<string[]> {
  const text = await shell(
    "find . -mindepth 1 -type d -printf 'd %m %T@ %A@ %P\\0' " +
      "-o -mindepth 1 -printf '%y %m %s %T@ %A@ %P %l\\0'",
    directory,
  );
  return text.split("\0").slice(0, -1).map(withoutClock).toSorted();
}

async function contentsBelow(directory: string): Promise<string[]> {
  const text = await shell(
    "find . -type f -printf '%P\\0%s\\0' -exec cat {} \\;",
    directory,
  );
  const lines: string[] = [];
  for (let rest = text; rest !== "";) {
    const [path, size] = rest.split("\0", 2);
    const start = path!.length + size!.length + 2;
    const end = start + Number(size);
    lines.push(`${path} = ${await brief(rest.slice(start, end))}`);
    rest = rest.slice(end);
  }
  return lines.toSorted();
}

/** Content, or its digest where it is long. */
async function brief(content: string): Promise<string> {
  if (content.length <= 200) return content;
  const digest = await crypto.subtle.digest(
    "SHA-256",
    bytesOf(content) as Uint8Array<ArrayBuffer>,
  );
  return new Uint8Array(digest).toHex();
}

/** Replaces times of the last hour by the word now. */
function withoutClock(line: string): string {
  return line.replaceAll(/ (-?\d+)\.(\d+)/g, (_, seconds, fraction) => {
    const isNow = Math.abs(Number(seconds) - Date.now() / 1000) < 3600;
    return isNow ? " now" : ` ${seconds}.${fraction.replace(/0+$/, "")}`;
  });
}

/** Runs a shell script in a directory; gives what it prints. */
async function shell(script: string, cwd: string): Promise<string> {
  if (script === "") return "";
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-ec", script],
    cwd,
    env: { TZ: "UTC" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${script}: ${textOf(stderr)}`);
  return textOf(stdout);
}

/** A string with a character for each byte. */
function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The inverse of `textOf()`. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
