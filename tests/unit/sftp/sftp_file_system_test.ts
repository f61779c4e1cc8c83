import { assert, assertEquals, assertRejects } from "@std/assert";
import { EntryError, ProtocolError } from "../../../lib/errors.ts";
import type { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { peerTest } from "../../support/doors.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";
import { UNPRIVILEGED } from "../../support/fixtures/place.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../../support/fixtures/raw_names.ts";
import {
  SFTP_CHILD_NEEDS,
  SftpChild,
  type SftpChildOptions,
} from "../../support/sftp/child.ts";
import { makeTree, ODD_NAMES, pattern } from "../../support/fixtures/tree.ts";

/** Registers a test with the files of the system's own server. */
function childTest(
  name: string,
  test: (
    files: SftpFileSystem,
    path: string,
    child: SftpChild,
  ) => Promise<void>,
  { lacks, ...options }: SftpChildOptions & { lacks?: string | undefined } = {},
): void {
  if (lacks !== undefined) {
    Deno.test({ name: `${name} (${lacks})`, ignore: true, fn: () => {} });
    return;
  }
  const needs = [...SFTP_CHILD_NEEDS, ...(options.wrapper ?? []).slice(0, 1)];
  peerTest(name, needs, async () => {
    await using child = await SftpChild.start(options);
    await test(child.files, child.path, child);
  });
}

/** Wrapper that limits a program to a few open files. */
const FEW_OPEN = ["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh"];

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

async function assertFails(
  call: () => Promise<unknown>,
  message: string,
): Promise<void> {
  const error = await assertRejects(call, EntryError);
  assertEquals(error.message, message);
}

childTest(
  "find(): gives attributes, or nothing where there is no entry",
  async (files, path) => {
    makeTree(path, [{ path: "d/" }, { path: "f", content: "abc" }]);
    const file = await files.find(`${path}/f`);
    assertEquals([file?.kind, file?.size], ["file", 3]);
    assertEquals((await files.find(`${path}/d`))?.kind, "directory");
    assertEquals((await files.find(`${path}/d/`))?.kind, "directory");
    assertEquals((await files.find("/dev/null"))?.kind, "other");
    assertEquals(await files.find(`${path}/missing`), undefined);
    assertEquals(await files.find(`${path}/missing/f`), undefined);
  },
);

childTest(
  "find(): follows links, and gives nothing for dangling ones",
  async (
    files,
    path,
  ) => {
    makeTree(path, [{ path: "d/f", content: "abc" }]);
    Deno.symlinkSync("d/f", `${path}/to-file`);
    Deno.symlinkSync("d", `${path}/to-directory`);
    Deno.symlinkSync("missing", `${path}/dangling`);
    const file = await files.find(`${path}/to-file`);
    assertEquals([file?.kind, file?.size], ["file", 3]);
    assertEquals(file?.identity, `${Deno.realPathSync(path)}/d/f`);
    const directory = await files.find(`${path}/to-directory`);
    assertEquals(directory?.kind, "directory");
    assertEquals(directory?.identity, `${Deno.realPathSync(path)}/d`);
    assertEquals(await files.find(`${path}/dangling`), undefined);
  },
);

childTest(
  "SftpFileSystem: resolves paths from where the session begins",
  async (files, path) => {
    makeTree(path, [{ path: "d/f", content: "abc" }]);
    assertEquals((await files.find("d/f"))?.size, 3);
    assertEquals((await files.find("."))?.kind, "directory");
    assertEquals(await files.identify("."), Deno.realPathSync(path));
  },
);

childTest(
  "stat(): gives the whole mode, and times in whole seconds",
  async (
    files,
    path,
  ) => {
    makeTree(path, [
      { path: "f", content: "abc", mode: 0o4751, modified: 1_000_000_000.9 },
      { path: "d/", mode: 0o1777, modified: 1_234_567_890 },
    ]);
    const file = await files.stat(`${path}/f`);
    assertEquals(file.mode, 0o4751);
    assertEquals(file.modified, 1_000_000_000_000);
    assertEquals(file.accessed, 1_000_000_000_000);
    const directory = await files.stat(`${path}/d`);
    assertEquals(directory.mode, 0o1777);
    assertEquals(directory.modified, 1_234_567_890_000);
    using open = await files.openToRead(`${path}/f`);
    assertEquals(await open.stat(), file);
  },
);

childTest(
  "stat(): follows links, and throws for dangling ones",
  async (files, path) => {
    makeTree(path, [{ path: "f", content: "abc" }]);
    Deno.symlinkSync("f", `${path}/link`);
    Deno.symlinkSync("missing", `${path}/dangling`);
    assertEquals((await files.stat(`${path}/link`)).size, 3);
    await assertFails(
      () => files.stat(`${path}/dangling`),
      `scp: ${path}/dangling: No such file or directory`,
    );
  },
);

childTest(
  "identifyInside(): gives what the server would",
  async (files, path) => {
    makeTree(path, [{ path: "d/e/f/" }]);
    Deno.symlinkSync("d", `${path}/link`);
    const above = await files.identify(`${path}/link`);
    const inside = files.identifyInside!(above!, "e");
    assertEquals(inside, await files.identify(`${path}/link/e`));
    assertEquals(
      files.identifyInside!(inside, "f"),
      await files.identify(`${path}/d/e/f`),
    );
  },
);

childTest(
  "identify(): gives the same identity by every path to an entry",
  async (
    files,
    path,
  ) => {
    makeTree(path, [
      { path: "d/f", content: "abc" },
      { path: "d/g", content: "abc" },
    ]);
    Deno.symlinkSync("d/f", `${path}/link`);
    const identity = await files.identify(`${path}/d/f`);
    assertEquals(identity, `${Deno.realPathSync(path)}/d/f`);
    for (const other of ["link", "d/../d/f", "d//f", "./d/./f"]) {
      assertEquals(await files.identify(`${path}/${other}`), identity, other);
    }
    assertEquals(await files.identify("d/f"), identity);
    for (const other of ["d/g", "d"]) {
      assert(await files.identify(`${path}/${other}`) !== identity, other);
    }
    assertEquals(await files.identify(`${path}/missing/f`), undefined);
    using file = await files.openToRead(`${path}/d/f`);
    assertEquals(await file.identify(), undefined);
  },
);

childTest(
  "readdir(): gives every entry of a large directory with attributes",
  async (
    files,
    path,
  ) => {
    const made = Array.from({ length: 1000 }, (_, at) => `entry ${at}`);
    makeTree(
      path,
      made.map((name, at) => ({
        path: `d/${name}`,
        content: "x".repeat(at % 7),
      })),
    );
    const listed = new Map<string, number | undefined>();
    for await (const { name, attributes } of await files.readdir(`${path}/d`)) {
      assert(!listed.has(name), name);
      listed.set(name, attributes?.size);
    }
    assertEquals(listed.size, 1000);
    for (const [at, name] of made.entries()) {
      assertEquals(listed.get(name), at % 7, name);
    }
  },
);

childTest(
  "readdir(): gives every name but . and .., and the kind of all but links",
  async (
    files,
    path,
  ) => {
    makeTree(path, [
      { path: "d/.hidden", content: "" },
      { path: "d/directory/inside", content: "" },
      ...ODD_NAMES.map((name) => ({ path: `d/${name}`, content: "" })),
    ]);
    Deno.symlinkSync("directory", `${path}/d/link`);
    const listed = await Array.fromAsync(
      await files.readdir(`${path}/d`),
      ({ name, attributes }) => [name, attributes?.kind],
    );
    assertEquals(
      new Map(listed as [string, string | undefined][]),
      new Map<string, string | undefined>([
        ...[...Deno.readDirSync(`${path}/d`)]
          .map(({ name }) => [name, "file"] as const),
        ["directory", "directory"],
        ["link", undefined],
      ]),
    );
  },
);

childTest(
  "readdir(): gives a listing that may be left unread or half read",
  async (
    files,
    path,
  ) => {
    for (let at = 0; at < 300; at++) {
      Deno.writeTextFileSync(`${path}/${at}`, "");
    }
    // More than the server may have open.
    for (let count = 0; count < 100; count++) {
      using _unread = await files.readdir(path);
    }
    for (let count = 0; count < 50; count++) {
      for await (const { name } of await files.readdir(path)) {
        assert(/^\d+$/.test(name));
        break;
      }
    }
    assertEquals(
      (await Array.fromAsync(await files.readdir(path))).length,
      300,
    );
  },
  { wrapper: FEW_OPEN },
);

childTest("SftpFileSystem: handles names that are not UTF-8", async (
  files,
  path,
) => {
  using _emptied = emptied(path);
  shell("mkdir $(printf 'd\\351') && touch plain", path);
  const listed = await Array.fromAsync(
    await files.readdir(path),
    ({ name }) => name,
  );
  assertEquals(listed.toSorted(), ["d\udce9", "plain"]);
  const file = await files.openToWrite(`${path}/d\udce9/f\udcff`, 0o644);
  await file.write(encode("content"), 0);
  await file.close();
  assertEquals(shell("cat $(printf 'd\\351/f\\377')", path), "content");
  await files.symlink(`${path}/l\udce9`, "to\udcfe");
  assertEquals(await files.readlink(`${path}/l\udce9`), "to\udcfe");
  assertEquals(
    await files.identify(`${path}/d\udce9`),
    `${Deno.realPathSync(path)}/d\udce9`,
  );
}, { lacks: lacksRawNames });

childTest(
  "SftpFileSystem: throws for a name that stands for no bytes, and goes on",
  async (files, path) => {
    await assertRejects(() => files.find(`${path}/\ud800`), EntryError);
    await assertRejects(() => files.readdir(`${path}/\ud800`), EntryError);
    assertEquals((await files.find(path))?.kind, "directory");
  },
);

childTest("read(): gives the bytes from an offset on", async (
  files,
  path,
) => {
  makeTree(path, [{ path: "f", content: "abcde" }]);
  using file = await files.openToRead(`${path}/f`);
  const buffer = new Uint8Array(3);
  const text = (length: number) =>
    new TextDecoder().decode(buffer.subarray(0, length));
  assertEquals(text(await file.read(buffer, 0)), "abc");
  assertEquals(text(await file.read(buffer, 3)), "de");
  assertEquals(await file.read(buffer, 5), 0);
  assertEquals(await file.read(buffer, 100), 0);
  assertEquals(text(await file.read(buffer, 1)), "bcd");
});

childTest(
  "read(): gives no more than one READ may",
  async (files, path) => {
    const content = pattern(10_000);
    makeTree(path, [{ path: "f", content }]);
    assertEquals(files.concurrency.blockBytes, 4096);
    using file = await files.openToRead(`${path}/f`);
    const buffer = new Uint8Array(10_000);
    assertEquals(await file.read(buffer, 0), 4096);
    assertEquals(await file.read(buffer.subarray(4096), 4096), 4096);
    assertEquals(await file.read(buffer.subarray(8192), 8192), 10_000 - 8192);
    assertEquals(buffer, content);
  },
  { blockBytes: 4096 },
);

childTest("read(): may be in flight many times", async (files, path) => {
  const content = pattern(3_000_000);
  makeTree(path, [{ path: "f", content }]);
  using file = await files.openToRead(`${path}/f`);
  const { blockBytes } = files.concurrency;
  const read = new Uint8Array(content.length);
  const reads = [];
  for (let at = 0; at < content.length; at += blockBytes) {
    reads.push(file.read(read.subarray(at, at + blockBytes), at));
  }
  const lengths = await Promise.all(reads);
  assertEquals(lengths.reduce((sum, length) => sum + length), content.length);
  assertEquals(read, content);
});

childTest(
  "write(): writes at offsets in any order, and several times at once",
  async (
    files,
    path,
  ) => {
    const file = await files.openToWrite(`${path}/f`, 0o644);
    await file.write(encode("....ef"), 0);
    await Promise.all([
      file.write(encode("ab"), 0),
      file.write(encode("cd"), 2),
      file.write(encode("h"), 7),
    ]);
    await file.close();
    assertEquals(Deno.readTextFileSync(`${path}/f`), "abcdef\0h");
  },
);

childTest(
  "write(): writes more than one WRITE holds",
  async (files, path) => {
    const content = pattern(1_000_001);
    const file = await files.openToWrite(`${path}/f`, 0o644);
    await file.write(content, 3);
    await file.close();
    const written = Deno.readFileSync(`${path}/f`);
    assertEquals(written.length, content.length + 3);
    assertEquals(written.subarray(3), content);
  },
  { blockBytes: 4096 },
);

childTest(
  "write(): sends as many bytes at a time as OpenSSH's server takes",
  async (
    files,
    path,
  ) => {
    assertEquals(files.concurrency.blockBytes, 255 * 1024);
    const content = pattern(2_000_000);
    const file = await files.openToWrite(`${path}/f`, 0o644);
    await file.write(content, 0);
    await file.close();
    assertEquals(Deno.readFileSync(`${path}/f`), content);
  },
);

childTest(
  "openToWrite(): changes neither length nor mode of a file",
  async (
    files,
    path,
  ) => {
    makeTree(path, [{ path: "f", content: "old content", mode: 0o640 }]);
    const replaced = await files.find(`${path}/f`);
    const file = await files.openToWrite(`${path}/f`, 0o777, replaced);
    assertEquals(Deno.readTextFileSync(`${path}/f`), "old content");
    await file.write(encode("new"), 0);
    await file.close();
    assertEquals(Deno.readTextFileSync(`${path}/f`), "new content");
    assertEquals(modeOf(`${path}/f`), 0o640);
  },
);

childTest("openToWrite(): writes through a link", async (files, path) => {
  makeTree(path, [{ path: "f", content: "old" }]);
  Deno.symlinkSync("f", `${path}/link`);
  const file = await files.openToWrite(`${path}/link`, 0o644);
  await file.write(encode("new"), 0);
  await file.close();
  assertEquals(Deno.readTextFileSync(`${path}/f`), "new");
  assert(Deno.lstatSync(`${path}/link`).isSymlink);
});

childTest(
  "openToWrite() and mkdir(): give a new entry its mode under the server's umask",
  async (
    files,
    path,
  ) => {
    const file = await files.openToWrite(`${path}/f`, 0o666);
    await file.close();
    await files.mkdir(`${path}/d`, 0o777);
    assertEquals(modeOf(`${path}/f`), 0o640);
    assertEquals(modeOf(`${path}/d`), 0o750);
  },
  { wrapper: ["sh", "-c", 'umask 027 && exec "$@"', "sh"] },
);

childTest("truncate(): cuts and extends", async (files, path) => {
  makeTree(path, [{ path: "f", content: "abcde" }]);
  const replaced = await files.find(`${path}/f`);
  using file = await files.openToWrite(`${path}/f`, 0o644, replaced);
  await file.truncate(2);
  assertEquals(Deno.readTextFileSync(`${path}/f`), "ab");
  await file.truncate(4);
  assertEquals(Deno.readTextFileSync(`${path}/f`), "ab\0\0");
  await file.truncate(2 ** 33 + 1);
  assertEquals(Deno.statSync(`${path}/f`).size, 2 ** 33 + 1);
  await file.truncate(0);
  assertEquals(Deno.readTextFileSync(`${path}/f`), "");
});

childTest(
  "setMode(): sets all twelve bits, whatever the umask",
  async (files, path) => {
    makeTree(path, [{ path: "f", content: "" }, { path: "d/" }]);
    using file = await files.openToWrite(`${path}/f`, 0o644);
    await file.setMode(0o4757);
    await files.setMode(`${path}/d`, 0o1777);
    assertEquals(modeOf(`${path}/f`), 0o4757);
    assertEquals(modeOf(`${path}/d`), 0o1777);
  },
);

childTest("setTimes(): sets both times, in whole seconds", async (
  files,
  path,
) => {
  makeTree(path, [{ path: "a", content: "" }, { path: "b/" }]);
  const times = { modified: 1_000_000_000_999, accessed: 1_000_000_001_001 };
  using file = await files.openToWrite(`${path}/a`, 0o644);
  await file.setTimes(times);
  await files.setTimes(`${path}/b`, times);
  for (const name of ["a", "b"]) {
    const { mtime, atime } = Deno.statSync(`${path}/${name}`);
    assertEquals(mtime?.getTime(), 1_000_000_000_000, name);
    assertEquals(atime?.getTime(), 1_000_000_001_000, name);
  }
});

childTest("close(): closes a file, which may then be disposed of", async (
  files,
  path,
) => {
  makeTree(path, [{ path: "f", content: "abc" }]);
  const file = await files.openToRead(`${path}/f`);
  await file.close();
  using other = await files.openToRead(`${path}/f`);
  // Its handle is the other's by now.
  file[Symbol.dispose]();
  await file.close();
  const buffer = new Uint8Array(4);
  assertEquals(await other.read(buffer, 0), 3);
});

childTest("SftpFile: is closed when it is disposed of", async (files, path) => {
  makeTree(path, [{ path: "f", content: "abc" }]);
  // More than the server may have open.
  for (let count = 0; count < 100; count++) {
    using _file = await files.openToRead(`${path}/f`);
  }
  using file = await files.openToRead(`${path}/f`);
  assertEquals(await file.read(new Uint8Array(4), 0), 3);
}, { wrapper: FEW_OPEN });

childTest(
  "remove(): removes a file, and a link itself",
  async (files, path) => {
    makeTree(path, [{ path: "f", content: "" }, { path: "d/g", content: "" }]);
    Deno.symlinkSync("d", `${path}/link`);
    await files.remove(`${path}/f`);
    await files.remove(`${path}/link`);
    assertEquals(
      [...Deno.readDirSync(path)].map(({ name }) => name),
      ["d"],
    );
    assert(Deno.statSync(`${path}/d/g`).isFile);
    await assertRejects(() => files.remove(`${path}/d`), EntryError);
    assert(Deno.statSync(`${path}/d/g`).isFile);
  },
);

childTest(
  "readlink(): gives the target of a link, and nothing for other entries",
  async (
    files,
    path,
  ) => {
    makeTree(path, [{ path: "f", content: "" }, { path: "d/" }]);
    await files.symlink(`${path}/link`, "../else where");
    assertEquals(Deno.readLinkSync(`${path}/link`), "../else where");
    assertEquals(await files.readlink(`${path}/link`), "../else where");
    assertEquals(await files.readlink(`${path}/f`), undefined);
    assertEquals(await files.readlink(`${path}/d`), undefined);
  },
);

childTest(
  "symlink(): replaces a file or another link",
  async (
    files,
    path,
  ) => {
    makeTree(path, [{ path: "f", content: "abc" }, {
      path: "d/g",
      content: "",
    }]);
    Deno.symlinkSync("d", `${path}/link`);
    for (const name of ["f", "link"]) {
      await files.symlink(`${path}/${name}`, "there");
      assertEquals(Deno.readLinkSync(`${path}/${name}`), "there");
    }
    assert(Deno.statSync(`${path}/d/g`).isFile);
  },
);

childTest(
  "copyRange(): has the server copy a range, or everything",
  async (
    files,
    path,
  ) => {
    const content = pattern(700_000);
    makeTree(path, [{ path: "from", content }, { path: "part", content: "" }]);
    using from = await files.openToRead(`${path}/from`);
    const all = await files.openToWrite(`${path}/all`, 0o644);
    await files.copyRange!(from, all, 0, "all");
    await all.close();
    assertEquals(Deno.readFileSync(`${path}/all`), content);
    const part = await files.openToWrite(`${path}/part`, 0o644);
    await files.copyRange!(from, part, 300_000, 100_000);
    await part.close();
    const copied = Deno.readFileSync(`${path}/part`);
    assertEquals(copied.length, 400_000);
    assertEquals(copied.subarray(0, 300_000), new Uint8Array(300_000));
    assertEquals(copied.subarray(300_000), content.subarray(300_000, 400_000));
    const rest = await files.openToWrite(`${path}/rest`, 0o644);
    await files.copyRange!(from, rest, 699_999, "all");
    await rest.close();
    assertEquals(Deno.statSync(`${path}/rest`).size, 700_000);
  },
);

childTest(
  "copyRange(): refuses files of another file system",
  async (files, path) => {
    makeTree(path, [{ path: "f", content: "abc" }]);
    using file = await files.openToRead(`${path}/f`);
    using elsewhere = new MemoryFile();
    await assertRejects(
      () => files.copyRange!(file, elsewhere, 0, "all"),
      TypeError,
      "Files of another place cannot be copied here",
    );
    await assertRejects(
      () => files.copyRange!(elsewhere, file, 0, "all"),
      TypeError,
      "Files of another place cannot be copied here",
    );
  },
);

childTest(
  "expandPath(): gives home directories, and throws for unknown users",
  async (files) => {
    const { stdout } = new Deno.Command("sh", {
      args: ["-c", "echo ~root"],
      stdin: "null",
    }).outputSync();
    const home = new TextDecoder().decode(stdout).trim();
    assertEquals(await files.expandPath("~root"), home);
    assertEquals(await files.expandPath("~root/a b"), `${home}/a b`);
    await assertRejects(
      () => files.expandPath("~no-such-user-here/f"),
      EntryError,
      "scp: ~no-such-user-here/f: ",
    );
  },
);

childTest(
  "SftpFileSystem: names the path and the system's reason in errors",
  async (files, path) => {
    makeTree(path, [{ path: "d/" }, { path: "f", content: "" }]);
    const missing = `${path}/missing`;
    const taken = `${path}/f`;
    const times = { modified: 0, accessed: 0 };
    const rows: readonly (readonly [() => Promise<unknown>, string])[] = [
      [
        () => files.stat(missing),
        `${missing}: No such file or directory`,
      ],
      [() => files.readdir(missing), `${missing}: No such file or directory`],
      [
        () => files.openToRead(missing),
        `${missing}: No such file or directory`,
      ],
      [
        () => files.openToWrite(`${missing}/f`, 0o644),
        `${missing}/f: No such file or directory`,
      ],
      [
        () => files.openToWrite(`${path}/d`, 0o644),
        `${path}/d: Is a directory`,
      ],
      [
        () => files.openToWrite(`${taken}/x`, 0o644),
        `${taken}/x: Not a directory`,
      ],
      [
        () => files.mkdir(`${missing}/d`, 0o755),
        `${missing}/d: No such file or directory`,
      ],
      [
        () => files.mkdir(`${taken}/x`, 0o755),
        `${taken}/x: Not a directory`,
      ],
      [() => files.mkdir(taken, 0o755), `${taken}: File exists`],
      [
        () => files.mkdir(`${path}/d`, 0o755),
        `${path}/d: File exists`,
      ],
      [() => files.remove(missing), `${missing}: No such file or directory`],
      [
        () => files.setMode(missing, 0o644),
        `${missing}: set mode: No such file or directory`,
      ],
      [
        () => files.setTimes(missing, times),
        `${missing}: set times: No such file or directory`,
      ],
      [() => files.readlink(missing), `${missing}: No such file or directory`],
      [() => files.symlink(`${path}/d`, "x"), `${path}/d: File exists`],
      [
        () => files.symlink(`${missing}/l`, "x"),
        `${missing}/l: No such file or directory`,
      ],
      [
        () => files.openToRead(`${path}/\x1b[1m`),
        `${path}/\x1b[1m: No such file or directory`,
      ],
    ];
    for (const [call, message] of rows) {
      await assertFails(call, `scp: ${message}`);
    }
  },
);

childTest(
  "SftpFileSystem: begins errors with its label",
  async (files, path) => {
    await assertFails(
      () => files.stat(`${path}/missing`),
      `far: scp: ${path}/missing: No such file or directory`,
    );
    assertEquals(files.label, "far: scp: ");
  },
  { label: "far: scp: " },
);

childTest(
  "read(): names a directory that is read as a file",
  async (files, path) => {
    await assertRejects(
      async () => {
        using file = await files.openToRead(path);
        await file.read(new Uint8Array(1), 0);
      },
      EntryError,
      `scp: ${path}: `,
    );
  },
);

childTest(
  "SftpFileSystem: throws for actions that the system denies",
  async (files, path) => {
    makeTree(path, [
      { path: "secret", content: "abc", mode: 0o000 },
      { path: "kept", content: "abc", mode: 0o444 },
      { path: "closed/f", content: "" },
      { path: "closed/", mode: 0o500 },
      { path: "hidden/f", content: "" },
      { path: "hidden/", mode: 0o000 },
    ]);
    const rows: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => files.openToRead(`${path}/secret`), "secret"],
      [() => files.openToWrite(`${path}/kept`, 0o644), "kept"],
      [() => files.openToWrite(`${path}/closed/new`, 0o644), "closed/new"],
      [() => files.mkdir(`${path}/closed/new`, 0o755), "closed/new"],
      [() => files.symlink(`${path}/closed/new`, "x"), "closed/new"],
      [() => files.remove(`${path}/closed/f`), "closed/f"],
      [() => files.readdir(`${path}/hidden`), "hidden"],
      [() => files.stat(`${path}/hidden/f`), "hidden/f"],
    ];
    for (const [call, name] of rows) {
      await assertFails(call, `scp: ${path}/${name}: Permission denied`);
    }
    assertEquals((await files.find(`${path}/hidden/f`))?.kind, "unknown");
  },
  { wrapper: UNPRIVILEGED },
);

childTest(
  "SftpFileSystem: throws from every call once the server broke the protocol",
  async (
    files,
    path,
    { session },
  ) => {
    makeTree(path, [{ path: "f", content: "abc" }]);
    using file = await files.openToRead(`${path}/f`);
    session.violation({ kind: "data", length: 0 });
    await assertRejects(() => files.find(path), ProtocolError);
    await assertRejects(() => file.read(new Uint8Array(1), 0), ProtocolError);
    await assertRejects(() => file.close(), ProtocolError);
    await assertRejects(() => files.readdir(path), ProtocolError);
  },
);
