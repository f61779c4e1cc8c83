import { assertEquals, assertThrows } from "@std/assert";
import {
  checked,
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
