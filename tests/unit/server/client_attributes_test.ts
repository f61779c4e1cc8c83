import { assertEquals, assertRejects } from "@std/assert";
import { linuxServerCalls } from "../../../lib/disk/linux_server_calls.ts";
import { ServedDisk } from "../../../lib/disk/served_disk.ts";
import { EntryError } from "../../../lib/errors.ts";
import {
  setAttributes,
  setFileAttributes,
  setLinkAttributes,
  wireAttributes,
} from "../../../lib/server/client_attributes.ts";
import { RequestRefusal } from "../../../lib/server/sftp_failures.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const disk = new ServedDisk(linuxServerCalls);

const TIMES = { modified: 1_000_000_000_000, accessed: 1_100_000_000_000 };

/** Makes a file of five bytes, and a link to it. */
function makeFile(directory: string): { path: string; link: string } {
  const [path, link] = [`${directory}/f`, `${directory}/l`];
  Deno.writeTextFileSync(path, "abcde");
  Deno.symlinkSync("f", link);
  return { path, link };
}

function attributesTest(name: string, fn: () => Promise<void>): void {
  testUnless(lacksLinuxLibrary, name, fn);
}

attributesTest(
  "setAttributes() sets size, mode and times of what a link names",
  async () => {
    using place = new TempDirectory();
    const { path, link } = makeFile(place.path);
    await setAttributes(disk, link, {
      ...{ size: 3, permissions: 0o104640, times: TIMES },
    });
    const { permissions, modified, accessed } = await disk.look(path, {
      followsLink: false,
    });
    assertEquals([permissions, modified, accessed], [
      ...[0o104640, TIMES.modified, TIMES.accessed],
    ]);
    assertEquals(Deno.readTextFileSync(path), "abc");
    assertEquals(Deno.readLinkSync(link), "f");
  },
);

attributesTest(
  "setAttributes() sets nothing where owners would change",
  async () => {
    using place = new TempDirectory();
    const { path } = makeFile(place.path);
    const { user, group } = await disk.look(path, { followsLink: true });
    for (
      const owners of [{ user: user + 1, group }, { user, group: group + 1 }]
    ) {
      await assertRejects(
        () => setAttributes(disk, path, { owners, size: 0 }),
        RequestRefusal,
        "this server changes no owners",
      );
    }
    assertEquals(Deno.readTextFileSync(path), "abcde");
  },
);

attributesTest("setAttributes() makes no file", async () => {
  using place = new TempDirectory();
  const path = `${place.path}/none`;
  for (
    const attributes of [{ size: 0 }, { permissions: 0 }, { times: TIMES }]
  ) {
    await assertRejects(
      () => setAttributes(disk, path, attributes),
      EntryError,
    );
  }
  assertEquals([...Deno.readDirSync(place.path)], []);
});

attributesTest(
  "setLinkAttributes() sets times of a link, and nothing of its file",
  async () => {
    using place = new TempDirectory();
    const { path, link } = makeFile(place.path);
    const before = await disk.look(path, { followsLink: false });
    await setLinkAttributes(disk, link, { times: TIMES });
    const { modified } = await disk.look(link, { followsLink: false });
    assertEquals(modified, TIMES.modified);
    for (const attributes of [{ size: 0 }, { permissions: 0o600 }]) {
      await assertRejects(
        () => setLinkAttributes(disk, link, attributes),
        RequestRefusal,
      );
    }
    assertEquals(await disk.look(path, { followsLink: false }), before);
  },
);

attributesTest(
  "setFileAttributes() sets size, mode and times of an open file",
  async () => {
    using place = new TempDirectory();
    const { path } = makeFile(place.path);
    using file = await disk.open(path, {
      ...{ reads: true, writes: true, appends: false },
      ...{ makes: false, isNew: false, empties: false },
    }, 0);
    const owners = wireAttributes(await file.look()).owners!;
    await setFileAttributes(file, {
      ...{ owners, size: 2, permissions: 0o600, times: TIMES },
    });
    assertEquals(wireAttributes(await file.look()), {
      ...{ owners, size: 2, permissions: 0o100600, times: TIMES },
    });
    await assertRejects(
      async () =>
        await setFileAttributes(file, {
          owners: { user: 1, group: 2 ** 32 - 1 },
        }),
      RequestRefusal,
      "this server changes no owners",
    );
    await file.close();
  },
);
