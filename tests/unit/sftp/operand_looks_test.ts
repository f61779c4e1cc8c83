import { assertEquals } from "@std/assert";
import {
  looksAtSource,
  looksAtTarget,
} from "../../../lib/sftp/operand_looks.ts";

Deno.test("looksAtTarget(): looks at the target and at the first entry in it", () => {
  for (
    const [text, path, inside] of [
      ["d", "d", "d/f"],
      ["/d/", "/d/", "/d/f"],
      ["~/d", "d", "d/f"],
      ["", ".", "./f"],
    ] as const
  ) {
    assertEquals(looksAtTarget(text, "f"), [
      { kind: "lstat", path },
      { kind: "stat", path },
      { kind: "realpath", path },
      { kind: "lstat", path: inside },
    ]);
  }
  assertEquals(looksAtTarget("~bob/d", "f"), []);
});

Deno.test("looksAtSource(): looks at a path that is none of a pattern's, and opens it where it may be a directory", () => {
  const looks = [
    { kind: "stat", path: "d" },
    { kind: "realpath", path: "d" },
  ];
  assertEquals(looksAtSource("~/d", { recursive: false }), looks);
  assertEquals(looksAtSource("~/d", { recursive: true }), [
    ...looks,
    { kind: "opendir", path: "d" },
  ]);
  for (const text of ["d/*", "~bob/d"]) {
    assertEquals(looksAtSource(text, { recursive: true }), []);
  }
});
