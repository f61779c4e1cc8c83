import { assertEquals } from "@std/assert";
import type { MovingFile } from "../../../lib/events/copy_event.ts";
import { BegunFiles } from "../../../lib/terminal/begun_files.ts";

function file(path: string): MovingFile {
  return { name: path, path, size: 1, isWatched: true };
}

function failure(facts: { path?: string; endsSession?: true }) {
  return { kind: "failure", message: "x", ...facts } as const;
}

function begun(...files: readonly MovingFile[]): BegunFiles {
  const begun = new BegunFiles();
  for (const each of files) begun.begin(each);
  return begun;
}

Deno.test("BegunFiles: a failure of a session names all that are left, once", () => {
  const done = file("done");
  const files = begun(done, file("a"), file("b"), file("a"));
  files.settle(done);
  assertEquals(files.fail(failure({ endsSession: true })), ["a", "b"]);
  assertEquals(files.fail(failure({ endsSession: true })), []);
  assertEquals(files.takeAll(), []);
});

Deno.test("BegunFiles: a failure of a session that names a file names it first", () => {
  const files = begun(file("a"), file("b"));
  assertEquals(files.fail(failure({ path: "b", endsSession: true })), [
    "b",
    "a",
  ]);
});

Deno.test("BegunFiles: a failure with a path is that file's alone, begun or not", () => {
  const files = begun(file("a"), file("b"));
  assertEquals(files.fail(failure({ path: "a" })), ["a"]);
  assertEquals(files.fail(failure({ path: "none" })), ["none"]);
  assertEquals(files.takeAll(), ["b"]);
});

Deno.test("BegunFiles: a failure of neither a file nor a session names none", () => {
  const files = begun(file("a"));
  assertEquals(files.fail(failure({})), []);
  assertEquals(files.takeAll(), ["a"]);
});

Deno.test("BegunFiles: of two files of one path the other one is left", () => {
  const [one, other] = [file("a"), file("a")];
  const files = begun(one, other);
  files.settle(one);
  files.settle(one);
  assertEquals(files.takeAll(), ["a"]);
});
