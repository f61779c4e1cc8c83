import { assertEquals, assertThrows } from "@std/assert";
import { linkBytes, listedEntries } from "../../../lib/system/entries.ts";
import { LibcError } from "../../../lib/system/libc.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

function pathBytes(path: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${path}\0`);
}

testUnless(
  lacksLinuxLibrary,
  "linkBytes(): gives the bytes of a destination, undefined for other entries",
  () => {
    using directory = new TempDirectory();
    Deno.symlinkSync("é", `${directory.path}/link`);
    assertEquals(
      linkBytes(pathBytes(`${directory.path}/link`)),
      Uint8Array.of(0xc3, 0xa9),
    );
    assertEquals(linkBytes(pathBytes(directory.path)), undefined);
    assertThrows(
      () => linkBytes(pathBytes(`${directory.path}/missing`)),
      LibcError,
      "No such file or directory",
    );
  },
);

testUnless(
  lacksLinuxLibrary,
  "listedEntries(): throws for a descriptor that is not open",
  () => {
    assertThrows(
      () => [...listedEntries(-1, (name) => name)],
      LibcError,
      "Bad file descriptor",
    );
  },
);
