import { assertEquals, assertThrows } from "@std/assert";
import {
  checked,
  checkedOnce,
  firstThatWorks,
  libcCalls,
  LibcError,
  unlessErrno,
} from "../../../lib/system/libc.ts";
import { lacksLibrary } from "../../support/c_library.ts";

const ignore = lacksLibrary !== undefined;

const CHDIR = { chdir: { parameters: ["buffer"], result: "i32" } } as const;

/** Enters a directory that is not there: fails with ENOENT. */
function fail(): number {
  return libcCalls(CHDIR).chdir(new TextEncoder().encode("/none/such\0"));
}

Deno.test("libcCalls(): throws for a function that is not there", {
  ignore,
}, () => {
  const missing = { parameters: [], result: "void" } as const;
  assertThrows(() => libcCalls({ no_such_function: missing }), Error);
});

Deno.test("checked(): gives a result, or throws the system's text and number", {
  ignore,
}, () => {
  assertEquals(checked(() => 7n), 7);
  const error = assertThrows(() => checked(fail), LibcError);
  assertEquals([error.code, error.message], [2, "No such file or directory"]);
});

Deno.test("unlessErrno(): gives undefined for the given codes alone", {
  ignore,
}, () => {
  assertEquals(unlessErrno([2], () => 0), 0);
  assertEquals(unlessErrno([13, 2], fail), undefined);
  assertThrows(() => unlessErrno([13], fail), LibcError);
});

Deno.test(
  "checked() and unlessErrno(): an error counts once it has come twice in a row",
  {
    ignore,
  },
  () => {
    assertEquals(unlessErrno([2], fail), undefined);
    const calls: string[] = [];
    /** Fails with EBADF, or where `name` says so with ENOENT. */
    const failing = (...names: ("EBADF" | "ENOENT" | 7)[]) => () => {
      const name = names[calls.push("made") - 1]!;
      if (name === 7) return 7;
      if (name === "ENOENT") return fail();
      return libcCalls({ close: { parameters: ["i32"], result: "i32" } })
        .close(-1);
    };
    assertEquals(unlessErrno([2], failing("EBADF", "ENOENT")), undefined);
    assertEquals(calls.splice(0).length, 2);
    assertEquals(unlessErrno([2], failing("EBADF", 7)), 7);
    assertEquals(calls.splice(0).length, 2);
    const error = assertThrows(
      () => unlessErrno([11], failing("ENOENT", "EBADF", "EBADF")),
      LibcError,
    );
    assertEquals([error.code, calls.splice(0).length], [9, 3]);
    assertEquals(checked(failing("ENOENT", "EBADF", 7)), 7);
    assertEquals(calls.splice(0).length, 3);
    const changing = failing("ENOENT", "EBADF", "ENOENT", "EBADF");
    const last = assertThrows(() => checked(changing), LibcError);
    assertEquals([last.code, calls.splice(0).length], [9, 4]);
    const first = assertThrows(
      () => checkedOnce(failing("ENOENT", "EBADF")),
      LibcError,
    );
    assertEquals([first.code, calls.length], [2, 1]);
  },
);

Deno.test("firstThatWorks(): gives the first that does not throw, else throws the last error", () => {
  const throwing = (message: string) => (): number => {
    throw new Error(message);
  };
  assertEquals(firstThatWorks([throwing("a"), () => 2, () => 3]), 2);
  assertThrows(
    () => firstThatWorks([throwing("a"), throwing("b")]),
    Error,
    "b",
  );
});
