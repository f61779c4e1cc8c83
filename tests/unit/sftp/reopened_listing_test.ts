import { assertEquals, assertRejects } from "@std/assert";
import { EntryError, LostFileError } from "../../../lib/errors.ts";
import type { Listing } from "../../../lib/filesystem/file_system.ts";
import { reopenedListing } from "../../../lib/sftp/reopened_listing.ts";

/** Gives a listing of some names, which ends in an error if there is one. */
function listing(names: readonly string[], error?: Error): Listing {
  return {
    async *[Symbol.asyncIterator]() {
      for (const name of names) yield { name };
      if (error !== undefined) throw error;
    },
    [Symbol.dispose]: () => {},
  };
}

/** Gives the names of a listing that is opened one time after the other. */
async function namesOf(...listings: readonly Listing[]): Promise<string[]> {
  const left = [...listings];
  using reopened = await reopenedListing(async () => left.shift()!);
  const found = await Array.fromAsync(reopened);
  return found.map(({ name }) => name);
}

Deno.test("reopenedListing(): gives each name once, however often the directory is opened", async () => {
  const lost = new LostFileError("lost connection");
  assertEquals(await namesOf(listing(["a", "b"])), ["a", "b"]);
  assertEquals(
    await namesOf(
      listing(["a", "b"], lost),
      listing([], lost),
      listing(["b", "c", "a"]),
    ),
    ["a", "b", "c"],
  );
});

Deno.test("reopenedListing(): throws any other error", async () => {
  const failure = new EntryError("no permission");
  await assertRejects(
    () => namesOf(listing(["a"], failure)),
    EntryError,
    "no permission",
  );
});
