import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";

Deno.test("assertions: a true one passes", async () => {
  assert(1);
  assertEquals({ a: [new Uint8Array([1])] }, { a: [new Uint8Array([1])] });
  assertMatch("abc", /b/);
  assertStringIncludes("abc", "bc");
  const error = assertThrows(
    () => {
      throw new RangeError("too far");
    },
    RangeError,
    "far",
  );
  assertEquals(error.message, "too far");
  const reason = await assertRejects(
    () => Promise.reject(new TypeError("no number")),
    TypeError,
    "number",
  );
  assertEquals(reason.message, "no number");
});

Deno.test("assertions: a false one throws", async () => {
  const failing: readonly (() => unknown)[] = [
    () => assert(0),
    () => assertEquals([1], [2]),
    () => assertEquals<unknown>(1, "1"),
    () => assertEquals({ a: undefined }, {}),
    () => assertMatch("abc", /d/),
    () => assertStringIncludes("abc", "cb"),
    () => assertThrows(() => {}, Error),
    () =>
      assertThrows(() => {
        throw new TypeError();
      }, RangeError),
    () =>
      assertThrows(
        () => {
          throw new Error("near");
        },
        Error,
        "far",
      ),
  ];
  for (const fails of failing) assertThrows(fails, Error);
  await assertRejects(
    () => assertRejects(() => Promise.resolve(), Error),
    Error,
  );
});

Deno.test("assertions: a message is part of the error", () => {
  assertThrows(() => assert(false, "a reason"), Error, "a reason");
  assertThrows(() => assertEquals(1, 2, "a reason"), Error, "a reason");
  assertThrows(() => assertMatch("a", /b/, "a reason"), Error, "a reason");
  assertThrows(
    () => assertStringIncludes("a", "b", "a reason"),
    Error,
    "a reason",
  );
});
