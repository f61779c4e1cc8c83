/** Files that are proven by their SHA-256, between any two file systems. */

import { assertEquals, assertRejects } from "@std/assert";
import { HashedFileSystem } from "../../../lib/digest/hashed_file_system.ts";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { EntryError, SessionError } from "../../../lib/errors.ts";
import type { Digest } from "../../../lib/filesystem/digest.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";
import type { VerifiedSides } from "../../../lib/tree/options.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { transferOptions } from "../../support/file_systems/transfer_options.ts";

/** SHA-256 of "abc". */
const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const WRONG = HASH.replace("b", "c");

/** Gives a file system that answers each question for a hash. */
function telling(
  digest: (path: string) => Promise<Digest>,
): MemoryFileSystem & { digest: NonNullable<FileSystem["digest"]> } {
  return Object.assign(new MemoryFileSystem(), { digest });
}

/** Gives the proofs and what was said of a copy of the file `f`. */
async function copy(
  from: FileSystem,
  to: FileSystem,
  verified: VerifiedSides,
): Promise<{ proofs: unknown[]; said: readonly string[] }> {
  const events: CopyEvent[] = [];
  const observer = {
    report: (event: CopyEvent) => {
      events.push(event);
    },
  };
  await copyTree(
    { files: from, entries: [{ path: "f" }] },
    { files: to, path: "to", mustBeDirectory: false },
    { options: transferOptions({ verified }), observer },
  );
  return {
    proofs: events
      .flatMap((event) => event.kind === "settled" ? [event.proof] : []),
    said: events.flatMap((event) =>
      event.kind === "warning" || event.kind === "failure"
        ? [event.message]
        : []
    ),
  };
}

function sourceOf(
  files: MemoryFileSystem = new MemoryFileSystem(),
): MemoryFileSystem {
  files.addFile("f", "abc");
  return files;
}

const hashes = (hash: string) => () =>
  Promise.resolve({ kind: "hash", hash } as const);

Deno.test("FileVerifier: believes a hash that is that of what passed", async () => {
  const from = new HashedFileSystem(sourceOf());
  const to = telling(hashes(HASH));
  assertEquals(await copy(from, to, "target"), {
    proofs: ["hashed"],
    said: [],
  });
});

Deno.test("FileVerifier: reads a file back before it believes that another hash is right", async () => {
  const from = new HashedFileSystem(sourceOf());
  const to = telling(hashes(WRONG));
  assertEquals(await copy(from, to, "target"), {
    proofs: ["read back"],
    said: [
      "files are read back to be verified: " +
      "the server tells other hashes than those of its files",
    ],
  });
});

Deno.test("FileVerifier: fails a file that is another one where it is read back", async () => {
  const from = new HashedFileSystem(sourceOf());
  const to = telling(() => {
    to.addFile("to", "abd");
    return Promise.resolve({ kind: "unavailable", reason: "no tool" });
  });
  assertEquals(await copy(from, to, "target"), {
    proofs: [undefined],
    said: [
      "files are read back to be verified: no tool",
      "to: verification failed: what is there is not what was sent",
    ],
  });
});

Deno.test("FileVerifier: asks for a source's hash as well, and names the source", async () => {
  const from = sourceOf(telling(hashes(WRONG)));
  const open = from.openToRead.bind(from);
  let isRead = false;
  from.openToRead = (path) => {
    if (isRead) from.addFile("f", "xyz");
    isRead = true;
    return open(path);
  };
  const to = new HashedFileSystem(new MemoryFileSystem());
  assertEquals((await copy(from, to, "source")).said, [
    "f: verification failed: what arrived is not what is there",
  ]);
});

Deno.test("FileVerifier: reads the file here again where nothing passed in its order", async () => {
  const to = telling(hashes(HASH));
  assertEquals((await copy(sourceOf(), to, "target")).proofs, ["hashed"]);
});

Deno.test("FileVerifier: compares the two sides of a copy between servers", async () => {
  const said = async (hash: string) =>
    (await copy(sourceOf(telling(hashes(HASH))), telling(hashes(hash)), "both"))
      .proofs;
  assertEquals(await said(HASH), ["hashed"]);
  assertEquals(await said(WRONG), ["read back"]);
});

Deno.test("FileVerifier: tells a file that cannot be read back", async () => {
  const from = new HashedFileSystem(sourceOf());
  const to = telling(() =>
    Promise.reject(new EntryError("to: it cannot be read"))
  );
  to.openToRead = (path) =>
    Promise.reject(new EntryError(`${path}: Permission denied`));
  assertEquals((await copy(from, to, "target")).said, [
    "to: verification failed: it cannot be read back (Permission denied)",
  ]);
});

Deno.test("FileVerifier: a lost connection is told once, though the hash of the source is lost with it", async () => {
  const lost = () => Promise.reject(new SessionError("lost connection"));
  const from = telling(lost);
  sourceOf(from);
  from.openToRead = async () =>
    Object.assign(await sourceOf().openToRead("f"), { read: lost });
  const source = new HashedFileSystem(from);
  await assertRejects(
    () => copy(source, new MemoryFileSystem(), "source"),
    SessionError,
    "lost connection",
  );
});
