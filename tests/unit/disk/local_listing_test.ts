import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { LocalListing } from "../../../lib/disk/local_listing.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { DirectoryEntry } from "../../../lib/filesystem/file_system.ts";

function* named(...names: string[]): Generator<DirectoryEntry, void> {
  for (const name of names) yield { name };
}

async function* later(
  ...names: string[]
): AsyncGenerator<DirectoryEntry, void> {
  yield* named(...names);
}

const FIRST = { done: false, value: { name: "first" } } as const;

Deno.test("LocalListing: gives the first entry and the others, now or as an iterator", async () => {
  const listing = new LocalListing("d", named("a", "b", "c"), FIRST);
  assertEquals(listing.takeNow()?.name, "first");
  assertEquals((await listing.next()).value?.name, "a");
  assertEquals([listing.takeNow()?.name, listing.takeNow()?.name], ["b", "c"]);
  assertEquals(listing.takeNow(), undefined);
  assertEquals((await listing.next()).done, true);
});

Deno.test("LocalListing: leaves an entry that has to be waited for to the iterator", async () => {
  const listing = new LocalListing("d", later("a", "b"), FIRST);
  assertEquals(listing.takeNow()?.name, "first");
  assertEquals([listing.takeNow(), listing.takeNow()], [undefined, undefined]);
  assertEquals(await Array.fromAsync(listing, ({ name }) => name), ["a", "b"]);
});

Deno.test("LocalListing: throws what the system says, now or later, as an EntryError", async () => {
  const fails = {
    next: () => {
      throw new Error("gone");
    },
  };
  const listing = () =>
    new LocalListing("d", fails, { done: true, value: undefined });
  const failing = listing();
  assertEquals((await failing.next()).done, true);
  assertThrows(() => failing.takeNow(), EntryError, "d: gone");
  await assertRejects(() => failing.next(), EntryError, "d: gone");
});

Deno.test("LocalListing: closes the directory where it is left early, and harms none that has ended", async () => {
  for (
    const close of [
      (listing: LocalListing) => listing.return(),
      (listing: LocalListing) => listing[Symbol.dispose](),
    ]
  ) {
    let closed = 0;
    const entries = Object.assign(named("a"), {
      return: () => {
        closed++;
        return { done: true, value: undefined } as const;
      },
    });
    const listing = new LocalListing("d", entries, FIRST);
    await close(listing);
    assertEquals(closed, 1);
  }
});
