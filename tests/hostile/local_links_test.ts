/** Local copies of trees that were laid out to lead the copy astray. */

import { assertEquals } from "@std/assert";
import { listing } from "../support/fixtures/listing.ts";
import { type Outcome, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree, type TreeEntry } from "../support/fixtures/tree.ts";

/** A directory with something to harm in `outside`, and an empty `dst`. */
function makePlace(directory: string, entries: readonly TreeEntry[]): void {
  makeTree(directory, [
    { path: "outside/secret", content: "untouched" },
    { path: "dst/" },
    ...entries,
  ]);
}

/** Copies with `-r`, and gives what is outside then. */
async function copy(
  directory: string,
  args: readonly string[],
): Promise<{ outcome: Outcome; outside: string[] }> {
  const outcome = await seacp(["-r", ...args], { cwd: directory });
  return { outcome, outside: listing(`${directory}/outside`) };
}

const UNTOUCHED = ['secret = "untouched"'];

Deno.test("local copies: a directory is not copied through a link that this very run made", async () => {
  using directory = new TempDirectory();
  makePlace(directory.path, [
    { path: "p/" },
    { path: "q/x/evil", content: "evil" },
  ]);
  Deno.symlinkSync(`${directory.path}/outside`, `${directory.path}/p/x`);
  const { outcome, outside } = await copy(directory.path, [
    "p/x",
    "q/x",
    "dst",
  ]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("local copies: a file is not copied through a link that this very run made", async () => {
  using directory = new TempDirectory();
  makePlace(directory.path, [
    { path: "p/" },
    { path: "q/x", content: "evil" },
  ]);
  Deno.symlinkSync(`${directory.path}/outside/secret`, `${directory.path}/p/x`);
  const { outcome, outside } = await copy(directory.path, [
    "p/x",
    "q/x",
    "dst",
  ]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("local copies: a file is not made where a link leads that this very run made", async () => {
  using directory = new TempDirectory();
  makePlace(directory.path, [
    { path: "p/" },
    { path: "q/x", content: "evil" },
  ]);
  Deno.symlinkSync(`${directory.path}/outside/new`, `${directory.path}/p/x`);
  const { outcome, outside } = await copy(directory.path, [
    "p/x",
    "q/x",
    "dst",
  ]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("local copies: what two trees hold is not copied through links that the first one brought", async () => {
  using directory = new TempDirectory();
  makePlace(directory.path, [
    { path: "p/t/" },
    { path: "q/t/x/evil", content: "evil" },
    { path: "q/t/y", content: "evil" },
  ]);
  Deno.symlinkSync(`${directory.path}/outside`, `${directory.path}/p/t/x`);
  Deno.symlinkSync(
    `${directory.path}/outside/secret`,
    `${directory.path}/p/t/y`,
  );
  const { outcome, outside } = await copy(directory.path, [
    "p/t",
    "q/t",
    "dst",
  ]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("local copies: a link that leads to the directory it is in is copied as a link", async () => {
  using directory = new TempDirectory();
  makePlace(directory.path, [{ path: "p/t/f", content: "f" }]);
  Deno.symlinkSync("..", `${directory.path}/p/t/up`);
  const { outcome } = await copy(directory.path, ["p/t", "dst"]);
  assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
  assertEquals(listing(`${directory.path}/dst`), [
    "t/",
    't/f = "f"',
    "t/up -> ..",
  ]);
});
