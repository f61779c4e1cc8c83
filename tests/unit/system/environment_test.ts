import { assertEquals } from "@std/assert";
import { cacheHome, homeDirectory } from "../../../lib/system/environment.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";

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

testUnless(
  lacksLinuxLibrary,
  "variableBytes() gives the bytes of a variable, which need not be UTF-8",
  async () => {
    const module = new URL(
      "../../../lib/system/environment.ts",
      import.meta.url,
    );
    const program =
      `import { variableBytes, clearEnvironment } from "${module}";
      console.log([variableBytes("A"), variableBytes("B"), variableBytes("C")]
        .map((bytes) => bytes && [...bytes].join(" ")));
      clearEnvironment();
      console.log(variableBytes("A"), Object.keys(Deno.env.toObject()).length);`;
    const script = 'A=$(printf "caf\\351") B= exec "$@"';
    const { stdout } = await new Deno.Command("sh", {
      args: [
        ...["-c", script, "sh", Deno.execPath(), "eval", "--quiet"],
        program,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      '[ "99 97 102 233", "", undefined ]\nundefined 0\n',
    );
  },
);
