import { assertEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";

class Adder {
  readonly first = 1;
  add(second: number): number {
    return this.first + second;
  }
}

Deno.test("stub(): replaces a method, remembers its calls, and puts it back", () => {
  const adder = new Adder();
  {
    using add = stub(adder, "add", function (this: Adder, second) {
      if (second === 0) throw new RangeError("nothing to add");
      return this.first - second;
    });
    assertEquals(adder.add(3), -2);
    assertThrows(() => adder.add(0), RangeError, "nothing to add");
    assertEquals(add.calls.map(({ args }) => args), [[3], [0]]);
    assertEquals(add.calls.map(({ returned }) => returned), [-2, undefined]);
  }
  assertEquals(adder.add(3), 4);
  assertEquals(Object.hasOwn(adder, "add"), false);
});

Deno.test("stub(): puts a function of the runtime back as it was", () => {
  const before = Object.getOwnPropertyDescriptor(Date, "now");
  const now = stub(Date, "now", () => 7);
  assertEquals(Date.now(), 7);
  now.restore();
  assertEquals(Object.getOwnPropertyDescriptor(Date, "now"), before);
});
