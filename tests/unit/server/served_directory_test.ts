import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { checkServed } from "../../../lib/server/served_directory.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

/** A home with start-up files, and directories in it and beside it. */
async function disk(): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  for (
    const path of [
      ...["home", "home/ann", "home/ann/.ssh", "home/ann/.config"],
      ...["home/ann/.config/fish", "home/ann/bin", "home/ann/files", "srv"],
      ...["home/annx", "srv/log"],
    ]
  ) await files.mkdir(path, 0o755);
  await files.symlink("link", "home/ann/.ssh");
  return files;
}

async function check(path: string, log?: string): Promise<void> {
  const files = await disk();
  const identity = await files.identify(path);
  await checkServed(files, { path, identity }, {
    homes: ["home/ann", "home/nobody"],
    ...(log === undefined ? {} : { log }),
  });
}

const HOLDS = "it holds the account's home directory: serve one beside it";

const REFUSED: readonly (readonly [string, string])[] = [
  [".", HOLDS],
  ["home", HOLDS],
  ["home/ann", HOLDS],
  [
    "home/ann/.ssh",
    "it lies in home/ann/.ssh, by which a login of the account begins",
  ],
  ["link", "it lies in home/ann/.ssh, by which a login of the account begins"],
  [
    "home/ann/.config/fish",
    "it lies in home/ann/.config, by which a login of the account begins",
  ],
  [
    "home/ann/bin",
    "it lies in home/ann/bin, by which a login of the account begins",
  ],
];

for (const [path, reason] of REFUSED) {
  Deno.test(`checkServed() refuses ${path}`, async () => {
    const error = await assertRejects(() => check(path), EntryError);
    assertEquals(error.message, `${path}: ${reason}`);
  });
}

Deno.test("checkServed() takes a directory in the home that begins no login, or one beside it", async () => {
  for (const path of ["home/ann/files", "home/annx", "srv"]) await check(path);
  await check("srv", "home/log");
  await check("home/annx", "srv/log/file");
  await check("home/annx", "file");
});

Deno.test("checkServed() refuses a log in the directory, at any depth", async () => {
  for (const log of ["srv/file", "srv/log/file"]) {
    const { message } = await assertRejects(
      () => check("srv", log),
      EntryError,
    );
    assertEquals(
      message,
      "srv: the log lies in it: clients could read or change it",
    );
  }
});
