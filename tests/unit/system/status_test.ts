import { assert, assertEquals } from "@std/assert";
import type { Attributes } from "../../../lib/filesystem/file_system.ts";
import { close, makePipe } from "../../../lib/system/descriptors.ts";
import { checked } from "../../../lib/system/libc.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  byFstatat,
  byStatx,
  type StatusCalls,
  statusCalls,
} from "../../../lib/system/status.ts";
import { lacksLinuxLibrary } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const ignore = lacksLinuxLibrary !== undefined;

function statusAt(path: string, { look, read }: StatusCalls): Attributes {
  const bytes = new TextEncoder().encode(`${path}\0`);
  checked(() => look(AT_FDCWD, bytes, 0));
  return read();
}

Deno.test(
  "byStatx(): and byFstatat(): give the numbers that the runtime gives",
  {
    ignore,
  },
  () => {
    using directory = new TempDirectory();
    const file = `${directory.path}/f`;
    Deno.writeTextFileSync(file, "12345", { mode: 0o640 });
    Deno.utimeSync(file, -1.5, 1_234.25);
    for (
      const path of [file, directory.path, "/", "/dev/null", "/etc/passwd"]
    ) {
      const expected = Deno.statSync(path);
      for (const calls of [byStatx(), byFstatat()]) {
        const { born, ...status } = statusAt(path, calls);
        assertEquals(status, {
          kind: expected.isFile
            ? "file"
            : expected.isDirectory
            ? "directory"
            : "other",
          mode: expected.mode! & 0o7777,
          identity: `${expected.dev}:${expected.ino}`,
          names: expected.nlink!,
          size: expected.size,
          modified: expected.mtime!.getTime(),
          accessed: expected.atime!.getTime(),
        }, path);
        assertEquals(born !== undefined, expected.isDirectory, path);
      }
    }
  },
);

Deno.test(
  "byFstatat(): gives the last change of a directory where byStatx() may give its birth",
  {
    ignore,
  },
  () => {
    using directory = new TempDirectory();
    const { born } = statusAt(directory.path, byFstatat());
    // The runtime tells whole seconds.
    const changed = Deno.statSync(directory.path).ctime!.getTime();
    assertEquals(Math.floor(born! / 1000), changed / 1000);
    assert(statusAt(directory.path, byStatx()).born! <= born!);
  },
);

Deno.test("byStatx(): and byFstatat(): take a descriptor for an empty path", {
  ignore,
}, () => {
  const { readEnd, writeEnd } = makePipe(4096);
  const empty = Uint8Array.of(0);
  for (const { look, read } of [byStatx(), byFstatat()]) {
    checked(() => look(readEnd, empty, AT_EMPTY_PATH));
    assertEquals([read().kind, read().mode], ["other", 0o600]);
  }
  close(readEnd);
  close(writeEnd);
});

Deno.test("statusCalls(): finds its way once", { ignore }, () => {
  assert(statusCalls() === statusCalls());
});
