import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { PosixFileSystem } from "../../../lib/disk/raw_files.ts";
import { testUnless } from "../../support/c_library.ts";
import { testDisk } from "../../support/file_systems/disk_tests.ts";
import { lacksRawNames, shell } from "../../support/fixtures/raw_names.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, pattern } from "../../support/fixtures/tree.ts";

const files = new PosixFileSystem();

testDisk({
  name: "PosixFileSystem",
  files,
  ...(lacksRawNames === undefined ? {} : { lacks: lacksRawNames }),
});

testUnless(
  lacksRawNames,
  "readdir() gives every name of a directory that is listed in parts",
  async () => {
    using directory = new TempDirectory();
    const names = Array.from(
      { length: 1000 },
      (_, index) => String(index).padStart(200, "0"),
    );
    makeTree(directory.path, names.map((path) => ({ path, content: "" })));
    const listed = await Array.fromAsync(
      await files.readdir(directory.path),
      ({ name }) => name,
    );
    assertEquals(listed.toSorted(), names);
  },
);

testUnless(
  lacksRawNames,
  "A failing step on an open file names the path, the step and why",
  async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "" }]);
    const path = `${directory.path}/f`;
    using file = await files.openToRead(path);
    const rows: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => file.write(new Uint8Array(1), 0), `${path}: Bad file descriptor`],
      [() => file.truncate(0), `${path}: truncate: Invalid argument`],
    ];
    for (const [call, message] of rows) {
      const error = await assertRejects(call, EntryError);
      assertEquals(error.message, message);
    }
  },
);

testUnless(
  lacksRawNames,
  "A path with a NUL in it is not cut there",
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f\0g`;
    await assertRejects(
      () => files.openToWrite(path, 0o644),
      EntryError,
      "Invalid argument",
    );
    assertEquals([...Deno.readDirSync(directory.path)], []);
  },
);

testUnless(
  lacksRawNames,
  "Times before 1970 and fractions of a second are kept",
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    using file = await files.openToWrite(path, 0o644);
    const rows = [
      [-1, -1],
      [-1_000_000_000_500, -1_000_000_000_500],
      [1_234.567, 1_234],
    ] as const;
    for (const [modified, expected] of rows) {
      await file.setTimes({ modified, accessed: 0 });
      assertEquals((await file.stat()).modified, expected);
      await files.setTimes(path, { modified: 0, accessed: modified });
      assertEquals((await file.stat()).accessed, expected);
    }
    assertEquals(shell("stat -c %.6X f", directory.path), "1.234567\n");
  },
);

testUnless(
  lacksRawNames,
  "openToWrite() of a FIFO waits until somebody reads it, and all else goes on",
  async () => {
    using directory = new TempDirectory();
    shell("mkfifo pipe", directory.path);
    const path = `${directory.path}/pipe`;
    const opened = files.openToWrite(path, 0o644, await files.find(path));
    const reader = await Deno.open(path);
    using file = await opened;
    const sent = pattern(3);
    await file.write(sent, 0);
    assertEquals(await readExactly(reader, sent.length), sent);
    reader.close();
    const error = await assertRejects(() => file.write(sent, 3), EntryError);
    assertEquals(error.message, `${path}: Broken pipe`);
  },
);

testUnless(lacksRawNames, "openToWrite() of a socket fails", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/socket`;
  using _listener = Deno.listen({ transport: "unix", path });
  const found = await files.find(path);
  const error = await assertRejects(
    () => files.openToWrite(path, 0o644, found),
    EntryError,
  );
  assertEquals(error.message, `${path}: No such device or address`);
});

testUnless(
  lacksRawNames,
  "write() waits until a FIFO has room, for all of the bytes",
  async () => {
    using directory = new TempDirectory();
    shell("mkfifo pipe", directory.path);
    const path = `${directory.path}/pipe`;
    using reader = Deno.openSync(path, { read: true, write: true });
    const sent = pattern(300_000);
    using file = await files.openToWrite(
      path,
      0o644,
      await files.find(path),
    );
    const [received] = await Promise.all([
      readExactly(reader, sent.length),
      file.write(sent, 0),
    ]);
    assertEquals(received, sent);
  },
);

async function readExactly(
  file: Deno.FsFile,
  size: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    at += await file.read(bytes.subarray(at)) ?? 0;
  }
  return bytes;
}
