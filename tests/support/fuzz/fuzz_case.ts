import { assert } from "@std/assert";
import type { World } from "./world.ts";
import type { Random } from "./random.ts";

/** One input, and what is to withstand it. */
export interface FuzzCase {
  /** All that the case depends on, as literals. */
  readonly described: string;
  /** @throws If the input did harm. */
  run(): Promise<void>;
}

/** Makes a case by the numbers it is given. */
export type CaseMaker = (random: Random, world: World) => FuzzCase;

/** Expects that a step ends well, or with an error of one of these classes. */
export async function assertEnds(
  step: () => Promise<unknown>,
  // deno-lint-ignore no-explicit-any -- constructors of any arguments
  ...classes: readonly (new (...args: any[]) => Error)[]
): Promise<void> {
  try {
    await step();
  } catch (error) {
    const isKnown = classes.some((known) => error instanceof known);
    if (!isKnown) throw error;
  }
}

/** Expects the same of a step that does not wait; gives what it gives. */
export function resultOf<T>(
  step: () => T,
  // deno-lint-ignore no-explicit-any -- constructors of any arguments
  ...classes: readonly (new (...args: any[]) => Error)[]
): T | undefined {
  try {
    return step();
  } catch (error) {
    assert(classes.some((known) => error instanceof known), String(error));
    return undefined;
  }
}
