import { assertEquals } from "@std/assert";
import { UploadPlaces } from "../../../lib/routes/upload_places.ts";
import type { RouteContext } from "../../../lib/routes/route.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

/** Gives the places of an upload of some paths. */
function placesOf(paths: readonly string[], isInside: boolean): UploadPlaces {
  const context = {
    files: new MemoryFileSystem(),
    job: { rules: locationRules() },
  };
  return new UploadPlaces(paths, isInside, context as unknown as RouteContext);
}

Deno.test("UploadPlaces: puts a source into a directory under its name", () => {
  const places = placesOf(["a/d/", "f"], true);
  assertEquals(places.of("a/d/e/g"), ["d/e/g"]);
  assertEquals(places.of("f"), ["f"]);
  assertEquals(places.of("other"), []);
});

Deno.test("UploadPlaces: puts a source in the target's place, and content into it", () => {
  assertEquals(placesOf(["a/d"], false).of("a/d/e"), ["e"]);
  assertEquals(placesOf(["f"], false).of("f"), [""]);
  assertEquals(placesOf(["d/."], true).of("d/./e"), ["e"]);
});

Deno.test("UploadPlaces: tells sources that may bring one file", () => {
  assertEquals(placesOf(["a", "b"], true).areDistinct, true);
  assertEquals(placesOf(["a"], false).areDistinct, true);
  assertEquals(placesOf(["a/f", "b/f"], true).areDistinct, false);
  assertEquals(placesOf(["d/.", "f"], true).areDistinct, false);
  assertEquals(placesOf(["a/f", "b/f"], true).of("a/f"), ["f"]);
});
