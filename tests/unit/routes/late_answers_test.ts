import { assertEquals } from "@std/assert";
import { lateAnswers } from "../../../lib/routes/late_answers.ts";

Deno.test("lateAnswers(): reads the answers that are left, and the refusal behind them", () => {
  for (
    const [leftover, answers, refusal] of [
      ["", "", undefined],
      ["\0\0", "\0\0", undefined],
      ["\x01scp: f: no\n", "", "scp: f: no"],
      ["\0\x01scp: f: no\n\0", "\0", "scp: f: no"],
      ["Bye\n", "", undefined],
    ] as const
  ) {
    assertEquals(lateAnswers(leftover), { answers, refusal });
  }
});
