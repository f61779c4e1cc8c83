import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { AskedAhead } from "../../../lib/routes/asked_ahead.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { turn } from "../../support/turn.ts";

/** Asks about files of a disk, and notes which. */
class Asking {
  readonly files = new MemoryFileSystem();
  readonly asked: string[] = [];
  readonly ahead: AskedAhead<string>;
  /** Settles the questions that are held, where they are. */
  readonly held: (() => void)[] = [];

  constructor({ holds = false } = {}) {
    for (const path of ["t", "t/d", "t/d/e"]) this.files.addDirectory(path);
    this.ahead = new AskedAhead(this.files, async ({ path }, name) => {
      this.asked.push(path + (name === undefined ? "" : ` as ${name}`));
      if (holds) await new Promise<void>((go) => this.held.push(go));
      if (path.includes("bad")) throw new EntryError(`${path}: bad`);
      return path.includes("none") ? undefined : `about ${path}`;
    });
  }

  /** Lets the walk run as far as it comes. */
  async walk(root: string): Promise<void> {
    this.ahead.walk(root);
    for (let at = 0; at < 300; at++) await turn();
  }
}

Deno.test("AskedAhead: asks about all files of a tree, and hands each answer out once", async () => {
  const asking = new Asking();
  for (const name of ["t/a", "t/d/b", "t/d/e/c"]) {
    asking.files.addFile(name, "1");
  }
  await asking.walk("t");
  assertEquals(asking.asked.toSorted(), ["t/a", "t/d/b", "t/d/e/c"]);
  assertEquals(asking.ahead.isDone, false);
  for (const name of ["t/d/b", "t/a", "t/d/e/c"]) {
    assertEquals(await asking.ahead.take(name), `about ${name}`);
  }
  assertEquals(asking.asked.length, 3);
  assertEquals(asking.ahead.isDone, true);
});

Deno.test("AskedAhead: does not wait for a file about which there is nothing to know", async () => {
  const asking = new Asking();
  asking.files.addFile("t/none", "1");
  await asking.walk("t");
  assertEquals(asking.ahead.isDone, true);
});

Deno.test("AskedAhead: asks about a file that the walk has not come to, by its name", async () => {
  const asking = new Asking();
  asking.files.addFile("f", "1");
  assertEquals(await asking.ahead.take("f", "g"), "about f");
  assertEquals(asking.asked, ["f as g"]);
  await assertRejects(() => asking.ahead.take("missing"), EntryError);
});

Deno.test("AskedAhead: leaves a failure to whoever takes the answer", async () => {
  const asking = new Asking();
  asking.files.addFile("t/bad", "1");
  await asking.walk("t");
  await assertRejects(() => asking.ahead.take("t/bad"), EntryError);
});

Deno.test("AskedAhead: has at most 512 questions in flight", async () => {
  const asking = new Asking({ holds: true });
  for (let at = 0; at < 600; at++) asking.files.addFile(`t/${at}`, "1");
  await asking.walk("t");
  for (let at = 0; at < 5000 && asking.asked.length < 512; at++) await turn();
  assertEquals(asking.asked.length, 512);
  for (const go of asking.held.splice(0)) go();
  for (let at = 0; at < 5000 && asking.asked.length < 600; at++) await turn();
  assertEquals(asking.asked.length, 600);
  for (const go of asking.held.splice(0)) go();
});

Deno.test("AskedAhead: asks nothing more once it has ended", async () => {
  const asking = new Asking();
  asking.files.addFile("t/f", "1");
  asking.ahead.end();
  await asking.walk("t");
  assertEquals(asking.asked, []);
});

Deno.test("AskedAhead: asks about the files of a directory that are wanted, and of none below it", async () => {
  const asking = new Asking();
  for (const name of ["t/a", "t/b", "t/d/a"]) asking.files.addFile(name, "1");
  asking.ahead.walkFiles("t", (name) => name !== "b");
  assertEquals(asking.ahead.isAsking, true);
  for (let at = 0; at < 50; at++) await turn();
  assertEquals(asking.asked, ["t/a"]);
  assertEquals(asking.ahead.isAsking, false);
});
