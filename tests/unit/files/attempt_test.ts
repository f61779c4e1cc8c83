import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EntryError, TooManyOpenError } from "../../../lib/errors.ts";
import { attempt, attemptLater } from "../../../lib/files/attempt.ts";
import { LibcError } from "../../../lib/system/libc.ts";

const onWindows = Deno.build.os === "windows";

Deno.test("attempt() tells apart that nothing more can be open", {
  ignore: onWindows,
}, async () => {
  for (const code of [23, 24]) {
    for (
      const cause of [
        new LibcError(code),
        new Error(`Too many open files (os error ${code}): open 'f'`),
      ]
    ) {
      const fails = (): never => {
        throw cause;
      };
      const error = assertThrows(() => attempt("f", fails), TooManyOpenError);
      assertEquals(error.message.startsWith("f: Too many open files"), true);
      await assertRejects(
        () => attemptLater("f", async () => fails()),
        TooManyOpenError,
      );
    }
  }
});

Deno.test("attempt() takes every other failure for the entry's own", {
  ignore: onWindows,
}, () => {
  for (
    const cause of [
      new LibcError(2),
      new Error("No such file or directory (os error 2): open 'f'"),
      new Error("File name too long (os error 36)"),
    ]
  ) {
    const error = assertThrows(() =>
      attempt("f", () => {
        throw cause;
      }), EntryError);
    assertEquals(error instanceof TooManyOpenError, false, cause.message);
  }
});
