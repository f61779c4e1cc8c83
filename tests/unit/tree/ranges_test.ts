import { assertEquals } from "@std/assert";
import { copyRanges } from "../../../lib/tree/ranges.ts";

const MIB = 1024 * 1024;

/** Copies in ranges, each of which is noted; what `fail` names fails. */
async function copy(
  expected: number,
  fail: { copy?: number; checkpoint?: number } = {},
): Promise<{ size: number; failure?: unknown; steps: string[] }> {
  const steps: string[] = [];
  let checkpoints = 0;
  const copied = await copyRanges(
    async (at, length) => {
      if (at === fail.copy) throw new Error("injected");
      steps.push(`${at / MIB} ${length === "all" ? "all" : length / MIB}`);
    },
    {
      expected,
      moved: (bytes) => steps.push(`moved ${bytes}`),
      checkpoint: async () => {
        if (++checkpoints === fail.checkpoint) throw new Error("interrupted");
      },
    },
  );
  return { ...copied, steps };
}

Deno.test("copyRanges(): has a small file copied at once, to its end", async () => {
  for (const size of [0, 1, 64 * MIB]) {
    assertEquals(await copy(size), { size, steps: ["0 all", `moved ${size}`] });
  }
});

Deno.test("copyRanges(): has a large file copied part by part, the last to its end", async () => {
  const part = 64 * MIB;
  assertEquals(await copy(2 * part + 5), {
    size: 2 * part + 5,
    steps: [
      "0 64",
      `moved ${part}`,
      "64 64",
      `moved ${part}`,
      "128 all",
      "moved 5",
    ],
  });
});

Deno.test("copyRanges(): tells what was copied before a failure", async () => {
  const part = 64 * MIB;
  for (const [at, before] of [[0, 0], [part, part], [2 * part, 2 * part]]) {
    const { size, failure } = await copy(2 * part + 5, { copy: at! });
    assertEquals(size, before);
    assertEquals((failure as Error).message, "injected");
  }
});

Deno.test("copyRanges(): ends where a checkpoint throws", async () => {
  const { failure, steps } = await copy(192 * MIB, { checkpoint: 1 });
  assertEquals((failure as Error).message, "interrupted");
  assertEquals(steps, ["0 64", `moved ${64 * MIB}`]);
});
