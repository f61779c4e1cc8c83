import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { directoryLevel, OpenLevels, pathIn } from "../../../lib/scp/level.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

Deno.test("pathIn(): gives the path of an entry, and refuses a name that the disk has not", async () => {
  using directory = new TempDirectory();
  const { path } = directory;
  const files = new LocalFileSystem();
  const level = directoryLevel(files, { path });
  assertEquals(
    await pathIn(level, "a", { files, platform: "posix" }),
    files.join(path, "a"),
  );
  await assertRejects(
    async () => await pathIn(level, "a:b", { files, platform: "windows" }),
    EntryError,
    "Windows does not allow this name",
  );
});

Deno.test("OpenLevels: gives no directory where all but the target were left", async () => {
  const levels = new OpenLevels();
  levels.enter({ path: "t", isDirectory: true });
  levels.enter({ path: "t/d", isDirectory: true });
  assertEquals(levels.innermost.path, "t/d");
  assertEquals(await levels.leave(), undefined);
  assertEquals(levels.innermost.path, "t");
  assertEquals(await levels.leaveAll(new RecordingObserver()), undefined);
  assertEquals(levels.innermost.path, "t");
});

Deno.test("OpenLevels: leaves all directories down to the target, the innermost named", async () => {
  const levels = new OpenLevels();
  for (const path of ["t", "t/d", "t/d/e"]) {
    levels.enter({ path, isDirectory: true });
  }
  assertEquals(await levels.leaveAll(new RecordingObserver()), "t/d/e");
  assertEquals(levels.innermost.path, "t");
});
