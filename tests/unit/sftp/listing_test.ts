import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type {
  DirectoryEntry,
  Listing,
} from "../../../lib/filesystem/file_system.ts";
import {
  type ListingLimits,
  listingOf as limitedListingOf,
  MAX_NAME_LENGTH,
} from "../../../lib/sftp/listing.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import type { NameEntry } from "../../../lib/sftp/wire/response_packets.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import {
  type Answer,
  attributes,
  handle,
  names,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";
import { turn } from "../../support/turn.ts";

const FILE = 0o100644;
const DIRECTORY = 0o040755;
const LINK = 0o120777;

const END = status(1, "End of file");

/** Gives a server whose only directory has these batches of names. */
function serverOf(...parts: readonly Answer[]): SftpServer {
  const left = [...parts];
  return new SftpServer()
    .on("OPENDIR", () => handle("h"))
    .on("READDIR", () => left.shift() ?? END)
    .on("CLOSE", () => status(0));
}

async function listingOf(server: SftpServer): Promise<Listing> {
  const session = await SftpSession.begin(server.channel);
  const files = await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes: 32 * 1024,
  });
  return await files.readdir("d");
}

function count(server: SftpServer, asked: string): number {
  return server.asked.filter((one) => one === asked).length;
}

Deno.test("readdir(): gives the names of all batches in their order", async () => {
  const server = serverOf(
    names([".", DIRECTORY], ["..", DIRECTORY], ["b", FILE]),
    names(["a", DIRECTORY]),
    names([".hidden", FILE], ["c", FILE]),
  );
  const listed = await Array.fromAsync(
    await listingOf(server),
    ({ name, attributes }) => [name, attributes?.kind],
  );
  assertEquals(listed, [
    ["b", "file"],
    ["a", "directory"],
    [".hidden", "file"],
    ["c", "file"],
  ]);
  await turn();
  assertEquals(count(server, "CLOSE h"), 1);
});

Deno.test("readdir(): gives each name once, to several who ask at once, too", async () => {
  const listing = await listingOf(serverOf(
    names(["a", FILE], ["b", FILE], ["c", FILE]),
    names(["d", FILE], ["e", FILE]),
  ));
  const iterator = listing[Symbol.asyncIterator]();
  const first = await Promise.all(Array.from({ length: 3 }, () => {
    return iterator.next();
  }));
  const listed = [
    ...first.map(({ value }) => value.name),
    listing.takeNow?.()?.name,
    ...await Array.fromAsync(listing, ({ name }) => name),
  ];
  assertEquals(listed, ["a", "b", "c", "d", "e"]);
});

Deno.test("takeNow(): gives the names that have come, and nothing where one is to be waited for", async () => {
  const server = serverOf(names(["."], ["a", FILE], ["l", LINK]), names(["b"]));
  const listing = await listingOf(server);
  const iterator = listing[Symbol.asyncIterator]();
  const now = () => {
    const entry = listing.takeNow?.();
    return entry && [entry.name, entry.attributes?.kind];
  };
  assertEquals(now(), undefined);
  assertEquals((await iterator.next()).value?.name, "a");
  assertEquals([now(), now()], [["l", undefined], undefined]);
  assertEquals((await iterator.next()).value?.name, "b");
  assertEquals(now(), undefined);
  assertEquals((await iterator.next()).done, true);
  assertEquals([now(), (await iterator.next()).done], [undefined, true]);
  await turn();
  assertEquals(count(server, "CLOSE h"), 1);
});

Deno.test("readdir(): gives nothing for an empty directory", async () => {
  const listing = await listingOf(serverOf(names(["."], [".."])));
  assertEquals(await Array.fromAsync(listing), []);
  assertEquals(await Array.fromAsync(await listingOf(serverOf())), []);
});

Deno.test("readdir(): gives no attributes of links, nor of entries without any", async () => {
  const listed: DirectoryEntry[] = await Array.fromAsync(
    await listingOf(serverOf(names(["link", LINK], ["untold"], ["f", FILE]))),
  );
  assertEquals(listed.slice(0, 2), [{ name: "link" }, { name: "untold" }]);
  assertEquals(listed[2]!.attributes?.mode, 0o644);
});

Deno.test("readdir(): gives all other entries, then throws for unexpected names", async () => {
  for (
    const name of [
      "a/b",
      "/",
      "../f",
      "../../etc/passwd",
      "/etc",
      "",
      "f\0",
      "d/",
    ]
  ) {
    const server = serverOf(
      names(["a", FILE], [name, FILE]),
      names([name, DIRECTORY], ["b", FILE]),
    );
    const given: string[] = [];
    const error = await assertRejects(async () => {
      for await (const { name } of await listingOf(server)) given.push(name);
    }, EntryError);
    assertEquals(
      error.message,
      `scp: d: error: unexpected filename: ${name}`,
    );
    assertEquals(given, ["a", "b"]);
    await turn();
    assertEquals(count(server, "CLOSE h"), 1);
  }
});

Deno.test("readdir(): throws where the server fails in the middle", async () => {
  const server = serverOf(names(["a", FILE]), status(4, "Failure"));
  const given: string[] = [];
  const error = await assertRejects(async () => {
    for await (const { name } of await listingOf(server)) given.push(name);
  }, EntryError);
  assertEquals(error.message, "scp: d: Failure");
  assertEquals(given, ["a"]);
  await turn();
  assertEquals(count(server, "CLOSE h"), 1);
});

Deno.test("readdir(): throws for a response without names", async () => {
  const server = serverOf().on("READDIR", () => names());
  await assertRejects(
    async () => await Array.fromAsync(await listingOf(server)),
    ProtocolError,
    "protocol error: what was asked is not answered by name",
  );
});

Deno.test("readdir(): throws for a response of the wrong kind", async () => {
  for (const answer of [handle("h"), status(0)]) {
    await assertRejects(
      async () => await Array.fromAsync(await listingOf(serverOf(answer))),
      ProtocolError,
      "is not answered by",
    );
  }
});

Deno.test("readdir(): throws where the directory cannot be opened, and closes nothing", async () => {
  const server = serverOf().on("OPENDIR", () => status(2));
  const error = await assertRejects(() => listingOf(server), EntryError);
  assertEquals(error.message, "scp: d: No such file or directory");
  await turn();
  assertEquals(server.asked, ["OPENDIR d"]);
});

Deno.test("readdir(): closes a listing that is left, once, and asks for no more", async () => {
  const server = serverOf().on("READDIR", () => names(["a", FILE]));
  const listing = await listingOf(server);
  for await (const { name } of listing) {
    assertEquals(name, "a");
    break;
  }
  const asked = count(server, "READDIR h");
  listing[Symbol.dispose]();
  await turn();
  assertEquals(count(server, "CLOSE h"), 1);
  assert(asked < 10);
  assertEquals(count(server, "READDIR h"), asked);
});

Deno.test("readdir(): closes a listing that is never read, and asks for nothing", async () => {
  const server = serverOf(names(["a", FILE]));
  {
    using _unread = await listingOf(server);
  }
  await turn();
  assertEquals(server.asked, ["OPENDIR d", "CLOSE h"]);
});

Deno.test("readdir(): prefetches batches of a long listing", async () => {
  let most = 0;
  let given = 0;
  let asked = 0;
  const server = serverOf().on("READDIR", () => {
    asked++;
    return asked > 100 ? END : names([`f${asked}`, FILE]);
  });
  for await (const _entry of await listingOf(server)) {
    given++;
    most = Math.max(most, asked - given);
  }
  assertEquals(given, 100);
  assert(most > 1 && most < 16, `${most} at once`);
});

Deno.test("readdir(): asks for the names of a short directory and its end, and for no more", async () => {
  const server = serverOf(names(["a", FILE], ["b", FILE]));
  assertEquals((await Array.fromAsync(await listingOf(server))).length, 2);
  await turn();
  assertEquals(server.asked, [
    "OPENDIR d",
    "READDIR h",
    "READDIR h",
    "CLOSE h",
  ]);
});

Deno.test("readdir(): asks for more at once behind a batch of a hundred names", async () => {
  const batch = Array.from({ length: 100 }, (_, at) => [`f${at}`, FILE]);
  const server = serverOf(names(...batch as [string, number][]));
  using listing = await listingOf(server);
  for await (const _entry of listing) break;
  assertEquals(count(server, "READDIR h"), 4);
});

Deno.test("readdir(): throws where the connection is lost", async () => {
  const server = serverOf(names(["a", FILE]));
  const listing = await listingOf(server);
  server.on("READDIR", () => {
    server.end();
    return undefined;
  });
  await assertRejects(
    async () => await Array.fromAsync(listing),
    SessionError,
    "lost connection",
  );
});

Deno.test("readdir(): fails where no name comes of a directory that cannot be entered", async () => {
  const found = attributes(DIRECTORY);
  const denied = status(3, "Permission denied");
  for (
    const [itself, inside, reason] of [
      [found, denied, "Permission denied"],
      [found, found, undefined],
      [found, status(2, "No such file"), undefined],
      [denied, denied, undefined],
    ] as const
  ) {
    const server = serverOf()
      .on("STAT", ({ subject }) => subject === "d" ? itself : inside);
    const listing = Array.fromAsync(await listingOf(server));
    if (reason === undefined) assertEquals(await listing, []);
    else {
      const error = await assertRejects(() => listing, EntryError);
      assertEquals(error.message, `scp: d: ${reason}`);
    }
    assertEquals(count(server, "STAT d/."), 1);
  }
});

Deno.test("readdir(): looks at no directory that has its own name", async () => {
  const server = serverOf(names([".", DIRECTORY], ["..", DIRECTORY]));
  assertEquals(await Array.fromAsync(await listingOf(server)), []);
  assertEquals(count(server, "STAT d/."), 0);
});

/** Gives a listing of batches of names, without a server. */
function limitedListing(
  parts: readonly (readonly NameEntry[])[],
  limits: ListingLimits,
): { listing: Listing; closed: () => number } {
  const left = [...parts];
  let closed = 0;
  const listing = limitedListingOf({
    readdir: () =>
      Promise.resolve({ kind: "name", entries: left.shift() ?? [] }),
    namesIn: (response) =>
      Promise.resolve(
        response.kind === "name" && response.entries.length > 0
          ? response.entries
          : undefined,
      ),
    checkEntered: () => Promise.resolve(),
    failure: (reason) => new EntryError(`scp: d: ${reason}`),
    close: () => closed++,
  }, limits);
  return { listing, closed: () => closed };
}

function entryOf(name: string): NameEntry {
  return { name, isWhole: true, attributes: { permissions: FILE } };
}

Deno.test("listingOf(): gives entries up to its limit and throws beyond", async () => {
  const names = ["a", "b", ".", "c"].map(entryOf);
  const limits = { entries: 4, refused: 10 };
  const { listing } = limitedListing([names], limits);
  assertEquals((await Array.fromAsync(listing)).length, 3);
  const beyond = limitedListing([names, [entryOf("d")]], limits);
  const error = await assertRejects(
    () => Array.fromAsync(beyond.listing),
    EntryError,
  );
  assertEquals(error.message, "scp: d: more than 4 entries");
  assertEquals(beyond.closed(), 1);
});

Deno.test("listingOf(): passes over unexpected names up to its limit and throws beyond", async () => {
  const limits = { entries: 100, refused: 2 };
  for (const [bad, given] of [[2, ["a", "z"]], [3, ["a"]]] as const) {
    const names = Array.from({ length: bad }, () => entryOf("x/y"));
    const { listing, closed } = limitedListing(
      [[entryOf("a")], names, [entryOf("z")]],
      limits,
    );
    const told: string[] = [];
    const error = await assertRejects(async () => {
      for await (const { name } of listing) told.push(name);
    }, EntryError);
    assertEquals(error.message, "scp: d: error: unexpected filename: x/y");
    assertEquals(told, [...given]);
    assertEquals(closed(), 1);
  }
});

Deno.test("readdir(): accepts names of 4096 characters and no longer ones", async () => {
  const longest = "n".repeat(MAX_NAME_LENGTH);
  const [entry] = await Array.fromAsync(
    await listingOf(serverOf(names([longest, FILE]))),
  );
  assertEquals(entry?.name, longest);
  const longer = await listingOf(serverOf(names([`${longest}n`, FILE])));
  await assertRejects(() => Array.fromAsync(longer), EntryError, "unexpected");
});
