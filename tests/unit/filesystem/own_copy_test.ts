import { assertEquals } from "@std/assert";
import { isOwnCopy } from "../../../lib/filesystem/own_copy.ts";

const began = 1_700_000_000_123;
const names = new Set(["d", "sub"]);

const ROWS: readonly (readonly [
  about: string,
  name: string,
  born: number | undefined,
  isOwn: boolean,
])[] = [
  ["born later, with a name of the target's", "d", began + 1, true],
  ["born later, with the other name", "sub", began + 60_000, true],
  ["born in the clock's tick before", "d", began - 10, true],
  ["born before", "d", began - 11, false],
  ["born later, with a name of its own", "e", began + 1, false],
  ["of unknown birth", "d", undefined, false],
  ["stamped with a whole second", "d", 1_700_000_000_000, true],
  ["stamped with the whole second before", "d", 1_699_999_999_000, true],
  ["stamped long before", "d", 1_699_999_998_000, false],
];

for (const [about, name, born, isOwn] of ROWS) {
  Deno.test(`isOwnCopy(): is ${isOwn} for a directory ${about}`, () => {
    const modified = Math.ceil((born ?? began) / 1000) * 1000;
    assertEquals(isOwnCopy({ name, born, modified }, { began, names }), isOwn);
  });
}

Deno.test("isOwnCopy(): takes no whole second for a coarse one where another time is finer", () => {
  const modified = 1_699_999_999_042;
  for (const born of [1_700_000_000_000, 1_699_999_999_000]) {
    assertEquals(
      isOwnCopy({ name: "d", born, modified }, { began, names }),
      false,
    );
  }
  assertEquals(
    isOwnCopy({ name: "d", born: 1_700_000_001_000, modified }, {
      began,
      names,
    }),
    true,
  );
});
