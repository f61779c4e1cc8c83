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
  const short = withFaults(file, { read: () => Promise.resolve(0) });
  assertEquals(await checkWhole(short, 3, found), undefined);
});

Deno.test("checkWhole(): gives the failure of a file that was cut for a moment", async () => {
  const { file, found } = await fileOf("content");
  assertEquals(
    await checkWhole(file, 3, found),
    new EntryError(
      "far: /f: the file shrank while it was read: 3 of 7 bytes were there",
    ),
  );
});

Deno.test("checkWhole(): takes a file that was read to its present end", async () => {
  const { file, found } = await fileOf("now");
  const attributes = { ...found.attributes, size: 7 };
  assertEquals(await checkWhole(file, 3, { ...found, attributes }), undefined);
});

Deno.test("checkWhole(): gives the failure of a file that shrank, or is out of reach", async () => {
  const { file, found } = await fileOf("then");
  const attributes = { ...found.attributes, size: 9 };
  assertEquals(
    await checkWhole(file, 2, { ...found, attributes }),
    new EntryError(
      "far: /f: the file shrank while it was read: 2 of 9 bytes were there",
    ),
  );
  const gone = new EntryError("far: /f: gone");
  const lost = withFaults(file, { stat: () => Promise.reject(gone) });
  assertEquals(await checkWhole(lost, 2, { ...found, attributes }), gone);
});
