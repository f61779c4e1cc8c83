import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EntryError, TooManyOpenError } from "../../../lib/errors.ts";
import { attempt } from "../../../lib/disk/attempt.ts";
import { LibcError } from "../../../lib/system/libc.ts";
import { lacksLibrary } from "../../support/c_library.ts";
import { onWindows } from "../../support/platform.ts";

/** Gives the error of a call of the C library, where there are any. */
function fromLibrary(code: number): LibcError[] {
  return lacksLibrary === undefined ? [new LibcError(code)] : [];
}

Deno.test("attempt(): tells apart that nothing more can be open", {
  ignore: onWindows,
}, async () => {
  for (const code of [23, 24]) {
    for (
      const cause of [
        ...fromLibrary(code),
        new Error(`Too many open files (os error ${code}): open 'f'`),
      ]
    ) {
      const fails = (): never => {
        throw cause;
      };
      const error = assertThrows(() => attempt("f", fails), TooManyOpenError);
      assertEquals(error.message.startsWith("f: Too many open files"), true);
      await assertRejects(
        () => attempt("f", async () => fails()),
        TooManyOpenError,
      );
    }
  }
});

Deno.test("attempt(): takes every other failure for the entry's own", {
  ignore: onWindows,
}, () => {
  for (
    const cause of [
      ...fromLibrary(2),
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

Deno.test("attempt(): takes what the system calls an invalid argument for the entry's own", async () => {
  const calls = [
    () => Deno.statSync("a\0b"),
    () => Deno.openSync("a\0b"),
    () => {
      using file = Deno.openSync(new URL(import.meta.url));
      file.seekSync(-1, Deno.SeekMode.Start);
    },
  ];
  for (const call of calls) {
    assertThrows(call, onWindows ? Error : TypeError);
    const error = assertThrows(() => attempt("f", call), EntryError);
    assertEquals(error.message.startsWith("f: "), true);
    await assertRejects(
      () => attempt("f", async () => call()),
      EntryError,
    );
  }
});

Deno.test("attempt(): takes no fault of this program for an entry's", async () => {
  const nothing: unknown = undefined;
  const call = () => (nothing as { name: string }).name;
  assertThrows(() => attempt("f", call), TypeError);
  await assertRejects(() => attempt("f", async () => call()), TypeError);
});
