import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { LocalFiles } from "../../../lib/disk/local_files.ts";
import { Namesakes } from "../../../lib/filesystem/namesakes.ts";
import { FoldingFiles } from "../../support/folding_files.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { makeTree } from "../../support/tree.ts";

Deno.test("admit() refuses a name that the target takes for one it admitted", async () => {
  using folder = new TempFolder();
  const { path } = folder;
  makeTree(path, [{ path: "OLD", content: "older" }]);
  const files = new FoldingFiles(path, (name) => name.toLowerCase());
  const names = new Namesakes(files, path);
  // What was there before is overwritten, whatever its case.
  await names.admit("old");
  await names.admit("README");
  Deno.writeTextFileSync(`${path}/README`, "first");
  await names.admit("README");
  for (const name of ["readme", "ReadMe", "readme"]) {
    const error = await assertRejects(() => names.admit(name), EntryError);
    assertEquals(
      error.message,
      `${path}/${name}: not copied: the target takes its name for that of ` +
        "another entry, which was copied before",
    );
  }
});

Deno.test("admit() admits like names where the target tells them apart", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  using folder = new TempFolder();
  const { path } = folder;
  for (let round = 0; round < 2; round++) {
    const names = new Namesakes(new LocalFiles(), path);
    for (const name of ["README", "readme", "Readme"]) {
      await names.admit(name);
      Deno.writeTextFileSync(`${path}/${name}`, name);
    }
  }
});

Deno.test("admit() admits a name again whose first entry did not come to be", async () => {
  using folder = new TempFolder();
  const files = new FoldingFiles(folder.path, (name) => name.toLowerCase());
  const names = new Namesakes(files, folder.path);
  await names.admit("README");
  await names.admit("readme");
});
