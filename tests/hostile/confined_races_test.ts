/**
 * Races for a confined disk: another process swaps directories and files for links
 * that lead out, as fast as it can, while one call after the other is made.
 * `SEACP_RACE_SECONDS` is the time for each call.
 */

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { asEntryError } from "../../lib/errors.ts";
import type { FileSystem } from "../../lib/filesystem/file_system.ts";
import {
  ConfinedPlace,
  confinedTest,
  contentOf,
  fill,
} from "../support/file_systems/confined.ts";

/** Time for each call, in milliseconds. */
const RACE_MILLISECONDS = Number(Deno.env.get("SEACP_RACE_SECONDS") ?? 0.5) *
  1000;

const SWAPPER = fileURLToPath(
  new URL("../support/hostile/swapper.ts", import.meta.url),
);

/** Path in the swapped directory, and of the swapped file. */
type Call = (files: FileSystem, inside: string) => Promise<unknown>;

const TIMES = { modified: 1e12, accessed: 1e12 };

/** Calls under attack; what they give is checked for what lies outside. */
const CALLS: Readonly<
  Record<string, readonly [paths: readonly string[], Call]>
> = {
  find: [["f", "d", "d/secret"], (files, path) => files.find(path)],
  readdir: [
    ["d"],
    async (files, path) =>
      (await Array.fromAsync(await files.readdir(path))).map(({ name }) =>
        name
      ),
  ],
  openToRead: [
    ["f", "d/secret"],
    async (files, path) => await contentOf(await files.openToRead(path)),
  ],
  openToWrite: [
    ["f", "d/secret", "d/new"],
    async (files, path) =>
      await fill(await files.openToWrite(path, 0o644), "pwned!"),
  ],
  create: [
    ["d/new", "f"],
    async (files, path) =>
      (await files.create!(path, 0o644))?.[Symbol.dispose](),
  ],
  mkdir: [["d/sub"], (files, path) => files.mkdir(path, 0o755)],
  remove: [
    ["d/secret", "d/new"],
    async (files, path) => {
      await fill(await files.openToWrite("d/new", 0o644), "new")
        .catch(asEntryError);
      await files.remove(path);
    },
  ],
  replace: [["d/secret", "d/new"], async (files, path) => {
    await fill(await files.openToWrite("own", 0o644), "own").catch(
      asEntryError,
    );
    await files.replace!("own", path).catch(asEntryError);
    await files.replace!(path, "stolen");
    return await contentOf(await files.openToRead("stolen"));
  }],
  setMode: [
    ["f", "d", "d/secret"],
    (files, path) => files.setMode(path, 0o711),
  ],
  setTimes: [
    ["f", "d", "d/secret"],
    (files, path) => files.setTimes(path, TIMES),
  ],
};

/** Facts of the directory outside, its secret's identity among them. */
function outsideOf({ outside }: ConfinedPlace): unknown {
  const names = Array.from(Deno.readDirSync(outside), ({ name }) => name);
  const facts = [outside, `${outside}/secret`].map((path) => {
    const { mode, mtime, size, ino } = Deno.statSync(path);
    return { mode, mtime, size, ino };
  });
  return [facts, names, Deno.readTextFileSync(`${outside}/secret`)];
}

for (const [name, [paths, call]] of Object.entries(CALLS)) {
  confinedTest(
    `a confined disk: no swap of names leads ${name} out`,
    async () => {
      using place = new ConfinedPlace();
      const before = outsideOf(place);
      const { dev, ino } = Deno.statSync(`${place.outside}/secret`);
      const identity = `"${dev}:${ino}"`;
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", SWAPPER, place.root, place.outside],
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      let carriedOut = 0;
      try {
        await child.stdout.getReader().read();
        const end = performance.now() + RACE_MILLISECONDS;
        while (performance.now() < end) {
          for (const path of paths) {
            const result = await call(place.disk.files, path)
              .catch(asEntryError);
            if (!(result instanceof Error)) carriedOut++;
            const text = JSON.stringify(result) ?? "";
            assert(!text.includes("secret"), text);
            assert(!text.includes(identity), text);
          }
        }
      } finally {
        child.kill("SIGKILL");
        await child.status;
      }
      assertEquals(outsideOf(place), before);
      // A race in which nothing was ever carried out would show nothing.
      assert(carriedOut > 0);
    },
  );
}
