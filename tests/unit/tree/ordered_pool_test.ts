import { stub } from "@std/testing/mock";
import { assertEquals } from "@std/assert";
import { OrderedPool } from "../../../lib/tree/ordered_pool.ts";
import { turn } from "../../support/turn.ts";

/** A pool, and steps in it that end when they are told to. */
class Bench {
  readonly pool: OrderedPool;
  /** The steps that were begun, and then those that are over. */
  readonly begun: string[] = [];
  readonly reported: unknown[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();

  constructor(size: number) {
    this.pool = new OrderedPool(
      { size, most: size },
      (error) => this.reported.push(error),
    );
  }

  /** Begins steps with these names, one after the other. */
  async begin(names: string): Promise<void> {
    for (const name of names) {
      await this.pool.begin(() => {
        this.begun.push(name);
        const end = Promise.withResolvers<void>();
        this.#ends.set(name, end);
        return end.promise;
      });
    }
  }

  /** Ends steps, and waits for what follows from it. */
  async end(names: string): Promise<void> {
    for (const name of names) this.#ends.get(name)!.resolve();
    await turn();
  }

  /** The same with their names for errors. */
  async fail(names: string): Promise<void> {
    for (const name of names) this.#ends.get(name)!.reject(name);
    await turn();
  }
}

Deno.test("OrderedPool: has as many steps in flight at once as its size says", async () => {
  for (const size of [1, 2, 4]) {
    const bench = new Bench(size);
    const all = bench.begin("abcdef");
    await turn();
    for (let over = 0; over < 6; over++) {
      const most = Math.min(6, over + size);
      assertEquals(bench.begun.join(""), "abcdef".slice(0, most), `${size}`);
      await bench.end("abcdef"[over]!);
    }
    await all;
    await bench.pool.wait();
  }
});

Deno.test("OrderedPool: resolves begin() once the step has begun, not when it ended", async () => {
  const bench = new Bench(2);
  await bench.begin("ab");
  assertEquals(bench.begun, ["a", "b"]);
  await bench.end("ab");
});

Deno.test("OrderedPool: reports what failed in the order in which the steps began", async () => {
  const bench = new Bench(4);
  await bench.begin("abcd");
  await bench.fail("d");
  await bench.fail("b");
  assertEquals(bench.reported, []);
  await bench.end("a");
  assertEquals(bench.reported, ["b"]);
  await bench.fail("c");
  assertEquals(bench.reported, ["b", "c", "d"]);
});

Deno.test("OrderedPool: reports each failure once, and nothing of what went well", async () => {
  const bench = new Bench(3);
  await bench.begin("abc");
  await bench.end("ac");
  await bench.fail("b");
  await bench.pool.wait();
  assertEquals(bench.reported, ["b"]);
});

Deno.test("OrderedPool: waits as often as it is asked to", async () => {
  const bench = new Bench(1);
  for (const name of "ab") {
    await bench.begin(name);
    let isOver = false;
    bench.pool.wait().then(() => isOver = true);
    await turn();
    assertEquals(isOver, false);
    await bench.end(name);
    assertEquals(isOver, true);
  }
});

Deno.test("OrderedPool: takes any error there is for a failure", async () => {
  const bench = new Bench(1);
  for (const error of [undefined, null, "", new TypeError("a bug")]) {
    await bench.pool.begin(() => Promise.reject(error));
    await bench.pool.wait();
    assertEquals(bench.reported.splice(0), [error]);
  }
});

Deno.test("OrderedPool: begins four times its size while the first step goes on", async () => {
  const bench = new Bench(2);
  const all = bench.begin("abcdefghij");
  await turn();
  await bench.fail("b");
  for (const name of "cdefg") await bench.end(name);
  assertEquals(bench.begun.join(""), "abcdefgh");
  await bench.end("h");
  assertEquals(bench.begun.join(""), "abcdefgh");
  assertEquals(bench.reported, []);
  await bench.end("a");
  assertEquals(bench.begun.join(""), "abcdefghij");
  assertEquals(bench.reported, ["b"]);
  await all;
  await bench.end("ij");
});

Deno.test("OrderedPool: gives the room of a step that left to another one, once", async () => {
  const pool = new OrderedPool({ size: 1, most: 1 }, () => {});
  const begun: string[] = [];
  const ends = [0, 1, 2].map(() => Promise.withResolvers<void>());
  await pool.begin((leave) => {
    begun.push("a");
    leave();
    leave();
    return ends[0]!.promise;
  });
  await pool.begin(() => {
    begun.push("b");
    return ends[1]!.promise;
  });
  const third = pool.begin(() => {
    begun.push("c");
    return ends[2]!.promise;
  });
  ends[0]!.resolve();
  await turn();
  assertEquals(begun, ["a", "b"]);
  ends[1]!.resolve();
  await third;
  assertEquals(begun, ["a", "b", "c"]);
  ends[2]!.resolve();
  await pool.wait();
});

Deno.test("OrderedPool: keeps to its size whoever begins steps", async () => {
  const bench = new Bench(2);
  const all = Promise.all([
    bench.begin("abc"),
    bench.begin("xyz"),
    bench.begin("123"),
  ]);
  await turn();
  for (let over = 0; over < 9; over++) {
    assertEquals(bench.begun.length, Math.min(9, over + 2));
    await bench.end(bench.begun[over]!);
  }
  await all;
  assertEquals(bench.begun.toSorted().join(""), "123abcxyz");
});

Deno.test("OrderedPool: resolves wait() when all that was begun was reported", async () => {
  const bench = new Bench(4);
  await bench.pool.wait();
  await bench.begin("abc");
  let hasEnded = false;
  const ended = bench.pool.wait().then(() => hasEnded = true);
  await bench.fail("bc");
  assertEquals(hasEnded, false);
  await bench.end("a");
  await ended;
  assertEquals(bench.reported, ["b", "c"]);
});

/** A clock that a test sets, in milliseconds. */
class Clock implements Disposable {
  time = 0;
  readonly #stub = stub(performance, "now", () => this.time);

  [Symbol.dispose](): void {
    this.#stub.restore();
  }
}

/** Begins `count` steps that wait; gives their ends, in order. */
function waitingSteps(pool: OrderedPool, count: number): {
  readonly ends: (() => void)[];
  readonly begun: () => number;
} {
  const ends: (() => void)[] = [];
  const beginAll = async () => {
    for (let at = 0; at < count; at++) {
      await pool.begin(() =>
        new Promise<void>((resolve) => {
          ends.push(resolve);
        })
      );
    }
  };
  beginAll();
  return { ends, begun: () => ends.length };
}

Deno.test("OrderedPool: doubles its size, up to the most, while steps wait long for room", async () => {
  using clock = new Clock();
  const pool = new OrderedPool({ size: 2, most: 7 }, () => {});
  const { ends, begun } = waitingSteps(pool, 20);
  await turn();
  assertEquals(begun(), 2);
  for (const [over, inFlight] of [4, 7, 7].entries()) {
    clock.time += 20;
    ends[over]!();
    await turn();
    assertEquals(begun(), over + 1 + inFlight);
  }
  for (let over = 3; over < 20; over++) {
    ends[over]!();
    await turn();
  }
  await pool.wait();
  assertEquals(begun(), 20);
});

Deno.test("OrderedPool: keeps its size where steps end soon", async () => {
  using clock = new Clock();
  const pool = new OrderedPool({ size: 2, most: 8 }, () => {});
  const { ends, begun } = waitingSteps(pool, 12);
  await turn();
  for (let over = 0; over < 12; over++) {
    clock.time += 4;
    assertEquals(begun(), Math.min(12, over + 2));
    ends[over]!();
    await turn();
  }
  await pool.wait();
});

Deno.test("OrderedPool: grows once for steps that waited for the same end", async () => {
  using clock = new Clock();
  const pool = new OrderedPool({ size: 1, most: 64 }, () => {});
  const first = Promise.withResolvers<void>();
  await pool.begin(() => first.promise);
  const later = Promise.withResolvers<void>();
  let begun = 0;
  const waiting = Array.from({ length: 8 }, () =>
    pool.begin(() => {
      begun++;
      return later.promise;
    }));
  await turn();
  clock.time += 20;
  first.resolve();
  await turn();
  assertEquals(begun, 2);
  later.resolve();
  await Promise.all(waiting);
  await pool.wait();
});

Deno.test("OrderedPool: follows the size that shows while it is used", async () => {
  using clock = new Clock();
  const room = { size: 2, most: 64 };
  const pool = new OrderedPool(room, () => {});
  const { ends, begun } = waitingSteps(pool, 40);
  await turn();
  assertEquals(begun(), 2);
  room.size = 5;
  ends[0]!();
  await turn();
  assertEquals(begun(), 6);
  clock.time += 20;
  ends[1]!();
  await turn();
  assertEquals(begun(), 12);
  // What turns out to be near by needs no more than its most.
  room.most = room.size = 3;
  for (let over = 2; over < 9; over++) ends[over]!();
  await turn();
  assertEquals(begun(), 12);
  for (let over = 9; over < 40; over++) {
    ends[over]!();
    await turn();
  }
  await pool.wait();
});
