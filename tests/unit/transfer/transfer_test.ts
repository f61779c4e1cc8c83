import { assert, assertEquals } from "@std/assert";
import { transfer } from "../../../lib/copy/transfer.ts";
import { EntryError } from "../../../lib/errors.ts";
import { LocalFiles } from "../../../lib/files/local_files.ts";
import { FaultyFiles } from "../../support/faulty_files.ts";
import { listing } from "../../support/listing.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { makeTree } from "../../support/tree.ts";

/** Copies as `cp -r`, or as told; what failed. */
async function copy(
  source: string,
  target: string,
  { recursive = true, preserve = false, files = new LocalFiles() }: {
    recursive?: boolean;
    preserve?: boolean;
    files?: LocalFiles;
  } = {},
): Promise<string[]> {
  const observer = new RecordingObserver();
  const store = { preserve, umask: 0o022, modeBits: 0o777 };
  const interrupted = new AbortController().signal;
  await transfer(
    { files, path: source },
    { files, path: target },
    {
      options: {
        recursive,
        preserve,
        store,
        madeLinks: new Set(),
        interrupted,
      },
      observer,
    },
  );
  return observer.failures;
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

function modifiedOf(path: string): number {
  return Deno.statSync(path).mtime!.getTime() / 1000;
}

Deno.test("transfer() copies a file under the name of its target", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "a", content: "abc" }]);
  assertEquals(await copy(`${folder.path}/a`, `${folder.path}/b`), []);
  assertEquals(listing(folder.path), ['a = "abc"', 'b = "abc"']);
});

Deno.test("transfer() copies a file whole, whatever its size", async () => {
  for (const size of [0, 1, 262_143, 262_144, 262_145, 600_000]) {
    using folder = new TempFolder();
    const content = Uint8Array.from({ length: size }, (_, at) => at % 251);
    makeTree(folder.path, [{ path: "a", content }]);
    assertEquals(await copy(`${folder.path}/a`, `${folder.path}/b`), []);
    assertEquals(
      new Uint8Array(Deno.readFileSync(`${folder.path}/b`)),
      content,
      `${size} bytes`,
    );
  }
});

Deno.test("transfer() copies into a folder that is there", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [
    { path: "a", content: "abc" },
    { path: "d/f", content: "f" },
    { path: "to/" },
  ]);
  for (const source of ["a", "d"]) {
    assertEquals(
      await copy(`${folder.path}/${source}`, `${folder.path}/to`),
      [],
    );
  }
  assertEquals(
    listing(`${folder.path}/to`),
    ['a = "abc"', "d/", 'd/f = "f"'],
  );
});

Deno.test("transfer() copies a folder under the name of a missing target", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [
    { path: "d/f", content: "f" },
    { path: "d/-x y'\"🦕", content: "" },
    { path: "d/e/e/" },
  ]);
  for (const source of ["d", "d/", "d//"]) {
    using target = new TempFolder();
    assertEquals(
      await copy(`${folder.path}/${source}`, `${target.path}/new`),
      [],
    );
    assertEquals(
      listing(`${target.path}/new`),
      listing(`${folder.path}/d`),
      source,
    );
  }
});

Deno.test("transfer() merges a folder into one of its name", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [
    { path: "d/f", content: "new" },
    { path: "to/d/f", content: "an older, longer file" },
    { path: "to/d/g", content: "kept" },
  ]);
  assertEquals(await copy(`${folder.path}/d`, `${folder.path}/to`), []);
  assertEquals(
    listing(`${folder.path}/to`),
    ["d/", 'd/f = "new"', 'd/g = "kept"'],
  );
});

Deno.test("transfer() copies links of a tree as links", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "f" }, { path: "d/e/" }]);
  Deno.symlinkSync("f", `${folder.path}/d/file`);
  Deno.symlinkSync("e", `${folder.path}/d/folder`);
  Deno.symlinkSync("../nowhere", `${folder.path}/d/dangling`);
  Deno.symlinkSync(".", `${folder.path}/d/loop`);
  assertEquals(await copy(`${folder.path}/d`, `${folder.path}/to`), []);
  assertEquals(listing(`${folder.path}/to`), [
    "dangling -> ../nowhere",
    "e/",
    'f = "f"',
    "file -> f",
    "folder -> e",
    "loop -> .",
  ]);
});

Deno.test("transfer() copies a tree with links over an earlier copy of it", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "f" }, { path: "to/" }]);
  Deno.symlinkSync("f", `${folder.path}/d/l`);
  for (const time of ["first", "second"]) {
    assertEquals(await copy(`${folder.path}/d`, `${folder.path}/to`), [], time);
    assertEquals(
      listing(`${folder.path}/to`),
      ["d/", 'd/f = "f"', "d/l -> f"],
      time,
    );
  }
});

Deno.test("transfer() copies what a link names if it is not recursive", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "f" }]);
  Deno.symlinkSync("f", `${folder.path}/l`);
  assertEquals(
    await copy(`${folder.path}/l`, `${folder.path}/to`, { recursive: false }),
    [],
  );
  assertEquals(
    listing(folder.path),
    ['f = "f"', "l -> f", 'to = "f"'],
  );
});

Deno.test("transfer() writes through a link that is the target of a file", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [
    { path: "f", content: "f" },
    { path: "real", content: "old" },
  ]);
  Deno.symlinkSync("real", `${folder.path}/l`);
  assertEquals(await copy(`${folder.path}/f`, `${folder.path}/l`), []);
  assertEquals(listing(folder.path), ['f = "f"', "l -> real", 'real = "f"']);
});

Deno.test("transfer() refuses to copy a file onto itself and leaves it whole", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "precious" }]);
  Deno.symlinkSync("f", `${folder.path}/d/link`);
  Deno.linkSync(`${folder.path}/d/f`, `${folder.path}/d/hard`);
  const source = `${folder.path}/d/f`;
  for (
    const [target, named] of [
      [source, source],
      [`${folder.path}/d/../d/f`, `${folder.path}/d/../d/f`],
      [`${folder.path}/d`, source],
      [`${folder.path}/d/link`, `${folder.path}/d/link`],
      [`${folder.path}/d/hard`, `${folder.path}/d/hard`],
    ] as const
  ) {
    assertEquals(
      await copy(source, target),
      [`${source}: ${named} is the same file`],
      target,
    );
  }
  assertEquals(
    listing(`${folder.path}/d`),
    ['f = "precious"', 'hard = "precious"', "link -> f"],
  );
});

Deno.test("transfer() leaves a folder that is copied onto itself as it is", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "precious" }]);
  const failures = await copy(`${folder.path}/d`, folder.path);
  assertEquals(failures.length, 1);
  assertEquals(listing(folder.path), ["d/", 'd/f = "precious"']);
});

Deno.test("transfer() does not copy a folder into itself for ever", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "f" }, { path: "d/in/" }]);
  const into = await copy(`${folder.path}/d`, `${folder.path}/d/in`);
  assertEquals(into.length, 1);
  assert(into[0]!.includes("cannot copy a folder into itself"));
  assertEquals(
    listing(`${folder.path}/d`).filter((line) => line.endsWith('"f"')),
    ['f = "f"'],
  );
});

Deno.test("transfer() reports a folder that is copied to a new one inside it", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "f" }]);
  const failures = await copy(`${folder.path}/d`, `${folder.path}/d/new`);
  assertEquals(failures.length, 1);
  const copies = listing(folder.path).filter((line) => line.endsWith(' = "f"'));
  assert(copies.length <= 2, copies.join("\n"));
});

Deno.test("transfer() refuses folders unless it is recursive, and devices always", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "f" }]);
  for (
    const [source, recursive] of [
      [`${folder.path}/d`, false],
      ["/dev/null", false],
      ["/dev/null", true],
    ] as const
  ) {
    assertEquals(
      await copy(source, `${folder.path}/to`, { recursive }),
      [`${source}: not a regular file`],
    );
  }
  assertEquals(listing(folder.path), ["d/", 'd/f = "f"']);
});

Deno.test("transfer() reports what is in the way and keeps it", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [
    { path: "d/x", content: "file" },
    { path: "d/y/f", content: "folder" },
    { path: "d/z", content: "z" },
    { path: "to/d/x/" },
    { path: "to/d/y", content: "old" },
  ]);
  const failures = await copy(`${folder.path}/d`, `${folder.path}/to`);
  assertEquals(failures.toSorted(), [
    `${folder.path}/to/d/x: Is a directory`,
    `${folder.path}/to/d/y: Not a directory`,
  ]);
  assertEquals(
    listing(`${folder.path}/to`),
    ["d/", "d/x/", 'd/y = "old"', 'd/z = "z"'],
  );
});

Deno.test("transfer() reports a source or a target that is not there", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "f", content: "f" }]);
  for (const recursive of [false, true]) {
    assertEquals(
      await copy(`${folder.path}/no`, `${folder.path}/to`, { recursive }),
      [`${folder.path}/no: No such file or directory`],
    );
    assertEquals(
      await copy(`${folder.path}/f`, `${folder.path}/no/to`, { recursive }),
      [`${folder.path}/no/to: No such file or directory`],
    );
  }
  assertEquals(listing(folder.path), ['f = "f"']);
});

Deno.test("transfer() reports a read that fails, drops the old tail, goes on", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [
    { path: "d/f", content: "new" },
    { path: "d/e/" },
    { path: "to/d/f", content: "an older, longer file" },
  ]);
  const files = new FaultyFiles({
    read: async () => {
      throw new EntryError("f: Input/output error");
    },
  });
  assertEquals(
    await copy(`${folder.path}/d`, `${folder.path}/to`, { files }),
    ["f: Input/output error"],
  );
  assertEquals(listing(`${folder.path}/to`), ["d/", "d/e/", 'd/f = ""']);
});

Deno.test("transfer() reports a full disk and goes on", async () => {
  using folder = new TempFolder();
  makeTree(folder.path, [{ path: "d/f", content: "new" }, { path: "d/e/" }]);
  const files = new FaultyFiles({
    write: async () => {
      throw new EntryError("f: No space left on device");
    },
  });
  assertEquals(
    await copy(`${folder.path}/d`, `${folder.path}/to`, { files }),
    ["f: No space left on device"],
  );
  assertEquals(listing(`${folder.path}/to`), ["e/", 'f = ""']);
});

Deno.test({
  name: "transfer() takes modes under the umask, and times only to preserve",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (
      const [preserve, file, sub] of [
        [false, 0o755, 0o555],
        [true, 0o777, 0o577],
      ] as const
    ) {
      using folder = new TempFolder();
      makeTree(folder.path, [
        { path: "d/f", content: "f", mode: 0o777, modified: 1000 },
        { path: "d/", mode: 0o577, modified: 2000 },
      ]);
      const umask = Deno.umask(0o022);
      try {
        assertEquals(
          await copy(`${folder.path}/d`, `${folder.path}/to`, { preserve }),
          [],
        );
      } finally {
        Deno.umask(umask);
      }
      assertEquals(modeOf(`${folder.path}/to/f`), file);
      assertEquals(modeOf(`${folder.path}/to`), sub);
      assertEquals(modifiedOf(`${folder.path}/to/f`) === 1000, preserve);
      assertEquals(modifiedOf(`${folder.path}/to`) === 2000, preserve);
    }
  },
});
