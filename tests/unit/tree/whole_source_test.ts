import { assertEquals } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { checkWhole } from "../../../lib/tree/whole_source.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { withFaults } from "../../support/file_systems/faulty_file.ts";

async function fileOf(content: string) {
  const files = new MemoryFileSystem();
  files.addFile("/f", content, 0o644);
  const file = await files.openToRead("/f");
  const attributes = await file.stat();
  return { file, found: { path: "/f", attributes, label: "far: " } };
}

Deno.test("checkWhole(): takes a file that never had the length that it tells", async () => {
  const { file, found } = await fileOf("content");
  for (const copied of [{ size: 3 }, { size: 3, isUnseen: true }]) {
    assertEquals(await checkWhole(file, copied, found), copied);
  }
});

Deno.test("checkWhole(): takes a file that was read to its present end", async () => {
  const { file, found } = await fileOf("now");
  const attributes = { ...found.attributes, size: 7 };
  for (const copied of [{ size: 3 }, { size: 3, isUnseen: true }]) {
    const then = { ...found, attributes };
    assertEquals(await checkWhole(file, copied, then), copied);
  }
});

Deno.test("checkWhole(): takes what is as long as it was, or longer, and no second look at what was read", async () => {
  const { file, found } = await fileOf("long");
  const attributes = { ...found.attributes, size: 3 };
  const then = { ...found, attributes };
  for (const size of [3, 4, 5]) {
    const unseen = { size, isUnseen: true };
    assertEquals(await checkWhole(file, unseen, then), unseen);
    const lost = withFaults(file, { stat: () => Promise.reject(new Error()) });
    assertEquals(await checkWhole(lost, { size }, then), { size });
  }
});

Deno.test("checkWhole(): hands on a failure as it is", async () => {
  const { file, found } = await fileOf("content");
  const copied = { size: 3, failure: new EntryError("f: no") };
  assertEquals(await checkWhole(file, copied, found), copied);
});

Deno.test("checkWhole(): gives the failure of a file that shrank, and what it still has", async () => {
  const { file, found } = await fileOf("then");
  const attributes = { ...found.attributes, size: 9 };
  for (
    const [copied, there] of [
      [{ size: 2 }, 2],
      [{ size: 5 }, 5],
      [{ size: 5, isUnseen: true }, 4],
      [{ size: 9, isUnseen: true }, 4],
    ] as const
  ) {
    assertEquals(await checkWhole(file, copied, { ...found, attributes }), {
      size: there,
      failure: new EntryError(
        `far: /f: the file shrank while it was read: ${there} of 9 bytes were there`,
      ),
    });
  }
});

Deno.test("checkWhole(): gives whatever keeps a file out of reach", async () => {
  const { file, found } = await fileOf("then");
  const attributes = { ...found.attributes, size: 9 };
  for (const failure of [new EntryError("f: gone"), new TypeError("a bug")]) {
    const lost = withFaults(file, { stat: () => Promise.reject(failure) });
    assertEquals(
      await checkWhole(lost, { size: 2 }, { ...found, attributes }),
      { size: 2, failure },
    );
  }
});
