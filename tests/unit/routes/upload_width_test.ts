import { assertEquals } from "@std/assert";
import { uploadWidth } from "../../../lib/routes/upload_width.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

const WHOLE_TREE = { recursive: true, jobs: 8 };

/** Gives a disk with this many files in a directory of a directory. */
function treeOf(count: number): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.addDirectory("/d");
  files.addDirectory("/d/e");
  for (let at = 0; at < count; at++) files.addFile(`/d/e/${at}`, "");
  return files;
}

Deno.test("uploadWidth(): counts files, up to the number of jobs", async () => {
  for (const [count, expected] of [[0, 0], [3, 3], [8, 8], [300, 8]] as const) {
    assertEquals(
      await uploadWidth(["/d"], treeOf(count), WHOLE_TREE),
      expected,
    );
  }
  const paths = ["/d/e/0", "/d/e/1", "/d/e/missing"];
  assertEquals(await uploadWidth(paths, treeOf(2), WHOLE_TREE), 2);
});

Deno.test("uploadWidth(): looks at nothing for one job, nor into a directory that is not sent", async () => {
  const files = treeOf(3);
  assertEquals(
    await uploadWidth(["/d"], files, { recursive: true, jobs: 1 }),
    1,
  );
  assertEquals(
    await uploadWidth(["/d"], files, { recursive: false, jobs: 8 }),
    1,
  );
});

Deno.test("uploadWidth(): has all jobs carry a large file", async () => {
  const files = new class extends MemoryFileSystem {
    override async find(path: string) {
      const found = await super.find(path);
      return found && { ...found, size: 64 * 1024 * 1024 };
    }
  }();
  files.addFile("/large", "");
  assertEquals(await uploadWidth(["/large"], files, WHOLE_TREE), 8);
});

Deno.test("uploadWidth(): does not look at all of a tree without files", async () => {
  const files = new MemoryFileSystem();
  files.addDirectory("/d");
  for (let at = 0; at < 300; at++) files.addDirectory(`/d/${at}`);
  assertEquals(await uploadWidth(["/d"], files, WHOLE_TREE), 8);
  await files.symlink("/d/0/loop", "/d/0");
  assertEquals(await uploadWidth(["/d/0"], files, WHOLE_TREE), 0);
});
