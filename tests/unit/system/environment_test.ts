import { assertEquals } from "@std/assert";
import { cacheHome, homeDirectory } from "../../../lib/system/environment.ts";

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

Deno.test("cacheHome(): takes the variables for caches, an absolute path alone, else the home directory", () => {
  const rows: readonly (readonly [Record<string, string>, string?])[] = [
    [{}],
    [{ HOME: "" }],
    [{ HOME: "/h" }, "/h/.cache"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/c" }, "/c"],
    [{ HOME: "/h", XDG_CACHE_HOME: "" }, "/h/.cache"],
    [{ HOME: "/h", XDG_CACHE_HOME: "c" }, "/h/.cache"],
    [{ XDG_CACHE_HOME: "./c" }],
    [{ LOCALAPPDATA: "C:\\L" }, "C:\\L"],
    [{ XDG_CACHE_HOME: "", LOCALAPPDATA: "C:\\L" }, "C:\\L"],
  ];
  for (const [variables, directory] of rows) {
    assertEquals(cacheHome((name) => variables[name]), directory);
  }
});
