import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { DirectoryEntry } from "../../../lib/filesystem/file_system.ts";
import { BufferableListing } from "../../../lib/tree/bufferable_listing.ts";
import { listingOf } from "../../support/fixtures/listed_entries.ts";

async function* entriesUpTo(count: number): AsyncIterable<DirectoryEntry> {
  for (let index = 0; index < count; index++) yield { name: `${index}` };
}

async function namesIn(
  listing: AsyncIterable<DirectoryEntry>,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of listing) names.push(name);
  return names;
}

Deno.test("BufferableListing: goes on from memory where it was, and is closed", async () => {
  let closed = 0;
  const listing = new BufferableListing(listingOf(entriesUpTo(5)), {
    name: "d",
    closed: () => closed++,
  });
  const names: string[] = [];
  for await (const { name } of listing) {
    names.push(name);
    if (name === "1") listing.keep();
  }
  assertEquals(names, ["0", "1", "2", "3", "4"]);
  assertEquals(closed > 0, true);
});

Deno.test("BufferableListing: keeps as many entries as it may, and fails beyond", async () => {
  const kept = (count: number) => {
    const listing = new BufferableListing(listingOf(entriesUpTo(count)), {
      name: "scp: d",
      closed: () => {},
      most: 3,
    });
    listing.keep();
    return namesIn(listing);
  };
  assertEquals(await kept(3), ["0", "1", "2"]);
  const error = await assertRejects(() => kept(4), EntryError);
  assertEquals(
    error.message,
    "scp: d: there are more than 3 entries, and nothing else can be open " +
      "beside the directory",
  );
});

Deno.test("BufferableListing: gives what has come of a listing, and nothing of what is kept", async () => {
  const left = ["a", "b"].map((name): DirectoryEntry => ({ name }));
  const inner = Object.assign(listingOf(entriesUpTo(2)), {
    takeNow: () => left.shift(),
  });
  const options = { name: "d", closed: () => {} };
  const listing = new BufferableListing(inner, options);
  assertEquals(listing.takeNow()?.name, "a");
  listing.keep();
  assertEquals(listing.takeNow(), undefined);
  assertEquals(await namesIn(listing), ["0", "1"]);
  const slow = new BufferableListing(listingOf(entriesUpTo(1)), options);
  assertEquals(slow.takeNow(), undefined);
});
