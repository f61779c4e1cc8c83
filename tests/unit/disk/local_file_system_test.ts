import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { denoCalls } from "../../../lib/disk/deno_calls.ts";
import { linuxCalls } from "../../../lib/disk/linux_calls.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { testUnless } from "../../support/c_library.ts";
import { testDisk } from "../../support/file_systems/disk_tests.ts";
import { onWindows } from "../../support/platform.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../../support/fixtures/raw_names.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const files = new LocalFileSystem();

testDisk({
  name: "LocalFileSystem by Deno's calls",
  files: new LocalFileSystem(denoCalls),
});
testDisk({
  name: "LocalFileSystem by Linux's calls",
  files: new LocalFileSystem(linuxCalls),
  lacks: lacksRawNames,
});

testUnless(
  lacksRawNames,
  "LocalFileSystem: readdir() gives names that are not UTF-8 as they are, each once",
  async () => {
    using directory = new TempDirectory();
    using _emptied = emptied(directory.path);
    shell(
      "touch plain $(printf 'caf\\351 caf\\352 caf\\303\\251 \\357\\277\\275')",
      directory.path,
    );
    const names = await Array.fromAsync(
      await files.readdir(directory.path),
      ({ name }) => name,
    );
    assertEquals(
      names.toSorted(),
      ["caf\udce9", "caf\udcea", "café", "plain", "\ufffd"].toSorted(),
    );
  },
);

testUnless(
  lacksRawNames,
  "LocalFileSystem: readdir() lists a directory whose name is not UTF-8",
  async () => {
    using directory = new TempDirectory();
    using _emptied = emptied(directory.path);
    shell(
      "d=$(printf 'd\\351') && mkdir $d && touch $d/a $d/$d $d/.h",
      directory.path,
    );
    const names = await Array.fromAsync(
      await files.readdir(`${directory.path}/d\udce9`),
      ({ name }) => name,
    );
    assertEquals(names.toSorted(), [".h", "a", "d\udce9"]);
  },
);

testUnless(
  lacksRawNames,
  "LocalFileSystem: a file whose name is not UTF-8 is made, read and written",
  async () => {
    using directory = new TempDirectory();
    using _emptied = emptied(directory.path);
    await files.mkdir(`${directory.path}/d\udcff`, 0o755);
    const path = `${directory.path}/d\udcff/f\udce9`;
    assertEquals(await files.find(path), undefined);
    {
      using file = await files.openToWrite(path, 0o644);
      await file.write(new TextEncoder().encode("content"), 0);
    }
    await files.setMode(path, 0o640);
    await files.setTimes(path, { modified: 1_000, accessed: 2_000 });
    const { size, mode, modified } = await files.stat(path);
    assertEquals([size, mode, modified], [7, 0o640, 1_000]);
    using file = await files.openToRead(path);
    const buffer = new Uint8Array(9);
    assertEquals(await file.read(buffer, 0), 7);
    assertEquals(
      shell("cat $(printf 'd\\377/f\\351')", directory.path),
      "content",
    );
  },
);

testUnless(
  lacksRawNames,
  "LocalFileSystem: a link has any bytes in its name and its destination",
  async () => {
    using directory = new TempDirectory();
    using _emptied = emptied(directory.path);
    const links = [
      ["plain", "to\udce9"],
      ["raw\udce9", "to"],
      ["replacement", "to\ufffd"],
      ["raw\udcea", "to\udce9"],
    ] as const;
    for (const [name, destination] of links) {
      const path = `${directory.path}/${name}`;
      await files.symlink(path, "what it was");
      await files.symlink(path, destination);
      assertEquals(await files.readlink(path), destination);
    }
    assertEquals(shell("readlink plain", directory.path), "to\xe9\n");
  },
);

testUnless(
  lacksRawNames,
  "LocalFileSystem: an entry is the same by a name that is UTF-8 and one that is not",
  async () => {
    using directory = new TempDirectory();
    using _emptied = emptied(directory.path);
    makeTree(directory.path, [{ path: "f", content: "abc", mode: 0o4751 }]);
    shell(
      "ln f $(printf 'hard\\351'); ln -s f $(printf 'soft\\351'); " +
        "ln -s $(printf 'hard\\351') soft",
      directory.path,
    );
    const expected = await files.stat(`${directory.path}/f`);
    for (const name of ["hard\udce9", "soft\udce9", "soft"]) {
      const path = `${directory.path}/${name}`;
      assertEquals(await files.stat(path), expected, name);
      using file = await files.openToRead(path);
      assertEquals(await file.stat(), expected, name);
    }
  },
);

testUnless(
  lacksRawNames,
  "LocalFileSystem: a name that only looks like one that is there is not found",
  async () => {
    using directory = new TempDirectory();
    using _emptied = emptied(directory.path);
    shell("touch $(printf 'f\\351')", directory.path);
    const path = `${directory.path}/f\ufffd`;
    const error = await assertRejects(() => files.stat(path), EntryError);
    assertEquals(error.message, `${path}: No such file or directory`);
    assertEquals(await files.find(path), undefined);
    assertEquals(await files.find(`${directory.path}/f\udcea`), undefined);
  },
);

Deno.test("denoCalls: each call refuses a name that is not UTF-8", async () => {
  const deno = new LocalFileSystem(denoCalls);
  for (
    const [call, what] of [
      [() => deno.find("f\udce9"), ""],
      [() => deno.stat("f\udce9"), ""],
      [() => deno.identify("f\udce9"), ""],
      [() => deno.readdir("f\udce9"), ""],
      [() => deno.openToRead("f\udce9"), ""],
      [() => deno.openToWrite("f\udce9", 0o644), ""],
      [() => deno.remove("f\udce9"), ""],
      [() => deno.mkdir("f\udce9", 0o755), ""],
      // Windows sets none.
      ...(onWindows
        ? []
        : [[() => deno.setMode("f\udce9", 0o644), ": set mode"]] as const),
      [
        () => deno.setTimes("f\udce9", { modified: 0, accessed: 0 }),
        ": set times",
      ],
      [() => deno.readlink("f\udce9"), ""],
      [() => deno.symlink("f\udce9", "to"), ""],
    ] as const
  ) {
    const error = await assertRejects<Error>(call, EntryError);
    assertEquals(
      error.message,
      `f\udce9${what}: names that are not UTF-8 cannot be used on this system`,
    );
  }
});

Deno.test("LocalFileSystem: digest() hashes a file, or its beginning", async () => {
  using directory = new TempDirectory();
  const path = `${directory.path}/f`;
  Deno.writeTextFileSync(path, "abc");
  assertEquals(await files.digest(path), {
    kind: "hash",
    hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
  assertEquals(await files.digest(path, { length: 2 }), {
    kind: "hash",
    hash: "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603",
  });
});

Deno.test("LocalFileSystem: digest() refuses what is no regular file", async () => {
  using directory = new TempDirectory();
  const { message } = await assertRejects(
    () => files.digest(directory.path),
    EntryError,
  );
  assertEquals(message, `${directory.path}: not a regular file`);
});
