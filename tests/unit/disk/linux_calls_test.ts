import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { linuxCalls } from "../../../lib/disk/linux_calls.ts";
import type { DirectoryEntry } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import * as libc from "../../../lib/system/libc.ts";
import { testUnless } from "../../support/c_library.ts";
import { lacksRawNames, shell } from "../../support/fixtures/raw_names.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree, pattern } from "../../support/fixtures/tree.ts";

const files = new LocalFileSystem(linuxCalls);

testUnless(
  lacksRawNames,
  "linuxCalls: a failed call throws strerror's text and errno's number, compiled or not",
  () => {
    const rows: readonly (readonly [() => unknown, number, string])[] = [
      [() => linuxCalls.stat("/none"), 2, "No such file or directory"],
      [() => linuxCalls.unlink("/"), 21, "Is a directory"],
      [() => linuxCalls.readlink("/none"), 2, "No such file or directory"],
      [() => linuxCalls.openToRead("/dev/null/x"), 20, "Not a directory"],
      [() => linuxCalls.mkdir("/", 0o755), 17, "File exists"],
    ];
    const compilations = [
      () => {},
      () => libc.compileCalls("copy"),
      () => libc.compileCalls("server"),
    ];
    for (const prepare of compilations) {
      prepare();
      for (const [call, code, message] of rows) {
        const error = assertThrows(call, libc.LibcError);
        assertEquals([error.code, error.message], [code, message]);
      }
      assertEquals(linuxCalls.readlink("/"), undefined);
      assertEquals(linuxCalls.find("/none"), undefined);
    }
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: stat() gives the numbers that the runtime gives",
  () => {
    for (
      const path of ["/", "/dev", "/dev/null", "/proc/self", "/etc/passwd"]
    ) {
      const { identity, mode } = linuxCalls.stat(path);
      const { dev, ino, mode: expected } = Deno.statSync(path);
      assertEquals(
        [identity, mode],
        [`${dev}:${ino}`, expected! & 0o7777],
        path,
      );
    }
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: no program we run inherits an open file",
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    using _written = linuxCalls.openToWrite(path, 0o644);
    using _read = linuxCalls.openToRead(path);
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", "ls -l /proc/self/fd"],
    }).output();
    assertEquals(new TextDecoder().decode(stdout).includes(path), false);
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: a closed file takes no call",
  () => {
    const file = linuxCalls.openToRead("/dev/null");
    file.close();
    for (
      const call of [() => file.fstat(), () => file.read(new Uint8Array(1))]
    ) {
      const error = assertThrows(call, libc.LibcError);
      assertEquals([error.code, error.message], [9, "Bad file descriptor"]);
    }
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: readdir() gives every name of a directory that is listed in parts",
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
  "linuxCalls: two directories that are listed by turns, each in parts, keep their names",
  () => {
    using directory = new TempDirectory();
    const namesOf = (prefix: string) =>
      Array.from(
        { length: 400 },
        (_, at) => `${prefix}-${at}`.padEnd(200, prefix),
      );
    for (const prefix of ["a", "b"]) {
      makeTree(
        `${directory.path}/${prefix}`,
        namesOf(prefix).map((path) => ({ path, content: "" })),
      );
    }
    const listings = ["a", "b"].map((name) => ({
      name,
      entries: linuxCalls.readdir(`${directory.path}/${name}`) as Iterator<
        DirectoryEntry
      >,
      names: [] as string[],
    }));
    for (let left = 2 * 400; left > 0;) {
      for (const { entries, names } of listings) {
        names.push(entries.next().value.name);
        left--;
      }
    }
    for (const { name, entries, names } of listings) {
      assertEquals(names.toSorted(), namesOf(name).toSorted());
      assertEquals(entries.next().done, true);
    }
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: each path stands for itself, after a longer one and one that is too long",
  () => {
    using directory = new TempDirectory();
    const { path } = directory;
    makeTree(path, [{ path: "a", content: "1" }, {
      path: "ab",
      content: "12",
    }]);
    const tooLong = `${path}/${"x".repeat(5000)}`;
    const sizeOf = (name: string) => {
      using file = linuxCalls.openToRead(`${path}/${name}`);
      const buffer = new Uint8Array(9);
      return [linuxCalls.stat(`${path}/${name}`).size, file.read(buffer)];
    };
    for (
      const call of [linuxCalls.find, linuxCalls.stat, linuxCalls.openToRead]
    ) {
      assertEquals([sizeOf("ab"), sizeOf("a")], [[2, 2], [1, 1]]);
      const ENAMETOOLONG = 36;
      const error = assertThrows(() => call(tooLong), libc.LibcError);
      assertEquals(error.code, ENAMETOOLONG);
      const cut = assertThrows(() => call(`${path}/a\0b`), libc.LibcError);
      assertEquals(cut.code, libc.EINVAL);
    }
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: a failing step on an open file names the path, the step and the reason",
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
  "linuxCalls: times before 1970 and fractions of a second are kept",
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
  "linuxCalls: openToWait() of a FIFO waits until somebody reads it, and all else goes on",
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

testUnless(
  lacksRawNames,
  "linuxCalls: openToWait() of a socket fails",
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/socket`;
    using _listener = Deno.listen({ transport: "unix", path });
    const found = await files.find(path);
    const error = await assertRejects(
      () => files.openToWrite(path, 0o644, found),
      EntryError,
    );
    assertEquals(error.message, `${path}: No such device or address`);
  },
);

testUnless(
  lacksRawNames,
  "linuxCalls: write() waits until a FIFO has room, for all of the bytes",
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
