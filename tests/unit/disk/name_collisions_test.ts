import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { NameCollisions } from "../../../lib/filesystem/name_collisions.ts";
import { FoldingFileSystem } from "../../support/file_systems/folding_file_system.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("admit() refuses a name that the target takes for one it admitted", async () => {
  using directory = new TempDirectory();
  const { path } = directory;
  makeTree(path, [{ path: "OLD", content: "older" }]);
  const files = new FoldingFileSystem(path, (name) => name.toLowerCase());
  const names = new NameCollisions(files, path);
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
  using directory = new TempDirectory();
  const { path } = directory;
  for (let round = 0; round < 2; round++) {
    const names = new NameCollisions(new LocalFileSystem(), path);
    for (const name of ["README", "readme", "Readme"]) {
      await names.admit(name);
      Deno.writeTextFileSync(`${path}/${name}`, name);
    }
  }
});

Deno.test("admit() admits a name again whose first entry did not come to be", async () => {
  using directory = new TempDirectory();
  const files = new FoldingFileSystem(
    directory.path,
    (name) => name.toLowerCase(),
  );
  const names = new NameCollisions(files, directory.path);
  await names.admit("README");
  await names.admit("readme");
});
