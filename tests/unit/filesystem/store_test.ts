import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  firstFailure,
  openBits,
  openMode,
  policyFor,
  type StorePolicy,
  takenMode,
  wholeModes,
} from "../../../lib/filesystem/store.ts";
import {
  octal,
  PLAIN,
  PRESERVING,
  UMASK_UNKNOWN,
} from "../../support/file_systems/store_policies.ts";

Deno.test("takenMode(): takes modes under the umask, or whole to preserve them", () => {
  const rows: readonly (readonly [
    announced: number,
    policy: StorePolicy,
    taken: number,
  ])[] = [
    [0o777, PLAIN, 0o700],
    [0o6777, PLAIN, 0o700],
    [0o1777, PLAIN, 0o1700],
    [0o6777, PRESERVING, 0o6777],
    [0o6777, { ...PRESERVING, modeBits: 0o777 }, 0o777],
    [0o1777, { ...PLAIN, modeBits: 0o777 }, 0o700],
    [0o4755, UMASK_UNKNOWN, 0o755],
  ];
  for (const [announced, policy, taken] of rows) {
    const row = `${octal(announced)} ${JSON.stringify(policy)}`;
    assertEquals(
      octal(takenMode("file", announced, policy)),
      octal(taken),
      row,
    );
  }
});

Deno.test("takenMode(): takes a mode that is given whole, for its kind alone", () => {
  const policy = { ...PLAIN, given: { file: 0o664 } };
  assertEquals(octal(takenMode("file", 0o4777, policy)), "0664");
  assertEquals(octal(takenMode("directory", 0o777, policy)), "0700");
  assertEquals(policyFor("file", policy).preserve, true);
  assertEquals(policyFor("directory", policy), policy);
});

Deno.test("wholeModes(): makes a file with its own mode, and sets it where it is kept whole", () => {
  assertEquals(wholeModes(0o4444, PLAIN), { made: 0o400, last: undefined });
  const preserving = { ...PLAIN, preserve: true, modeBits: 0o7777 };
  assertEquals(wholeModes(0o4444, preserving), { made: 0o444, last: 0o4444 });
  const given = { ...PLAIN, given: { file: 0o600 } };
  assertEquals(wholeModes(0o4444, given), { made: 0o600, last: 0o600 });
});

Deno.test("openMode(): opens a read-only file to its owner where the umask is known", () => {
  assertEquals(octal(openMode(0o4444, PLAIN)), "0644");
  assertEquals(octal(openMode(0o4444, UMASK_UNKNOWN)), "0444");
  assertEquals(openBits(PLAIN), 0o200);
  assertEquals(openBits(UMASK_UNKNOWN), 0);
});

Deno.test("firstFailure(): takes every step at once and gives the first failure", async () => {
  const taken: string[] = [];
  const step = (name: string, error?: Error) => async (): Promise<void> => {
    taken.push(name);
    if (error !== undefined) throw error;
  };
  assertEquals(await firstFailure([step("a"), step("b")]), undefined);
  const failure = await firstFailure([
    step("c"),
    step("d", new EntryError("d failed")),
    step("e", new EntryError("e failed")),
  ]);
  assertEquals(failure?.message, "d failed");
  assertEquals(taken, ["a", "b", "c", "d", "e"]);
  await assertRejects(
    () => firstFailure([step("f", new RangeError("a bug"))]),
    RangeError,
    "a bug",
  );
});
