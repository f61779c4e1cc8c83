/** Local copies of trees that were laid out to lead the copy astray. */

import { assertEquals } from "@std/assert";
import { listing } from "../support/listing.ts";
import { type Outcome, seacp } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { makeTree, type TreeEntry } from "../support/tree.ts";

/** A folder with something to harm in `outside`, and an empty `dst`. */
function makePlace(folder: string, entries: readonly TreeEntry[]): void {
  makeTree(folder, [
    { path: "outside/secret", content: "untouched" },
    { path: "dst/" },
    ...entries,
  ]);
}

/** Copies with `-r`, and gives what is outside then. */
async function copy(
  folder: string,
  args: readonly string[],
): Promise<{ outcome: Outcome; outside: string[] }> {
  const outcome = await seacp(["-r", ...args], { cwd: folder });
  return { outcome, outside: listing(`${folder}/outside`) };
}

const UNTOUCHED = ['secret = "untouched"'];

Deno.test("A folder is not copied through a link that this very run made", async () => {
  using folder = new TempFolder();
  makePlace(folder.path, [
    { path: "p/" },
    { path: "q/x/evil", content: "evil" },
  ]);
  Deno.symlinkSync(`${folder.path}/outside`, `${folder.path}/p/x`);
  const { outcome, outside } = await copy(folder.path, ["p/x", "q/x", "dst"]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("A file is not copied through a link that this very run made", async () => {
  using folder = new TempFolder();
  makePlace(folder.path, [
    { path: "p/" },
    { path: "q/x", content: "evil" },
  ]);
  Deno.symlinkSync(`${folder.path}/outside/secret`, `${folder.path}/p/x`);
  const { outcome, outside } = await copy(folder.path, ["p/x", "q/x", "dst"]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("A file is not made where a link leads that this very run made", async () => {
  using folder = new TempFolder();
  makePlace(folder.path, [
    { path: "p/" },
    { path: "q/x", content: "evil" },
  ]);
  Deno.symlinkSync(`${folder.path}/outside/new`, `${folder.path}/p/x`);
  const { outcome, outside } = await copy(folder.path, ["p/x", "q/x", "dst"]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("What two trees hold is not copied through links that the first one brought", async () => {
  using folder = new TempFolder();
  makePlace(folder.path, [
    { path: "p/t/" },
    { path: "q/t/x/evil", content: "evil" },
    { path: "q/t/y", content: "evil" },
  ]);
  Deno.symlinkSync(`${folder.path}/outside`, `${folder.path}/p/t/x`);
  Deno.symlinkSync(`${folder.path}/outside/secret`, `${folder.path}/p/t/y`);
  const { outcome, outside } = await copy(folder.path, ["p/t", "q/t", "dst"]);
  assertEquals(outside, UNTOUCHED);
  assertEquals(outcome.status, 1);
});

Deno.test("A link that leads to the folder it is in is copied as a link", async () => {
  using folder = new TempFolder();
  makePlace(folder.path, [{ path: "p/t/f", content: "f" }]);
  Deno.symlinkSync("..", `${folder.path}/p/t/up`);
  const { outcome } = await copy(folder.path, ["p/t", "dst"]);
  assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
  assertEquals(listing(`${folder.path}/dst`), [
    "t/",
    't/f = "f"',
    "t/up -> ..",
  ]);
});
