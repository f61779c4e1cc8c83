import { assertEquals } from "@std/assert";
import { SAME_EVERYWHERE } from "../../../scripts/test/without_ffi.ts";

Deno.test("SAME_EVERYWHERE: names tests that there are", () => {
  const names = Array.from(
    Deno.readDirSync(new URL("../../peer/", import.meta.url)),
    ({ name }) => name.replace("_test.ts", ""),
  );
  assertEquals(SAME_EVERYWHERE.filter((name) => !names.includes(name)), []);
});
