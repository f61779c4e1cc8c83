import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ProgressLines } from "../../../lib/terminal/progress_lines.ts";
import { moving } from "../../support/moving.ts";
import { Screen } from "../../support/process/screen.ts";

Deno.test("ProgressLines: says a line every ten seconds, and none after the end", async () => {
  using time = new FakeTime();
  const screen = new Screen();
  {
    using lines = new ProgressLines(screen);
    const file = moving(lines, "\x1b[2J", 4096);
    file.moved(2048);
    await time.tickAsync(9999);
    assertEquals(screen.said, []);
    await time.tickAsync(1);
    assertEquals(screen.said.length, 1);
    assertEquals(
      screen.said[0]!.replace(/ {2}[\d.]+ KB\/s$/, ""),
      "0 files  2.0 KB",
    );
    await time.tickAsync(10_000);
    assertEquals(screen.said.length, 2);
  }
  await time.tickAsync(60_000);
  assertEquals(screen.said.length, 2);
  assertEquals(screen.written, []);
});
