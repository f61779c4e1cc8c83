/**
 * A program that stands for ssh and plays a script of literal bytes: what `-S`
 * names where no other ssh is. `task test` compiles it for the system whose
 * executable is tested.
 */

import { HostileSftpServer } from "../hostile/sftp_server.ts";
import { unwire, wire } from "../sftp/bytes.ts";
import {
  SCRIPT_FAILURE,
  SCRIPT_FILES,
  SCRIPT_VARIABLE,
  type ServedEntry,
  type Service,
  type SshScript,
  type Step,
} from "./ssh_script.ts";
import type { TreeEntry } from "../fixtures/tree.ts";

/** Longest time that a session may take, in milliseconds. */
const LIMIT_MILLISECONDS = 20_000;

const directory = Deno.env.get(SCRIPT_VARIABLE)!;

/** Session as it was asked for, and the input that was not yet taken. */
class Session {
  readonly #command: string;
  readonly #input = Deno.stdin.readable.getReader();
  #heard: Uint8Array = new Uint8Array();

  constructor(command: string) {
    this.#command = command;
  }

  async play(step: Step): Promise<void> {
    if ("says" in step) say(encoded(step.says));
    else if ("echoes" in step) this.#echo();
    else if ("hears" in step) await this.#hear(step.hears);
    else if ("warns" in step) warn(step.warns);
    else if ("serves" in step) await this.#serve(step.serves);
    else if ("ends" in step) Deno.exit(step.ends);
    else if ("dies" in step) Deno.kill(Deno.pid, "SIGKILL");
    else await new Promise(() => {});
  }

  #echo(): void {
    const [, marker] = /^echo (\S+);/.exec(this.#command) ?? [];
    if (marker !== undefined) say(encoded(`${marker}\n`));
  }

  /** Compares what comes as it comes: a wrong byte is told, not waited behind. */
  async #hear(words: string): Promise<void> {
    for (let left = encoded(words); left.length > 0;) {
      const part = (await this.#read()).slice(0, left.length);
      if (part.length === 0 || part.some((byte, at) => byte !== left[at])) {
        fail(`heard ${quoted(part)} in place of ${quoted(left)}`);
      }
      this.#heard = this.#heard.subarray(part.length);
      left = left.subarray(part.length);
    }
  }

  /** Gives what is there to be taken; nothing at the end. */
  async #read(): Promise<Uint8Array> {
    while (this.#heard.length === 0) {
      const { value, done } = await this.#input.read();
      if (done) break;
      this.#heard = value;
    }
    return this.#heard;
  }

  async #serve(entries: readonly TreeEntry[]): Promise<void> {
    const server = new HostileSftpServer({ entries: entries.map(asBytes) });
    const answered = sayAll(server);
    for (;;) {
      const part = await this.#read();
      if (part.length === 0) break;
      this.#heard = new Uint8Array();
      await server.channel.write(part);
      await server.channel.flush();
    }
    server.end();
    await answered;
    if (server.complaint !== undefined) fail(server.complaint);
    Deno.writeTextFileSync(
      `${directory}/${SCRIPT_FILES.served}`,
      JSON.stringify(entriesOf(server)),
    );
  }
}

async function sayAll({ channel }: HostileSftpServer): Promise<void> {
  const MOST_BYTES = 64 * 1024;
  for (;;) {
    const part = await channel.read(MOST_BYTES);
    if (part.length === 0) return;
    say(part);
  }
}

/** Gives an entry whose texts have a character for each byte. */
function asBytes({ content, path, ...rest }: TreeEntry): TreeEntry {
  return {
    ...rest,
    path: unwire(encoded(path)),
    ...(typeof content === "string" ? { content: encoded(content) } : {}),
  };
}

function entriesOf({ tree }: HostileSftpServer): ServedEntry[] {
  return [...tree.entries].filter(([path]) => path !== "/")
    .map(([path, { kind, content, ...rest }]) => ({
      ...rest,
      path: decoded(wire(path)).slice(1) + (kind === "directory" ? "/" : ""),
      content: decoded(wire(content)),
    }));
}

function say(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

function warn(text: string): void {
  Deno.stderr.writeSync(encoded(text));
}

function fail(reason: string): never {
  warn(`scripted ssh: ${reason}\n`);
  Deno.exit(SCRIPT_FAILURE);
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function quoted(bytes: Uint8Array): string {
  return JSON.stringify(decoded(bytes));
}

function serviceOf(args: readonly string[]): Service {
  if (args[0] === "-V") return "version";
  if (args[0] === "-G") return "configuration";
  const command = args.at(-1)!;
  if (command === "sftp") return "sftp";
  return / -f /.test(command) ? "source" : "sink";
}

setTimeout(
  () => fail("waited too long for what its script says"),
  LIMIT_MILLISECONDS,
);
Deno.writeTextFileSync(
  `${directory}/${SCRIPT_FILES.calls}`,
  `${JSON.stringify(Deno.args)}\n`,
  { append: true },
);
const script: SshScript = JSON.parse(
  Deno.readTextFileSync(`${directory}/${SCRIPT_FILES.script}`),
);
const session = new Session(Deno.args.at(-1)!);
for (const step of script[serviceOf(Deno.args)] ?? []) await session.play(step);
Deno.exit(0);
