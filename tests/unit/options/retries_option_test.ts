import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/errors.ts";
import { readRetries } from "../../../lib/options/retries_option.ts";

Deno.test("readRetries(): the last value counts, and 0 is as good as none", () => {
  assertEquals(readRetries([]), {});
  assertEquals(readRetries(["3"]), { retries: 3 });
  assertEquals(readRetries(["3", "007"]), { retries: 7 });
  assertEquals(readRetries(["3", "0"]), {});
});

for (const text of ["", "-1", "1.5", "many", "10001", "1e3"]) {
  Deno.test(`readRetries(): "${text}" is no number of retries`, () => {
    assertThrows(
      () => readRetries([text]),
      UsageError,
      `Invalid number of retries "${text}": it must be from 0 to 10000`,
    );
  });
}
