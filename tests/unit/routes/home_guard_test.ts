import { assert, assertEquals, assertRejects } from "@std/assert";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { EntryError } from "../../../lib/errors.ts";
import { filesForDownload } from "../../../lib/routes/home_guard.ts";
import { homeDirectory } from "../../../lib/system/environment.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { exists } from "../../support/fixtures/tree.ts";

const CHECKED = { checkNames: true };
const home = homeDirectory();
const lacksHome = home === "" || !exists(home);

Deno.test({
  name:
    "filesForDownload(): refuses hidden names directly in the home directory",
  ignore: lacksHome,
  fn: async () => {
    const files = await filesForDownload(
      new LocalFileSystem(),
      { source: ".", target: home },
      CHECKED,
    );
    const name = `.${crypto.randomUUID()}`;
    const path = files.join(home, name);
    for (
      const step of [
        () => files.mkdir(path, 0o700),
        () => files.openToWrite(path, 0o600),
        () => files.create!(path, 0o600),
        () => files.createNew(path, 0o600),
        () => files.createNew(files.join(home, ".x"), 0o600, path),
        () => files.symlink(path, "f"),
        () => files.symlink(files.join(home, ".x"), "f", false, path),
        () => files.replace!(files.join(home, ".x.seacp-abcdef"), path),
      ]
    ) {
      const { message } = await assertRejects(step, EntryError);
      assertEquals(
        message,
        `${path}: not asked for by its name, and hidden, in your home ` +
          "directory: -T takes any name",
      );
    }
    assert(!exists(path));
    // Deeper names pass the guard; this one has no parent.
    await assertRejects(
      () => files.mkdir(files.join(path, ".hidden"), 0o700),
      EntryError,
      "No such file or directory",
    );
  },
});

Deno.test({
  name:
    "filesForDownload(): guards nothing with -T, or where the source has a name",
  ignore: lacksHome,
  fn: async () => {
    const files = new LocalFileSystem();
    assertEquals(
      await filesForDownload(
        files,
        { source: ".", target: home },
        { checkNames: false },
      ),
      files,
    );
    for (const source of [".profile", "d", "*"]) {
      const paths = { source, target: home };
      assertEquals(await filesForDownload(files, paths, CHECKED), files);
    }
  },
});

Deno.test("filesForDownload(): guards no other directory", async () => {
  using directory = new TempDirectory();
  const files = new LocalFileSystem();
  for (const target of [directory.path, `${directory.path}/none`]) {
    const paths = { source: ".", target };
    assertEquals(await filesForDownload(files, paths, CHECKED), files);
  }
});
