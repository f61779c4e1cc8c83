import { assertEquals } from "@std/assert";
import { homeDirectory } from "../../../lib/system/environment.ts";

Deno.test("homeDirectory(): takes HOME, else what Windows calls it", () => {
  const rows: readonly (readonly [Record<string, string>, string])[] = [
    [{ HOME: "/home/bob" }, "/home/bob"],
    [{ USERPROFILE: "C:\\Users\\bob" }, "C:\\Users\\bob"],
    [{ HOME: "/c/bob", USERPROFILE: "C:\\Users\\bob" }, "/c/bob"],
    [{ HOME: "", USERPROFILE: "C:\\Users\\bob" }, "C:\\Users\\bob"],
    [{}, ""],
  ];
  for (const [variables, home] of rows) {
    assertEquals(homeDirectory((name) => variables[name]), home);
  }
});
