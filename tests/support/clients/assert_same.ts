import { assertEquals } from "@std/assert";
import { describeTree } from "../fixtures/tree.ts";
import type { Place } from "../fixtures/place.ts";
import type { Copy } from "./copies.ts";

/** Expects that what was copied is the same; with `-p`, its facts too. */
export async function assertSame(
  place: Pick<Place, "near" | "far">,
  copy: Copy,
): Promise<void> {
  const { direction, preserve = false, same = [] } = copy;
  const [from, to] = direction === "up"
    ? [place.near, place.far]
    : [place.far, place.near];
  for (const [source, target] of same) {
    if (source.endsWith("/")) {
      const facts = { modes: preserve, times: preserve };
      assertEquals(
        await describeTree(`${to}/${target}`, facts),
        await describeTree(`${from}/${source}`, facts),
      );
    } else {
      assertEquals(
        factsOf(`${to}/${target}`, preserve),
        factsOf(`${from}/${source}`, preserve),
      );
    }
  }
}

function factsOf(path: string, preserve: boolean): unknown {
  const { mode, mtime } = Deno.statSync(path);
  const seconds = Math.floor(mtime!.getTime() / 1000);
  return [Deno.readFileSync(path), ...(preserve ? [mode, seconds] : [])];
}
