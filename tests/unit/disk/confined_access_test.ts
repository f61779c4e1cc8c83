/** Rights of the clients of a confined disk, each access by the list of its calls. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
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

/** Calls that change something, on an old file `old` and an old directory `d`. */
const CHANGES: Readonly<
  Record<string, (files: ServedFileSystem) => Promise<unknown>>
> = {
  create: (files) => files.create!("new", 0o644),
  createNew: (files) => files.createNew("new", 0o644),
  openToWrite: (files) => files.openToWrite("old", 0o644),
  mkdir: (files) => files.mkdir("new", 0o755),
  setMode: (files) => files.setMode("old", 0o600),
  "setMode of a directory": (files) => files.setMode("d", 0o700),
  setTimes: (files) => files.setTimes("old", TIMES),
  remove: (files) => files.remove("old"),
  "replace by": (files) => files.replace!("old", "new"),
  "replace of": (files) => files.replace!("other", "old"),
  symlink: (files) => files.symlink("new", "old"),
  rmdir: (files) => files.rmdir("d"),
  rename: (files) => files.rename("old", "new"),
  setLinkTimes: (files) => files.setLinkTimes("old", TIMES),
  ...Object.fromEntries(
    ["writing", "both", "making", "making anew", "emptying", "appending"].map(
      (name) => [
        `open for ${name}`,
        (files: ServedFileSystem) => files.open("old", PURPOSES[name]!, 0o644),
      ],
    ),
  ),
};

/** Calls that make something new. */
const MAKES = ["create", "createNew", "mkdir"];

/** Calls that tell of what is there. */
const READS: Readonly<
  Record<string, (files: ServedFileSystem) => Promise<unknown>>
> = {
  stat: (files) => files.stat("old"),
  identify: (files) => files.identify("old"),
  readdir: (files) => files.readdir("."),
  openToRead: (files) => files.openToRead("old"),
};

function madePlace(access: ConstructorParameters<typeof ConfinedPlace>[0]) {
  const place = new ConfinedPlace(access);
  Deno.writeTextFileSync(place.at("old"), "old");
  Deno.writeTextFileSync(place.at("other"), "other");
  Deno.mkdirSync(place.at("d"));
  return place;
}

/** Entries, with modes and times in whole seconds. */
function stateOf({ root }: ConfinedPlace): unknown {
  return [
    listing(root),
    ...["old", "other", "d"].map((name) => {
      const { mode, mtime } = Deno.statSync(`${root}/${name}`);
      return [mode, mtime?.getTime()];
    }),
  ];
}

for (const [name, call] of Object.entries(CHANGES)) {
  confinedTest(`a read-only disk refuses ${name}`, async () => {
    using place = madePlace("read-only");
    const before = stateOf(place);
    const { message } = await assertRejects(
      () => call(place.disk.files) as Promise<void>,
      EntryError,
    );
    assertMatch(message, /: this server (is read-only|makes no links)$/);
    assertEquals(stateOf(place), before);
  });
}

for (const access of ["write-only", "no-overwrite"] as const) {
  for (const [name, call] of Object.entries(CHANGES)) {
    if (MAKES.includes(name)) continue;
    confinedTest(
      `a ${access} disk refuses ${name} of what others made`,
      async () => {
        using place = madePlace(access);
        const before = stateOf(place);
        await assertRejects(
          () => call(place.disk.files) as Promise<void>,
          EntryError,
        );
        assertEquals(stateOf(place), before);
      },
    );
  }

  confinedTest(
    `a ${access} disk takes new files, and lets a session change its own`,
    async () => {
      using place = madePlace(access);
      const { files } = place.disk;
      await files.mkdir("sub", 0o755);
      const file = await files.createNew("sub/new", 0o644);
      await fill(file, "new");
      await files.setTimes("sub", TIMES);
      await files.setMode("sub", 0o700);
      await files.replace!("sub/new", "sub/named");
      await fill(await files.createNew("sub/part", 0o644), "part");
      await files.remove("sub/part");
      await files.setTimes("sub", TIMES);
      await files.setMode("sub", 0o700);
      assertEquals(listing(place.at("sub")), ['named = "new"']);
      assertEquals(Deno.statSync(place.at("sub")).mtime!.getTime(), 1e12);
      // Its own file is not replaced either, but by nothing at all.
      await assertRejects(
        () => files.openToWrite("sub/named", 0o644),
        EntryError,
      );
      await fill(await files.createNew("x", 0o644), "x");
      await assertRejects(() => files.replace!("x", "old"), EntryError);
      assertEquals(listing(place.root).includes('old = "old"'), true);
    },
  );
}

for (const [name, call] of Object.entries(READS)) {
  confinedTest(`a write-only disk refuses ${name}`, async () => {
    using place = madePlace("write-only");
    const error = await assertRejects(
      () => call(place.disk.files) as Promise<void>,
      EntryError,
    );
    assertEquals(error.message.includes("exists"), false);
  });
}

confinedTest(
  "a write-only disk tells of directories alone, and of those nothing else",
  async () => {
    using place = madePlace("write-only");
    Deno.symlinkSync("d", place.at("link"));
    const { files } = place.disk;
    const found = await files.find("d");
    assertEquals(found, {
      ...{ kind: "directory", size: 0, mode: 0o700, modified: 0, accessed: 0 },
    });
    for (const path of ["old", "none", "old/x", "link", "d/none"]) {
      assertEquals(await files.find(path), undefined, path);
      assertEquals(await files.readlink(path), undefined, path);
    }
  },
);

confinedTest(
  "a write-only disk has one answer for what exists and what is denied",
  async () => {
    using place = madePlace("write-only");
    Deno.symlinkSync("/etc/passwd", place.at("link"));
    Deno.symlinkSync("nothing", place.at("dangling"));
    const { files } = place.disk;
    const answers = new Set<string>();
    for (
      const path of [
        "old",
        "d",
        "link",
        "dangling",
        "none/x",
        "old/x",
        "link/x",
      ]
    ) {
      const { message } = await assertRejects(
        () => files.openToWrite(path, 0o644),
        EntryError,
      );
      answers.add(message.slice(path.length));
    }
    for (const path of ["old", "none", "link", "d"]) {
      for (const call of [files.remove(path), files.replace!(path, "new")]) {
        const { message } = await assertRejects(() => call, EntryError);
        answers.add(message.replace(/^[^:]*/, ""));
      }
    }
    assertEquals([...answers], [
      ": not taken: this server takes only new files",
    ]);
  },
);

confinedTest("a write-only disk tells an open file from no other", async () => {
  using place = madePlace("write-only");
  using file = await place.disk.files.createNew("new", 0o644);
  assertEquals("identity" in await file.stat(), false);
});

confinedTest("a no-overwrite disk shows what is there", async () => {
  using place = madePlace("no-overwrite");
  const { files } = place.disk;
  assertEquals(await contentOf(await files.openToRead("old")), "old");
  const { message } = await assertRejects(
    () => files.openToWrite("old", 0o644),
    EntryError,
  );
  assertEquals(message, "old: it exists, and this server replaces nothing");
});

confinedTest(
  "a no-overwrite disk lets a session change nothing that got the place of its own",
  async () => {
    using place = madePlace("no-overwrite");
    const { files } = place.disk;
    await fill(await files.createNew("mine", 0o644), "mine");
    Deno.removeSync(place.at("mine"));
    Deno.writeTextFileSync(place.at("mine"), "theirs");
    await assertRejects(() => files.remove("mine"), EntryError);
    await assertRejects(() => files.setMode("mine", 0o600), EntryError);
    assertEquals(Deno.readTextFileSync(place.at("mine")), "theirs");
  },
);

for (const access of ["write-only", "no-overwrite"] as const) {
  confinedTest(
    `a ${access} disk lets a session go on with a file that it made`,
    async () => {
      using place = madePlace(access);
      const { files } = place.disk;
      await fill(await files.open("new", PURPOSES["emptying"]!, 0o644), "one");
      const again = await files.open("new", PURPOSES["writing"]!, 0o644);
      await again.write(new TextEncoder().encode(" two"), 3);
      await again.close();
      await fill(await files.open("new", PURPOSES["appending"]!, 0), " three");
      assertEquals(Deno.readTextFileSync(place.at("new")), "one two three");
      await fill(await files.open("new", PURPOSES["emptying"]!, 0o644), "x");
      const { size } = await files.look("new", { followsLink: true });
      assertEquals(size, 1);
      await files.rename("new", "named");
      await files.mkdir("sub", 0o755);
      await files.rmdir("sub");
      await assertRejects(() => files.rename("named", "old"), EntryError);
      assertEquals(listing(place.root), [
        ...["d/", 'named = "x"', 'old = "old"', 'other = "other"'],
      ]);
    },
  );
}

confinedTest(
  "a write-only disk gives any path its one form, whatever is there",
  async () => {
    using place = madePlace("write-only");
    const { files } = place.disk;
    for (
      const [path, expected] of [
        [".", "/"],
        ["old", "/old"],
        ["none/../x", "/x"],
        ["../..", "/"],
      ] as const
    ) assertEquals(await files.canonical(path), expected);
  },
);
