import { assert, assertEquals, assertThrows } from "@std/assert";
import { spaceOf } from "../../../lib/system/disk_space.ts";
import { close, O_CLOEXEC } from "../../../lib/system/descriptors.ts";
import { entryCalls } from "../../../lib/system/entries.ts";
import { checked, LibcError } from "../../../lib/system/libc.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

testUnless(
  lacksLinuxLibrary,
  "spaceOf() tells what stat of coreutils tells of a disk",
  () => {
    using directory = new TempDirectory();
    const { path } = directory;
    const { stdout } = new Deno.Command("stat", {
      args: ["-f", "-c", "%s %S %b %c %l", path],
    }).outputSync();
    const name = new TextEncoder().encode(`${path}\0`);
    const fd = checked(() => entryCalls().open(name, O_CLOEXEC, 0));
    try {
      const space = spaceOf(fd);
      const { blockBytes, fragmentBytes, blocks, inodes, longestName } = space;
      assertEquals(
        [blockBytes, fragmentBytes, blocks, inodes, longestName].join(" "),
        new TextDecoder().decode(stdout).trimEnd(),
      );
      // These change while others write.
      assert(space.availableBlocks <= space.freeBlocks);
      assert(space.freeBlocks <= blocks);
      assert(space.availableInodes <= space.freeInodes);
      assert(space.freeInodes <= inodes);
    } finally {
      close(fd);
    }
  },
);

testUnless(
  lacksLinuxLibrary,
  "spaceOf() throws where nothing is open",
  () => {
    assertThrows(() => spaceOf(-1), LibcError);
  },
);
