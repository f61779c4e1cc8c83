import { assertEquals, assertThrows } from "@std/assert";
import * as libc from "../../../lib/disk/raw_calls.ts";
import * as system from "../../../lib/system/libc.ts";
import { lacksRawNames } from "../../support/fixtures/raw_names.ts";

const ignore = lacksRawNames !== undefined;

Deno.test(
  "A failed call has strerror's text and errno's number, compiled or not",
  {
    ignore,
  },
  () => {
    const rows: readonly (readonly [() => unknown, number, string])[] = [
      [() => libc.stat("/none"), system.ENOENT, "No such file or directory"],
      [() => libc.unlink("/"), 21, "Is a directory"],
      [
        () => libc.readlink("/none"),
        system.ENOENT,
        "No such file or directory",
      ],
      [() => libc.open("/dev/null/x", libc.O_RDONLY), 20, "Not a directory"],
      [() => libc.fstat(-1), 9, "Bad file descriptor"],
      [() => libc.mkdir("/", 0o755), 17, "File exists"],
    ];
    for (const prepare of [() => {}, system.compileCalls]) {
      prepare();
      for (const [call, code, message] of rows) {
        const error = assertThrows(call, system.LibcError);
        assertEquals([error.code, error.message], [code, message]);
      }
      assertEquals(libc.readlink("/"), undefined);
      assertEquals(libc.find("/none"), undefined);
    }
  },
);

Deno.test("stat() gives the numbers that the runtime gives", {
  ignore,
}, () => {
  for (const path of ["/", "/dev", "/dev/null", "/proc/self", "/etc/passwd"]) {
    const { device, inode, mode } = libc.stat(path);
    const { dev, ino, mode: expected } = Deno.statSync(path);
    assertEquals(
      [device, Number(inode), mode],
      [dev, ino, expected],
      path,
    );
  }
});

Deno.test("A descriptor is not inherited by programs we run", {
  ignore,
}, async () => {
  const fd = libc.open("/dev/null", libc.O_RDONLY);
  try {
    const { success } = await new Deno.Command("sh", {
      args: ["-c", `! [ -e /proc/self/fd/${fd} ]`],
    }).output();
    assertEquals(success, true);
  } finally {
    system.close(fd);
  }
});
