import { assert, assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { currentUmask } from "../../../lib/disk/local_file_system.ts";
import { testDiskPaths } from "./disk_paths.ts";
import { LACKS_BIRTH, onWindows } from "../platform.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";
import { makeTree } from "../fixtures/tree.ts";

/** Local disk under test. */
export interface Disk {
  readonly name: string;
  readonly files: FileSystem;
  /** Reason that it cannot be tested here; absent if it can. */
  readonly lacks?: string | undefined;
}

/** Registers the tests that the local disk has to pass, by any calls. */
export function testDisk({ name, files, lacks }: Disk): void {
  const test = (
    behaviour: string,
    fn: () => void | Promise<void>,
    missing = lacks,
  ): void => {
    const reason = missing === undefined ? "" : ` (${missing})`;
    const ignore = missing !== undefined;
    Deno.test({ name: `${name}: ${behaviour}${reason}`, ignore, fn });
  };
  const testOnUnix = (behaviour: string, fn: () => Promise<void>): void =>
    test(behaviour, fn, lacks ?? (onWindows ? "not on Windows" : undefined));

  testDiskPaths(testOnUnix, files);

  test("find() tells what is there and that nothing is", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/" }, { path: "f", content: "abc" }]);
    const file = await files.find(`${directory.path}/f`);
    assertEquals([file?.kind, file?.size], ["file", 3]);
    assertEquals((await files.find(`${directory.path}/d`))?.kind, "directory");
    assertEquals((await files.find(`${directory.path}/d/`))?.kind, "directory");
    assertEquals(await files.find(`${directory.path}/missing`), undefined);
    assertEquals(await files.find(`${directory.path}/missing/f`), undefined);
  });

  test("replace() puts a file in the place of another, in one step", async () => {
    using directory = new TempDirectory();
    const { path } = directory;
    makeTree(path, [{ path: "f", content: "old" }, { path: "d/" }]);
    using made = await files.createNew!(`${path}/.f.x`, 0o600);
    await made.write(new TextEncoder().encode("new"), 0);
    await made.close();
    await assertRejects(
      () => files.createNew!(`${path}/.f.x`, 0o600),
      EntryError,
      `${path}/.f.x: File exists`,
    );
    await assertRejects(
      () => files.createNew!(`${path}/.f.x`, 0o600, `${path}/f`),
      EntryError,
      `${path}/f: File exists`,
    );
    await files.replace!(`${path}/.f.x`, `${path}/f`);
    assertEquals(Deno.readTextFileSync(`${path}/f`), "new");
    assertEquals(await files.find(`${path}/.f.x`), undefined);
    await assertRejects(
      () => files.replace!(`${path}/f`, `${path}/d`),
      EntryError,
      `${path}/d: `,
    );
  });

  testOnUnix(
    "find() follows links, and finds nothing behind a dangling one",
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [{ path: "d/f", content: "abc" }]);
      Deno.symlinkSync("d/f", `${directory.path}/to-file`);
      Deno.symlinkSync("d", `${directory.path}/to-directory`);
      Deno.symlinkSync("missing", `${directory.path}/dangling`);
      assertEquals((await files.find(`${directory.path}/to-file`))?.size, 3);
      assertEquals(
        (await files.find(`${directory.path}/to-directory`))?.kind,
        "directory",
      );
      assertEquals(await files.find(`${directory.path}/dangling`), undefined);
    },
  );

  testOnUnix("find() calls a device something else", async () => {
    assertEquals((await files.find("/dev/null"))?.kind, "other");
  });

  testOnUnix("find() fails where the path leads through a file", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "" }]);
    const path = `${directory.path}/f/x`;
    const error = await assertRejects(() => files.find(path), EntryError);
    assertEquals(error.message, `${path}: Not a directory`);
  });

  testOnUnix(
    "stat() gives the whole mode and the times in milliseconds",
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "f", content: "abc", mode: 0o4751, modified: 1_000_000_000 },
        { path: "d/", mode: 0o1777, modified: 1_234_567_890 },
      ]);
      const file = await files.stat(`${directory.path}/f`);
      assertEquals(file.mode, 0o4751);
      assertEquals(file.modified, 1_000_000_000_000);
      assertEquals(file.accessed, 1_000_000_000_000);
      const directoryAttributes = await files.stat(`${directory.path}/d`);
      assertEquals(directoryAttributes.mode, 0o1777);
      assertEquals(directoryAttributes.modified, 1_234_567_890_000);
    },
  );

  test(
    "stat() tells when a directory was born, whatever happened to it since",
    async () => {
      using directory = new TempDirectory();
      const path = `${directory.path}/d`;
      const before = Date.now();
      Deno.mkdirSync(path);
      const { born } = await files.stat(path);
      // A kernel's clock ticks 50 times a second, or more often.
      assert(born! >= before - 20 && born! <= Date.now(), `${born}`);
      Deno.utimeSync(path, 1_000_000_000, 1_000_000_000);
      assert((await files.stat(path)).born! >= born!);
      makeTree(directory.path, [{ path: "f", content: "" }]);
      assertEquals(
        (await files.stat(`${directory.path}/f`)).born,
        undefined,
      );
    },
    lacks ?? LACKS_BIRTH,
  );

  testOnUnix(
    "stat() identifies an entry, whichever path leads to it",
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "a", content: "same" },
        { path: "b", content: "same" },
      ]);
      Deno.linkSync(`${directory.path}/a`, `${directory.path}/hard`);
      Deno.symlinkSync("a", `${directory.path}/soft`);
      const identityOf = async (name: string): Promise<string | undefined> =>
        (await files.stat(`${directory.path}/${name}`)).identity;
      assert(await identityOf("a") !== undefined);
      assertEquals(await identityOf("hard"), await identityOf("a"));
      assertEquals(await identityOf("soft"), await identityOf("a"));
      assert(await identityOf("b") !== await identityOf("a"));
    },
  );

  test(
    "stat() identifies an open file as its path does",
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [{ path: "f", content: "abc" }]);
      using file = await files.openToRead(`${directory.path}/f`);
      const open = await file.stat();
      assertEquals(open, await files.stat(`${directory.path}/f`));
    },
  );

  testOnUnix(
    "identify() tells the same of an entry by whatever leads to it",
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [
        { path: "d/f", content: "abc" },
        { path: "d/g", content: "abc" },
      ]);
      Deno.symlinkSync("d/f", `${directory.path}/link`);
      const identity = await files.identify(`${directory.path}/d/f`);
      assert(identity !== undefined);
      for (const path of ["link", "d/../d/f"]) {
        const other = await files.identify(`${directory.path}/${path}`);
        assertEquals(other, identity, path);
      }
      using read = await files.openToRead(`${directory.path}/link`);
      assertEquals((await read.identify())?.identity, identity);
      using written = await files.openToWrite(`${directory.path}/d/f`, 0o644);
      assertEquals((await written.identify())?.identity, identity);
      for (const path of ["d/g", "d"]) {
        const other = await files.identify(`${directory.path}/${path}`);
        assert(other !== undefined && other !== identity, path);
      }
    },
  );

  test("readdir() gives every name but . and ..", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: ".hidden", content: "" },
      { path: "b", content: "" },
      { path: "d/inside", content: "" },
    ]);
    const names = await Array.fromAsync(
      await files.readdir(directory.path),
      ({ name }) => name,
    );
    assertEquals(names.toSorted(), [".hidden", "b", "d"]);
  });

  test("readdir() gives a listing that need not be gone through, or to its end", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "a", content: "" },
      { path: "b", content: "" },
    ]);
    {
      using _unread = await files.readdir(directory.path);
    }
    const listing = await files.readdir(directory.path);
    for await (const { name } of listing) {
      assert(["a", "b"].includes(name));
      break;
    }
    listing[Symbol.dispose]();
  });

  test("every error names the path and the system's reason", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "d/" }, { path: "f", content: "" }]);
    const missing = `${directory.path}/missing`;
    const taken = `${directory.path}/f`;
    const times = { modified: 0, accessed: 0 };
    const rows: readonly (readonly [
      call: () => Promise<unknown>,
      message: string,
    ])[] = [
      [
        () => files.stat(missing),
        `${missing}: No such file or directory`,
      ],
      [() => files.readdir(missing), `${missing}: No such file or directory`],
      [() => files.readdir(taken), `${taken}: Not a directory`],
      [() => files.identify(missing), `${missing}: No such file or directory`],
      [
        () => files.openToRead(missing),
        `${missing}: No such file or directory`,
      ],
      [
        () => files.openToWrite(`${missing}/f`, 0o644),
        `${missing}/f: No such file or directory`,
      ],
      [() => files.mkdir(taken, 0o755), `${taken}: File exists`],
      [
        () => files.setTimes(missing, times),
        `${missing}: set times: No such file or directory`,
      ],
      [() => files.readlink(missing), `${missing}: No such file or directory`],
      // Windows opens a directory to write, sets no mode and makes no link.
      ...(onWindows ? [] : [
        [
          () => files.openToWrite(`${directory.path}/d`, 0o644),
          `${directory.path}/d: Is a directory`,
        ],
        [
          () => files.setMode(missing, 0o644),
          `${missing}: set mode: No such file or directory`,
        ],
        [
          () => files.symlink(`${directory.path}/d`, "x"),
          `${directory.path}/d: File exists`,
        ],
      ] as const),
    ];
    for (const [call, message] of rows) {
      const error = await assertRejects(call, EntryError);
      assertEquals(error.message, message);
    }
  });

  test("read() gives what is in the file from where it is told on", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "abcde" }]);
    using file = await files.openToRead(`${directory.path}/f`);
    const buffer = new Uint8Array(3);
    const text = (length: number) =>
      new TextDecoder().decode(buffer.subarray(0, length));
    assertEquals(text(await file.read(buffer, 0)), "abc");
    assertEquals(text(await file.read(buffer, 3)), "de");
    assertEquals(await file.read(buffer, 5), 0);
    assertEquals(await file.read(buffer, 5), 0);
    assertEquals(await file.read(buffer, 100), 0);
    assertEquals(text(await file.read(buffer, 1)), "bcd");
  });

  test("write() puts bytes where it is told, in any order", async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    {
      using file = await files.openToWrite(path, 0o644);
      const parts = [["ef", 4], ["ab", 0], ["cd", 2], ["B", 1]] as const;
      for (const [text, at] of parts) {
        await file.write(new TextEncoder().encode(text), at);
      }
    }
    assertEquals(Deno.readTextFileSync(path), "aBcdef");
  });

  test("close() closes a file, which may be disposed of after it", async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    using written = await files.openToWrite(path, 0o644);
    await written.write(new TextEncoder().encode("abc"), 0);
    await written.close();
    using other = await files.openToRead(path);
    written[Symbol.dispose]();
    const buffer = new Uint8Array(4);
    assertEquals(await other.read(buffer, 0), 3);
    await other.close();
    assertEquals(Deno.readTextFileSync(path), "abc");
  });

  test("read() of a directory fails with its path", async () => {
    using directory = new TempDirectory();
    using file = await files.openToRead(directory.path);
    const error = await assertRejects(
      () => file.read(new Uint8Array(1), 0),
      EntryError,
    );
    assertEquals(error.message, `${directory.path}: Is a directory`);
  });

  test("create() makes what is not there, and tells what is", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "old" }, { path: "d/" }]);
    if (!onWindows) Deno.symlinkSync("nowhere", `${directory.path}/link`);
    for (
      const name of ["f", "d", ...(onWindows ? [] : ["link", "f/", "no/"])]
    ) {
      const found = await files.create!(`${directory.path}/${name}`, 0o644);
      assertEquals(found, undefined, name);
    }
    assertEquals(Deno.readTextFileSync(`${directory.path}/f`), "old");
    const path = `${directory.path}/new`;
    {
      using made = await files.create!(path, 0o600);
      await made!.write(new TextEncoder().encode("abc"), 0);
      await made!.close();
    }
    assertEquals(Deno.readTextFileSync(path), "abc");
    if (!onWindows) assertEquals(Deno.statSync(path).mode! & 0o7777, 0o600);
    const error = await assertRejects(
      () => files.create!(`${directory.path}/missing/f`, 0o644),
      EntryError,
    );
    assertEquals(
      error.message,
      `${directory.path}/missing/f: No such file or directory`,
    );
  });

  test("openToWrite() changes neither length nor mode of what is there", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{
      path: "f",
      content: "old content",
      mode: 0o640,
    }]);
    const path = `${directory.path}/f`;
    {
      using file = await files.openToWrite(path, 0o777);
      assertEquals(Deno.readTextFileSync(path), "old content");
      await file.write(new TextEncoder().encode("new"), 0);
      await file.write(new TextEncoder().encode("er"), 3);
    }
    assertEquals(Deno.readTextFileSync(path), "newerontent");
    if (!onWindows) assertEquals(Deno.statSync(path).mode! & 0o7777, 0o640);
  });

  testOnUnix(
    "openToWrite() and mkdir() give a new entry its mode under the umask",
    async () => {
      using directory = new TempDirectory();
      const before = Deno.umask(0o027);
      try {
        using _file = await files.openToWrite(`${directory.path}/f`, 0o666);
        await files.mkdir(`${directory.path}/d`, 0o777);
        assertEquals(currentUmask(), 0o027);
      } finally {
        Deno.umask(before);
      }
      assertEquals(Deno.statSync(`${directory.path}/f`).mode! & 0o7777, 0o640);
      assertEquals(Deno.statSync(`${directory.path}/d`).mode! & 0o7777, 0o750);
    },
  );

  testOnUnix("openToWrite() writes through a link", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "old" }]);
    Deno.symlinkSync("f", `${directory.path}/link`);
    {
      using file = await files.openToWrite(`${directory.path}/link`, 0o644);
      await file.write(new TextEncoder().encode("new"), 0);
    }
    assertEquals(Deno.readTextFileSync(`${directory.path}/f`), "new");
    assert(Deno.lstatSync(`${directory.path}/link`).isSymlink);
  });

  test("truncate() cuts and extends", async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    using file = await files.openToWrite(path, 0o644);
    await file.write(new TextEncoder().encode("abcde"), 0);
    await file.truncate(2);
    assertEquals(Deno.readTextFileSync(path), "ab");
    await file.truncate(4);
    assertEquals(Deno.readTextFileSync(path), "ab\0\0");
  });

  testOnUnix("setMode() sets all twelve bits, whatever the umask", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [{ path: "f", content: "" }, { path: "d/" }]);
    using file = await files.openToWrite(`${directory.path}/f`, 0o644);
    await file.setMode(0o4757);
    await files.setMode(`${directory.path}/d`, 0o1777);
    assertEquals(Deno.statSync(`${directory.path}/f`).mode! & 0o7777, 0o4757);
    assertEquals(Deno.statSync(`${directory.path}/d`).mode! & 0o7777, 0o1777);
  });

  test("setTimes() sets both times, each its own", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "a", content: "" },
      { path: "b", content: "" },
    ]);
    const times = {
      modified: 1_000_000_000_000,
      accessed: 1_000_000_001_000,
    };
    using file = await files.openToWrite(`${directory.path}/a`, 0o644);
    await file.setTimes(times);
    await files.setTimes(`${directory.path}/b`, times);
    for (const name of ["a", "b"]) {
      const { mtime, atime } = Deno.statSync(`${directory.path}/${name}`);
      assertEquals(mtime?.getTime(), 1_000_000_000_000, name);
      assertEquals(atime?.getTime(), 1_000_000_001_000, name);
    }
  });

  test("setTimes() keeps every millisecond", async () => {
    using directory = new TempDirectory();
    makeTree(directory.path, [
      { path: "a", content: "" },
      { path: "b", content: "" },
    ]);
    using file = await files.openToWrite(`${directory.path}/a`, 0o644);
    for (
      const modified of [
        1,
        999,
        1_000_000_000_001,
        1_000_000_000_123,
        1_732_359_999_999,
        4_102_444_800_007,
      ]
    ) {
      await file.setTimes({ modified, accessed: modified });
      await files.setTimes(`${directory.path}/b`, {
        modified,
        accessed: modified,
      });
      for (const name of ["a", "b"]) {
        const path = `${directory.path}/${name}`;
        assertEquals((await files.stat(path)).modified, modified, name);
      }
    }
  });

  testOnUnix(
    "readlink() tells what a link says, and that nothing else is one",
    async () => {
      using directory = new TempDirectory();
      makeTree(directory.path, [{ path: "f", content: "" }, { path: "d/" }]);
      await files.symlink(`${directory.path}/link`, "../else where");
      assertEquals(
        await files.readlink(`${directory.path}/link`),
        "../else where",
      );
      assertEquals(await files.readlink(`${directory.path}/f`), undefined);
      assertEquals(await files.readlink(`${directory.path}/d`), undefined);
    },
  );

  test("join() writes a path as scp does", () => {
    const rows: readonly (readonly [string, string, string])[] = [
      ["d", "f", "d/f"],
      ["/", "f", "/f"],
      ["d/", "f", "d//f"],
      [".", "f", "./f"],
      ["//", "f", "///f"],
      ["d\\", "f", onWindows ? "d\\f" : "d\\/f"],
    ];
    for (const [directory, name, expected] of rows) {
      assertEquals(files.join(directory, name), expected);
    }
  });

  test("nameOf() gives the last component, trailing slashes ignored", () => {
    const rows: readonly (readonly [string, string])[] = [
      ["f", "f"],
      ["d/f", "f"],
      ["d/f//", "f"],
      ["/f", "f"],
      ["..", ".."],
      ["d/.", "."],
      ["a b", "a b"],
    ];
    for (const [path, expected] of rows) {
      assertEquals(files.nameOf(path), expected, path);
    }
  });
}
