/**
 * Races for a confined disk: another process swaps directories and files for links
 * that lead out, as fast as it can, while one call after the other is made.
 * `SEACP_RACE_SECONDS` is the time for each call.
 */

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Channel } from "../../lib/channel/channel.ts";
import { asConnectionFailure, asEntryError } from "../../lib/errors.ts";
import type { ServedFileSystem } from "../../lib/filesystem/served_file_system.ts";
import { Sink } from "../../lib/scp/sink.ts";
import { Source } from "../../lib/scp/source.ts";
import {
  serveConfined,
  type Verdict,
} from "../../lib/server/confined_server.ts";
import { copyOverSftp } from "../support/hostile/sftp_copy.ts";
import { channelPair } from "../support/channels/pair.ts";
import { MemoryFileSystem } from "../support/file_systems/memory_file_system.ts";
import { RecordingObserver } from "../support/recording_observer.ts";
import { CLIENT_SINK } from "../support/scp/sink_options.ts";
import {
  ConfinedPlace,
  confinedTest,
  contentOf,
  fill,
  PURPOSES,
} from "../support/file_systems/confined.ts";

/** Time for each call, in milliseconds. */
const RACE_MILLISECONDS = Number(Deno.env.get("SEACP_RACE_SECONDS") ?? 0.5) *
  1000;

const SWAPPER = fileURLToPath(
  new URL("../support/hostile/swapper.ts", import.meta.url),
);

/** Path in the swapped directory, and of the swapped file. */
type Call = (files: ServedFileSystem, inside: string) => Promise<unknown>;

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
  look: [
    ["f", "d", "d/secret"],
    async (files, path) => await files.look(path, { followsLink: true }),
  ],
  rmdir: [
    ["d/sub"],
    async (files, path) => {
      await files.mkdir(path, 0o755).catch(asEntryError);
      await files.rmdir(path);
    },
  ],
  rename: [
    ["d/secret", "d/new", "f"],
    async (files, path) => {
      await fill(await files.openToWrite("own", 0o644), "own").catch(
        asEntryError,
      );
      await files.rename("own", path).catch(asEntryError);
      await files.replace(path, "stolen");
      return await contentOf(await files.openToRead("stolen"));
    },
  ],
  space: [["d", "d/secret"], (files, path) => files.space(path)],
  ...Object.fromEntries(
    Object.entries(PURPOSES).map(([name, purpose]) =>
      [
        `open for ${name}`,
        [["f", "d/secret"], async (files: ServedFileSystem, path: string) => {
          const file = await files.open(path, purpose, 0o644);
          if (purpose.reads) return await contentOf(file);
          return await fill(file, "pwned!");
        }],
      ] as const
    ),
  ),
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

/**
 * Takes steps while another process swaps the names, and expects that nothing
 * outside changed, and that no step gave anything away that is outside.
 *
 * @param step Gives what came of it: a failure counts as nothing.
 */
async function race(
  place: ConfinedPlace,
  step: () => Promise<readonly unknown[]>,
): Promise<void> {
  const before = outsideOf(place);
  const { dev, ino } = Deno.statSync(`${place.outside}/secret`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SWAPPER, place.root, place.outside],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let carriedOut = 0;
  try {
    const output = child.stdout.getReader();
    await output.read();
    const end = performance.now() + RACE_MILLISECONDS;
    while (performance.now() < end) {
      for (const result of await step()) {
        if (!(result instanceof Error)) carriedOut++;
        const text = JSON.stringify(result) ?? "";
        assert(!text.includes("secret"), text);
        assert(!text.includes(`"${dev}:${ino}"`), text);
      }
    }
    await output.cancel();
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
  assertEquals(outsideOf(place), before);
  // A race in which nothing was ever carried out would show nothing.
  assert(carriedOut > 0);
}

for (const [name, [paths, call]] of Object.entries(CALLS)) {
  confinedTest(
    `a confined disk: no swap of names leads ${name} out`,
    async () => {
      using place = new ConfinedPlace();
      await race(place, async () => {
        const results: unknown[] = [];
        for (const path of paths) {
          results.push(await call(place.disk.files, path).catch(asEntryError));
        }
        return results;
      });
    },
  );
}

/** Serves a command on a disk, to a client at the other end of the channel. */
function serveOn(
  { disk: { files, access } }: ConfinedPlace,
  command: string,
): [Channel, Promise<Verdict>] {
  const [near, far] = channelPair();
  const served = serveConfined(command, {
    channel: far,
    files,
    access,
    isTerminal: false,
    say: () => {},
  });
  return [near, served];
}

confinedTest(
  "a server of SCP: no swap of names leads an upload out",
  async () => {
    using place = new ConfinedPlace();
    const sent = new MemoryFileSystem();
    await sent.mkdir("d", 0o755);
    for (const path of ["d/secret", "d/new", "f"]) {
      await fill(await sent.createNew(path, 0o644), "pwned!");
    }
    await race(place, async () => {
      const [channel, served] = serveOn(place, "scp -rp -t .");
      const source = new Source(channel, sent, {
        ...{ recursive: true, preserve: true, lockstep: true },
        dotPaths: "content",
      }, new RecordingObserver());
      await source.begin();
      for (const path of ["d", "f"]) await source.send(path);
      await source.end();
      await channel.close();
      const { outcome } = await served;
      return [outcome === "ok" ? outcome : new Error(outcome)];
    });
  },
);

confinedTest(
  "a server of SCP: no swap of names leads a download out",
  async () => {
    using place = new ConfinedPlace();
    await race(place, async () => {
      const got = new MemoryFileSystem();
      const [channel, served] = serveOn(place, "scp -r -f d d/secret f *");
      const sink = new Sink(channel, got, CLIENT_SINK, new RecordingObserver());
      await sink.receive(".").catch(asConnectionFailure);
      await channel.close();
      await served;
      // Names that the client asked for may come back in a failure, not as entries.
      return got.listing();
    });
  },
);

for (const way of ["up", "down"] as const) {
  confinedTest(
    `a server of SFTP: no swap of names leads a copy ${way} out`,
    async () => {
      using place = new ConfinedPlace();
      const ours = new MemoryFileSystem();
      await ours.mkdir("d", 0o755);
      for (const path of ["d/secret", "d/new", "f"]) {
        await fill(await ours.createNew(path, 0o644), "pwned!");
      }
      await race(place, async () => {
        const got = new MemoryFileSystem();
        const results: unknown[] = [];
        for (const source of way === "up" ? ["d", "f"] : ["d", "f", "*"]) {
          const [channel, served] = serveOn(place, "internal-sftp");
          const observer = new RecordingObserver();
          const copied = await copyOverSftp(channel, {
            way,
            source,
            target: ".",
            files: way === "up" ? ours : got,
          }, observer).catch(asEntryError);
          await channel.close();
          await served;
          results.push(way === "up" ? copied ?? "copied" : got.listing());
        }
        return results;
      });
    },
  );
}
