import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { NameCollisions } from "../../../lib/filesystem/name_collisions.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

const fold = (name: string) => name.toLowerCase();

Deno.test("admit(): refuses a name that the target takes for one it admitted", async () => {
  const files = new MemoryFileSystem({ fold });
  files.addDirectory("/d");
  files.addFile("/d/OLD", "older");
  const names = new NameCollisions(files, "/d");
  // An entry that was there before the copy is overwritten, whatever its case.
  await names.admit("old");
  await names.admit("README");
  files.addFile("/d/README", "first");
  await names.admit("README");
  for (const name of ["readme", "ReadMe", "readme"]) {
    const error = await assertRejects(
      async () => await names.admit(name),
      EntryError,
    );
    assertEquals(
      error.message,
      `/d/${name}: not copied: the target takes its name for that of ` +
        "another entry, which was copied before",
    );
  }
});

Deno.test("admit(): admits like names where the target tells them apart", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("/d");
  for (let round = 0; round < 2; round++) {
    const names = new NameCollisions(files, "/d");
    for (const name of ["README", "readme", "Readme"]) {
      await names.admit(name);
      files.addFile(`/d/${name}`, name);
    }
  }
});

Deno.test("admit(): admits a name again whose first entry did not come to be", async () => {
  const files = new MemoryFileSystem({ fold });
  files.addDirectory("/d");
  const names = new NameCollisions(files, "/d");
  await names.admit("README");
  await names.admit("readme");
});

Deno.test("check(): looks at the names of the directory once", async () => {
  const files = new MemoryFileSystem({ fold });
  files.addDirectory("/d");
  files.addFile("/d/a", "");
  const names = new NameCollisions(files, "/d");
  await names.check("a");
  files.addFile("/d/b", "");
  await assertRejects(() => names.check("b"), EntryError, "/d/b: not copied");
});
