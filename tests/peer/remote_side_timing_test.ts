/**
 * The moments at which a remote side speaks, against the system's scp: each
 * dialogue is cut after every one of its steps, and what was said until then has
 * to be equal. So nothing comes before what it waits for.
 */

import { toText } from "@std/streams/to-text";
import { assertEquals } from "@std/assert";
import {
  type Channel,
  type ReadOptions,
  upTo,
} from "../../lib/channel/channel.ts";
import { LocalFileSystem } from "../../lib/disk/local_file_system.ts";
import type { ServeRequest } from "../../lib/options/copy_options.ts";
import { serve } from "../../lib/server/serve.ts";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest } from "../support/doors.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";

/** A channel whose peer has sent all its bytes and ended. */
class SaidChannel implements Channel {
  readonly blockBytes = 64 * 1024;
  readonly #input: Uint8Array;
  readonly #written: Uint8Array[] = [];
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** All bytes that were written. */
  get written(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#written.flatMap((part) => [...part]));
  }

  async read(limit: number, { last }: ReadOptions = {}): Promise<Uint8Array> {
    const part = upTo(last, this.#input.subarray(this.#at, this.#at + limit));
    this.#at += part.length;
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#written.push(bytes.slice());
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Letters a remote side is started with, and what is in its directory. */
interface Asked {
  readonly letters: string;
  readonly paths: readonly string[];
}

/** A time that reading does not change: it is to come. */
const LATER = 4_102_444_800;

/** Answers of a sink to a source, in the order in which they are varied. */
const ANSWERS = ["\0", "\x01no\n", "\x02no\n", "what\n"];

/** Steps after which every dialogue with a source is over. */
const MOST_STEPS = 13;

/** Answers besides acknowledgements that one dialogue has at most. */
const MOST_REFUSALS = 2;

const SOURCES: readonly Asked[] = [
  { letters: "f", paths: ["a", "b"] },
  { letters: "pf", paths: ["a", "empty", "b"] },
  { letters: "f", paths: ["missing", "a", "missing", "b"] },
  { letters: "f", paths: ["sub", "a"] },
  { letters: "rf", paths: ["sub", "a"] },
  { letters: "prf", paths: ["sub", "a"] },
  { letters: "prf", paths: ["a", "sub/."] },
  { letters: "rf", paths: ["dangling", "a"] },
];

/** Dialogues with a sink; each is cut after every byte. */
const SINKS: readonly (Asked & { readonly says: string })[] = [
  { letters: "t", paths: ["d"], says: "C0644 3 x\nabc\0C0644 0 y\n\0" },
  {
    letters: "prt",
    paths: ["d"],
    says: "T1 0 1 0\nD0755 0 e\nT1 0 1 0\nC0600 1 x\nx\0E\nC0644 1 y\ny\0",
  },
  { letters: "rt", paths: ["d"], says: "D0755 0 a\nC0644 1 y\ny\0\x01no\nE\n" },
  { letters: "rt", paths: ["d"], says: "C0644 1 sub\n\x01no\nC0644 1 y\ny\0" },
  {
    letters: "rt",
    paths: ["d/new"],
    says: "D0755 0 a\nC0644 1 y\ny\x01no\nE\n",
  },
  { letters: "t", paths: ["missing/x"], says: "C0644 1 a\nC0644 1 b\nb\0" },
];

peerTest("remote side: a source of ours speaks when the system's scp does", [
  "scp",
], async () => {
  using directory = new TempDirectory();
  makeTree(directory.path, [
    { path: "a", content: "alpha" },
    { path: "b", content: "beta" },
    { path: "empty", content: "" },
    { path: "sub/c", content: "c" },
    { path: "sub/" },
  ]);
  for (const name of ["a", "b", "empty", "sub/c", "sub"]) {
    Deno.utimeSync(`${directory.path}/${name}`, LATER, 3);
  }
  Deno.symlinkSync("no", `${directory.path}/dangling`);
  for (const asked of SOURCES) {
    await compareAnswers(directory.path, asked, { said: "", refusals: 0 });
  }
});

/** Compares all dialogues that begin with what was said. */
async function compareAnswers(
  directory: string,
  asked: Asked,
  { said, refusals }: { said: string; refusals: number },
): Promise<void> {
  const theirs = await answersOfScp(directory, asked, said);
  const ours = await answersOfOurs(directory, asked, said);
  assertEquals(ours, theirs, JSON.stringify([asked, said]));
  const isOver = said.length > MOST_STEPS || said.includes("\x02") ||
    said.includes("w");
  if (isOver) return;
  for (const [at, answer] of ANSWERS.entries()) {
    const count = refusals + Math.min(at, 1);
    if (count > MOST_REFUSALS) continue;
    await compareAnswers(directory, asked, {
      said: said + answer,
      refusals: count,
    });
  }
}

peerTest("remote side: a sink of ours speaks when the system's scp does", [
  "scp",
], async () => {
  for (const { says, ...asked } of SINKS) {
    for (let end = 0; end <= says.length; end++) {
      const said = says.slice(0, end);
      const [theirs, ours] = [answersOfScp, answersOfOurs].map(
        async (answersOf) => {
          using directory = new TempDirectory();
          makeTree(directory.path, [
            { path: "d/a", content: "a" },
            { path: "d/sub/" },
          ]);
          const answers = await answersOf(directory.path, asked, said);
          return answers.replaceAll(directory.path, "");
        },
      );
      assertEquals(await ours, await theirs, JSON.stringify([asked, said]));
    }
  }
});

async function answersOfScp(
  directory: string,
  { letters, paths }: Asked,
  said: string,
): Promise<string> {
  const child = new Deno.Command(findProgram("scp")!, {
    args: [`-${letters}`, ...paths.map((path) => `${directory}/${path}`)],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const all = toText(child.stdout);
  try {
    await writer.write(new TextEncoder().encode(said));
    await writer.close();
  } catch {
    // It has ended already.
  }
  await child.status;
  return await all;
}

async function answersOfOurs(
  directory: string,
  { letters, paths }: Asked,
  said: string,
): Promise<string> {
  const has = (letter: string) => letters.includes(letter);
  const request: ServeRequest = {
    role: has("f") ? "source" : "sink",
    paths: paths.map((path) => `${directory}/${path}`),
    recursive: has("r"),
    preserve: has("p"),
    targetIsDirectory: has("d"),
    verbose: false,
  };
  const channel = new SaidChannel(new TextEncoder().encode(said));
  await serve(request, {
    channel,
    files: new LocalFileSystem(),
    platform: "posix",
    say: () => {},
  });
  return new TextDecoder().decode(channel.written);
}
