import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { removalSignal } from "../../../lib/routes/sftp_start.ts";

const KEEPING_ALL = {
  keepsAll: true,
  keepsSame: false,
  keepsNewer: false,
};

const REMOVING = [
  { jobs: 8 },
  { jobs: 1, isAtomic: true },
  { jobs: 1, existing: KEEPING_ALL },
] as const;

Deno.test("removalSignal(): leaves a copy that has begun a second to remove what is not whole", () => {
  using time = new FakeTime();
  for (const options of REMOVING) {
    const interruption = new AbortController();
    const ended = removalSignal(interruption.signal, options, () => true);
    interruption.abort(130);
    time.tick(999);
    assertEquals(ended.aborted, false);
    time.tick(1);
    assertEquals(ended.reason, 130);
  }
});

Deno.test("removalSignal(): ends at once where no copy has begun, or it removes nothing", () => {
  using _time = new FakeTime();
  const rows = [
    ...REMOVING.map((options) => [options, false] as const),
    [{ jobs: 1 }, true],
  ] as const;
  for (const [options, hasBegun] of rows) {
    const interruption = new AbortController();
    const ended = removalSignal(
      interruption.signal,
      options,
      () => hasBegun,
    );
    interruption.abort(130);
    assertEquals(ended.reason, 130);
  }
});
