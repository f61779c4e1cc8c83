import { assert, assertEquals, assertThrows } from "@std/assert";
import { FakeTime, TimeError } from "@std/testing/time";

Deno.test("FakeTime: the clock stands still until it is moved", () => {
  using time = new FakeTime(1000);
  assertEquals([Date.now(), new Date().getTime(), time.now], [
    1000,
    1000,
    1000,
  ]);
  time.tick(5);
  assertEquals([Date.now(), new Date().getTime(), time.now], [
    1005,
    1005,
    1005,
  ]);
  time.now = 2000;
  assertEquals(Date.now(), 2000);
  assertEquals(new Date(7).getTime(), 7);
  assertEquals(Date.UTC(1970, 0, 2), 86_400_000);
  assert(new Date() instanceof Date);
});

Deno.test("FakeTime: timers fire in their order, each at its time", () => {
  using time = new FakeTime(0);
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name} at ${Date.now()}`);
  setTimeout(note("late"), 30);
  const interval = setInterval(note("interval"), 10);
  setTimeout(note("early"), 10);
  setTimeout(() => setTimeout(note("nested"), 1), 12);
  clearTimeout(setTimeout(note("never"), 5));
  time.tick(25);
  assertEquals(fired, [
    "interval at 10",
    "early at 10",
    "nested at 13",
    "interval at 20",
  ]);
  clearInterval(interval);
  time.tick(25);
  assertEquals(fired.slice(4), ["late at 30"]);
});

Deno.test("FakeTime: a timer gets its arguments", () => {
  using time = new FakeTime();
  const given: string[] = [];
  setTimeout((a: string, b: string) => given.push(a, b), 0, "a", "b");
  time.tick();
  assertEquals(given, ["a", "b"]);
});

Deno.test("FakeTime: AbortSignal.timeout() aborts at its time", () => {
  using time = new FakeTime();
  const signal = AbortSignal.timeout(10);
  time.tick(9);
  assertEquals(signal.aborted, false);
  time.tick(1);
  assertEquals(signal.reason.name, "TimeoutError");
});

Deno.test("FakeTime: tickAsync() and nextAsync() let first run what is ready", async () => {
  using time = new FakeTime(0);
  const fired: number[] = [];
  const run = async () => {
    await Promise.resolve();
    for (const delay of [10, 20]) {
      await new Promise<void>((resolve) => setTimeout(resolve, delay));
      fired.push(Date.now());
    }
  };
  const done = run();
  await time.tickAsync(10);
  assertEquals(await time.nextAsync(), true);
  await done;
  assertEquals(fired, [10, 30]);
  assertEquals(await time.nextAsync(), false);
});

Deno.test("FakeTime: time is real again once it is disposed of", () => {
  const real = [Date, setTimeout, setInterval, AbortSignal.timeout];
  const time = new FakeTime(0);
  assertThrows(() => new FakeTime(), TimeError, "already faked");
  time[Symbol.dispose]();
  assertEquals([Date, setTimeout, setInterval, AbortSignal.timeout], real);
  assert(Date.now() > 0);
  assertThrows(() => time.restore(), TimeError, "already restored");
});
