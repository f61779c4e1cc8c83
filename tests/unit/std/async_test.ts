import { assertEquals, assertRejects } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { poll } from "@std/async/poll";
import { FakeTime } from "@std/testing/time";

Deno.test("delay(): resolves after its milliseconds", async () => {
  using time = new FakeTime();
  let isOver = false;
  const over = delay(20).then(() => isOver = true);
  await time.tickAsync(19);
  await time.runMicrotasks();
  assertEquals(isOver, false);
  time.tick(1);
  await over;
});

Deno.test("delay(): rejects with the reason of its signal, and leaves no timer", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const over = assertRejects(() => delay(60_000, { signal }), Error, "enough");
  controller.abort(new Error("enough"));
  await over;
  await assertRejects(() => delay(60_000, { signal }), Error, "enough");
});

Deno.test("deadline(): settles as its promise does", async () => {
  assertEquals(await deadline(Promise.resolve(1), 60_000), 1);
  await assertRejects(
    () => deadline(Promise.reject(new RangeError("no")), 60_000),
    RangeError,
    "no",
  );
});

Deno.test("deadline(): rejects after its milliseconds", async () => {
  using time = new FakeTime();
  const late = assertRejects(
    () => deadline(new Promise(() => {}), 20),
    DOMException,
    "timed out",
  );
  time.tick(20);
  assertEquals((await late).name, "TimeoutError");
});

Deno.test("poll(): gives the first result that is the one wanted", async () => {
  let count = 0;
  const isThree = (count: number) => count === 3;
  assertEquals(await poll(() => ++count, isThree, { interval: 0 }), 3);
  assertEquals(count, 3);
});

Deno.test("poll(): waits a second between two calls unless told", async () => {
  using time = new FakeTime();
  let count = 0;
  const done = poll(() => ++count, (count) => count === 2);
  await time.tickAsync(999);
  await time.runMicrotasks();
  assertEquals(count, 1);
  time.tick(1);
  assertEquals(await done, 2);
});

Deno.test("poll(): rejects with the reason of its signal, and with what its function throws", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => poll(() => 1, () => false, { signal }),
    Error,
    "enough",
  );
  await assertRejects(
    () =>
      poll(() => {
        throw new RangeError("no");
      }, () => false),
    RangeError,
    "no",
  );
});
