import { assert, assertEquals, assertThrows } from "@std/assert";
import { LibcError } from "../../../lib/system/libc.ts";
import {
  listProcNames,
  readProcBytes,
  readProcFile,
  readProcLink,
} from "../../../lib/system/proc.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

testUnless(
  lacksLinuxLibrary,
  "readProcFile(): reads a file whose length nothing tells",
  () => {
    assert(readProcFile("/proc/self/status").includes(`\nPid:\t${Deno.pid}\n`));
    assertThrows(() => readProcFile("/proc/none"), LibcError, "No such file");
  },
);

testUnless(
  lacksLinuxLibrary,
  "readProcBytes(): reads to the end, or until there is enough",
  () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/f`;
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
    Deno.writeFileSync(path, bytes);
    assertEquals(readProcBytes(path), bytes);
    const some = readProcBytes(path, 40_000);
    assert(some.length >= 40_000 && some.length < bytes.length);
    assertEquals(some, bytes.slice(0, some.length));
  },
);

testUnless(
  lacksLinuxLibrary,
  "readProcLink(): gives the destination, and throws for what is no link",
  () => {
    using directory = new TempDirectory();
    Deno.symlinkSync("to é", `${directory.path}/link`);
    assertEquals(readProcLink(`${directory.path}/link`), "to é");
    assertThrows(
      () => readProcLink(directory.path),
      LibcError,
      "Invalid argument",
    );
  },
);

testUnless(
  lacksLinuxLibrary,
  "listProcNames(): lists names without . and ..",
  () => {
    using directory = new TempDirectory();
    for (const name of ["a", ".hidden", "é"]) {
      Deno.writeTextFileSync(`${directory.path}/${name}`, "");
    }
    assertEquals(
      listProcNames(directory.path).toSorted(),
      [".hidden", "a", "é"],
    );
    assertThrows(
      () => listProcNames(`${directory.path}/a`),
      LibcError,
      "Not a directory",
    );
  },
);
