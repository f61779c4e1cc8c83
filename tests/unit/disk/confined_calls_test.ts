import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { ConfinedDisk } from "../../../lib/disk/confined_disk.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { ServedDisk } from "../../../lib/disk/served_disk.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { ServedFileSystem } from "../../../lib/filesystem/served_file_system.ts";
import {
  ConfinedPlace,
  confinedTest,
  contentOf,
  fill,
  PURPOSES,
} from "../../support/file_systems/confined.ts";
import { listing } from "../../support/fixtures/listing.ts";

const TIMES = { modified: 1e12, accessed: 1e12 };

/** Every call of a file system that takes a path, by its name. */
const CALLS: Readonly<
  Record<string, (files: ServedFileSystem, path: string) => Promise<unknown>>
> = {
  find: (files, path) => files.find(path),
  stat: (files, path) => files.stat(path),
  identify: (files, path) => files.identify(path),
  readdir: async (files, path) =>
    await Array.fromAsync(await files.readdir(path)),
  openToRead: async (files, path) => contentOf(await files.openToRead(path)),
  create: async (files, path) =>
    (await files.create!(path, 0o644))?.[Symbol.dispose](),
  createNew: async (files, path) =>
    (await files.createNew(path, 0o644))[Symbol.dispose](),
  openToWrite: async (files, path) =>
    await fill(await files.openToWrite(path, 0o644), "changed"),
  "openToWrite of no file": async (files, path) =>
    await fill(
      await files.openToWrite(path, 0o644, {
        ...{ kind: "other", size: 0, mode: 0o644, modified: 0, accessed: 0 },
      }),
      "changed",
    ),
  digest: (files, path) => files.digest!(path, { size: 6 }),
  mkdir: (files, path) => files.mkdir(path, 0o755),
  setMode: (files, path) => files.setMode(path, 0o700),
  setTimes: (files, path) => files.setTimes(path, TIMES),
  remove: (files, path) => files.remove(path),
  readlink: (files, path) => files.readlink(path),
  "replace from there": (files, path) => files.replace!(path, "stolen"),
  "replace there": (files, path) => files.replace!("own", path),
  symlink: (files, path) => files.symlink(path, "own"),
  look: async (files, path) => await files.look(path, { followsLink: true }),
  rmdir: (files, path) => files.rmdir(path),
  "rename from there": (files, path) => files.rename(path, "stolen"),
  "rename there": (files, path) => files.rename("own", path),
  setLinkTimes: (files, path) => files.setLinkTimes(path, TIMES),
  space: (files, path) => files.space(path),
  ...Object.fromEntries(
    Object.entries(PURPOSES).map(([name, purpose]) => [
      `open for ${name}`,
      async (files: ServedFileSystem, path: string) => {
        const file = await files.open(path, purpose, 0o644);
        if (name === "reading") return await contentOf(file);
        return await fill(file, "changed");
      },
    ]),
  ),
};

/** Methods that open and change nothing. */
const PURE = ["constructor", "join", "nameOf", "homeOf", "canonical"];

confinedTest("a confined disk: every call is tried here", () => {
  const tried = Object.keys(CALLS).map((name) => name.split(" ")[0]);
  const methods = [ServedDisk, LocalFileSystem].flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype)
  );
  assertEquals(
    methods.includes("openToRead") && methods.includes("look"),
    true,
  );
  assertEquals(
    methods.filter((name) => !PURE.includes(name) && !tried.includes(name)),
    [],
  );
});

/** Facts of the directory outside, which nothing may change. */
function outsideOf({ outside }: ConfinedPlace): unknown {
  const facts = (path: string) => {
    const { mode, mtime, size } = Deno.statSync(path);
    return [mode, mtime?.getTime(), size];
  };
  return [listing(outside), facts(outside), facts(`${outside}/secret`)];
}

/** Calls that name the entry itself, not what a link there leads to. */
const OF_THE_LINK = [
  ...["remove", "replace from there", "replace there", "rename from there"],
];

for (const [name, call] of Object.entries(CALLS)) {
  confinedTest(
    `a confined disk: ${name} follows no link, and nothing outside changes`,
    async () => {
      for (const path of ["link/secret", "link/new", "link", "file", "loop"]) {
        using place = new ConfinedPlace();
        Deno.symlinkSync("../dirx", place.at("link"));
        Deno.symlinkSync(`${place.outside}/secret`, place.at("file"));
        Deno.symlinkSync("loop", place.at("loop"));
        Deno.writeTextFileSync(place.at("own"), "own");
        const before = outsideOf(place);
        const result = await call(place.disk.files, path)
          .catch((error) => error);
        const isOfLink = OF_THE_LINK.includes(name) && !path.includes("/");
        // Something is there, or the link's own text stays in the directory.
        const isTold = name === "create" && !path.includes("/") ||
          name === "readlink" && path === "loop" ||
          // The disk of a link is the disk of its directory.
          name === "space" && !path.includes("/");
        if (!isOfLink && !isTold) {
          assertEquals(
            result instanceof EntryError,
            true,
            `${path}: ${result}`,
          );
        }
        assertEquals(outsideOf(place), before, path);
      }
    },
  );

  confinedTest(
    `a confined disk: ${name} takes .. for the root at the root`,
    async () => {
      using place = new ConfinedPlace();
      Deno.writeTextFileSync(place.at("own"), "own");
      const before = outsideOf(place);
      for (
        const path of [
          ...["../dirx/secret", "/../dirx/secret", "own/../../dirx/secret"],
          ...[`${place.outside}/secret`, "../dirx", ".."],
        ]
      ) {
        const result = await call(place.disk.files, path)
          .catch((error) => error);
        assertEquals(String(result).includes("secret:secret"), false);
        assertEquals(result === "secret", false, path);
        assertEquals(outsideOf(place), before, path);
      }
    },
  );
}

confinedTest(
  "a confined disk: reads, writes, lists, renames and removes what is in it",
  async () => {
    using place = new ConfinedPlace();
    const { files } = place.disk;
    await files.mkdir("/d", 0o777);
    await fill(await files.createNew("d/f", 0o666), "one");
    await fill(await files.openToWrite("d/f", 0o666), "two");
    assertEquals(await contentOf(await files.openToRead("/d/./f")), "two");
    await files.replace!("d/f", "g");
    assertEquals(listing(place.root), ["d/", 'g = "two"']);
    assertEquals(await files.find("d/f"), undefined);
    assertEquals((await files.stat("..")).kind, "directory");
    await files.remove("g");
    assertEquals(listing(place.root), ["d/"]);
    assertEquals({ ...place.disk.moved }, {
      ...{ filesSent: 1, filesReceived: 2, bytesSent: 3, bytesReceived: 6 },
    });
  },
);

confinedTest(
  "a confined disk: a directory that is moved out is out of reach, though it was listed",
  async () => {
    using place = new ConfinedPlace();
    const { files } = place.disk;
    await files.mkdir("d", 0o755);
    await fill(await files.createNew("d/f", 0o644), "f");
    using listing = await files.readdir("d");
    Deno.renameSync(place.at("d"), `${place.outside}/d`);
    const before = outsideOf(place);
    const names = (await Array.fromAsync(listing)).map(({ name }) => name);
    assertEquals(names, ["f"]);
    for (const call of Object.values(CALLS)) {
      for (const path of ["d/f", "d/new"]) {
        const result = await call(files, path).catch((error) => error);
        assertEquals(
          result instanceof EntryError || result === undefined,
          true,
        );
      }
    }
    assertEquals(outsideOf(place), before);
  },
);

confinedTest(
  "a confined disk: gives no set-id, no sticky bit, and no write to others",
  async () => {
    using place = new ConfinedPlace();
    const { files } = place.disk;
    const modeAt = (path: string) =>
      Deno.statSync(place.at(path)).mode! & 0o7777;
    await files.mkdir("d", 0o7777);
    using file = await files.createNew("f", 0o7777);
    assertEquals([modeAt("d"), modeAt("f")], [0o755, 0o755]);
    await file.setMode(0o7666);
    await files.setMode("d", 0o7777);
    assertEquals([modeAt("d"), modeAt("f")], [0o755, 0o644]);
    await files.setMode("f", 0o6777);
    assertEquals(modeAt("f"), 0o755);
    // A directory's own bits stay: group inheritance is the administrator's.
    Deno.chmodSync(place.at("d"), 0o2755);
    await files.setMode("d", 0o700);
    assertEquals(modeAt("d"), 0o2700);
    Deno.chmodSync(place.at("f"), 0o6755);
    await fill(await files.openToWrite("f", 0o644), "new");
    assertEquals(modeAt("f"), 0o755);
  },
);

confinedTest(
  "a confined disk: never changes the attributes of its root",
  async () => {
    using place = new ConfinedPlace();
    const before = Deno.statSync(place.root);
    for (const path of ["", ".", "/", "..", "a/.."]) {
      for (const name of ["setMode", "setTimes"]) {
        const error = await assertRejects(
          () => CALLS[name]!(place.disk.files, path) as Promise<void>,
          EntryError,
        );
        assertEquals(error.message.endsWith("keeps its attributes"), true);
      }
    }
    const after = Deno.statSync(place.root);
    assertEquals([after.mode, after.mtime], [before.mode, before.mtime]);
  },
);

confinedTest(
  "a confined disk: opens regular files alone, and waits for none",
  async () => {
    using place = new ConfinedPlace();
    new Deno.Command("mkfifo", { args: [place.at("fifo")] }).outputSync();
    for (
      const name of [
        ...["openToRead", "openToWrite", "openToWrite of no file"],
        ...["setMode", "setTimes"],
      ]
    ) {
      const error = await assertRejects(
        () => CALLS[name]!(place.disk.files, "fifo") as Promise<void>,
        EntryError,
      );
      assertMatch(error.message, /: not a regular file$/);
    }
  },
);

confinedTest("a confined disk: enters no other file system", async () => {
  using disk = ConfinedDisk.open("/", "read-only");
  const error = await assertRejects(
    () => disk.files.stat("/proc/self/status"),
    EntryError,
  );
  assertEquals(
    error.message,
    "/proc/self/status: this server enters no other file system",
  );
});

confinedTest(
  "a confined disk: shows only those links that stay in it",
  async () => {
    using place = new ConfinedPlace();
    const { files } = place.disk;
    Deno.mkdirSync(place.at("d"));
    Deno.symlinkSync("../own", place.at("d/in"));
    Deno.symlinkSync("../../dirx", place.at("d/out"));
    Deno.symlinkSync("/etc/passwd", place.at("root"));
    assertEquals(await files.readlink("d/in"), "../own");
    for (const path of ["d/out", "root"]) {
      const error = await assertRejects(() => files.readlink(path), EntryError);
      assertEquals(error.message.includes("dirx"), false);
      assertEquals(error.message.includes("passwd"), false);
    }
    await assertRejects(() => files.symlink("new", "own"), EntryError);
  },
);

confinedTest(
  "a confined disk takes names that are not UTF-8, and no NUL",
  async () => {
    using place = new ConfinedPlace();
    const { files } = place.disk;
    await fill(await files.createNew("caf\udce9", 0o644), "x");
    assertEquals(await contentOf(await files.openToRead("caf\udce9")), "x");
    await files.remove("caf\udce9");
    await assertRejects(() => files.openToRead("a\0b"), EntryError);
  },
);

Deno.test("a confined disk cannot be had where the system is not Linux", {
  ignore: Deno.build.os === "linux",
}, () => {
  const { message } = assertThrows(
    () => ConfinedDisk.open(".", "read-write"),
    EntryError,
  );
  assertEquals(message.includes("only Linux has openat2(2)"), true);
});
