import { assertEquals } from "@std/assert";
import { divideUpload } from "../../../lib/routes/scp_units.ts";
import { routeContext, script, SessionStage } from "./session_stage.ts";

/** Divides an upload of paths without prepared directories. */
function divide(paths: readonly string[], recursive = true): unknown {
  using stage = new SessionStage(script(""), { recursive });
  const division = divideUpload(paths, undefined, routeContext(stage));
  return typeof division === "string"
    ? division
    : division.map(({ path }) => path);
}

Deno.test("divideUpload(): makes a unit of each of several paths", () => {
  assertEquals(divide(["a", "d/b/"]), ["a", "d/b"]);
});

Deno.test("divideUpload(): leaves paths that may have the same name to one connection", () => {
  for (const paths of [["a", "d/a/"], ["a", "d/A"], ["b", "a", "a"]]) {
    assertEquals(
      divide(paths),
      "over SCP one copies sources of the same name",
    );
  }
});

Deno.test("divideUpload(): leaves the content of a directory, a file and an unprepared tree to one connection", () => {
  assertEquals(
    divide(["a", "d/."]),
    "over SCP one copies the content of a directory",
  );
  assertEquals(divide(["a"], false), "over SCP one copies each file");
  assertEquals(
    divide(["a"]),
    "the directories could not be made in advance",
  );
});

Deno.test("divideUpload(): makes a unit of each prepared directory, if there are several", () => {
  using stage = new SessionStage(script(""), { recursive: true });
  const planned = (path: string) => ({
    source: `top${path}`,
    name: "x",
    path,
    mode: 0o755,
    group: 0,
  });
  const divide = (paths: readonly string[]) =>
    divideUpload(["top"], {
      plan: paths.map(planned),
      key: "key",
      isThere: true,
    }, routeContext(stage));
  assertEquals(divide([""]), "over SCP one copies each directory");
  assertEquals(divide(["", "/x"]).length, 2);
});
