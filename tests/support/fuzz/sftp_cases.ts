import { assertEquals } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import type { Listing } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Platform } from "../../../lib/names/names.ts";
import { copyOverSftp, type SftpCopy } from "../hostile/sftp_copy.ts";
import { HostileSftpServer } from "../hostile/sftp_server.ts";
import { listingOf } from "../fixtures/listed_entries.ts";
import type { TreeEntry } from "../fixtures/tree.ts";
import { turn } from "../turn.ts";
import { literal } from "./byte_text.ts";
import { memoryDisk, realDisk } from "./disks.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import type { Random } from "./random.ts";
import { NAMES } from "./sessions.ts";
import { MutatedAnswers } from "./sftp_mutations.ts";
import { CheckedObserver } from "./stream_check.ts";
import { NO_WINDOWS_NAME, WatchedFileSystem } from "./watched_file_system.ts";
import { KEPT, TARGETS, type World } from "./world.ts";

/** Number of cases out of a hundred that have a real disk. */
const REAL_PERCENT = 40;

/** The process's own: what the system takes from modes in any case. */
const umask = Deno.build.os === "windows" ? 0 : Deno.umask();

/** Bits that nothing may set: set-id. */
const MODE_BITS = 0o1777;

const BLOCK_BYTES = [64, 512, 4096];

/** Number of idle turns allowed once the server has ended. */
const IDLE_TURNS = 10_000;

/**
 * A client that a mutated server answers. The answers are made as the requests
 * come, each for the one at hand, and then mutated: so the client gets on after
 * what it survives, and whatever it asks next has an answer. Nothing waits for
 * a clock, so the same numbers give the same case again; where nobody has
 * anything more to do, the server ends.
 */
export function sftpCase(random: Random, world: World): FuzzCase {
  return random.chance(70) ? downCase(random, world) : upCase(random, world);
}

function downCase(random: Random, world: World): FuzzCase {
  const kind = random.pick(TARGETS);
  const isReal = random.chance(REAL_PERCENT);
  const platform = random.pick<Platform>(["posix", "posix", "windows"]);
  const preserve = random.chance(40);
  const copy = {
    way: "down",
    source: random.pick(["d", "d", "d", "d/", "d/*", "*", "d/f", "d/.*", "~"]),
    platform,
    preserve,
    umask,
    blockBytes: random.pick(BLOCK_BYTES),
  } as const;
  const answers = new MutatedAnswers(random);
  const server = serverFor(answers, random, treeOf(random, "d/", 0));
  return {
    get described() {
      return `${isReal ? "a real" : "a"} ${kind} for ` +
        `${JSON.stringify(copy)}, ${told(answers)}`;
    },
    run: async () => {
      const disk = isReal ? realDisk(world, kind) : memoryDisk(kind);
      const modeBits = preserve ? MODE_BITS : MODE_BITS & ~umask;
      const files = new WatchedFileSystem(disk.files, {
        target: disk.target,
        modeBits,
        ...(platform === "windows" ? { forbidden: NO_WINDOWS_NAME } : {}),
      }, random);
      await runCopy(server, { ...copy, files, target: disk.target });
      files.assertUnharmed();
      if (!isReal) return;
      const most = server.requests * copy.blockBytes + KEPT.length;
      world.assertUnharmed(modeBits | (preserve ? 0o777 : 0o755), most);
    },
  };
}

function upCase(random: Random, world: World): FuzzCase {
  const copy = {
    way: "up",
    source: world.tree + random.pick(["", "", "/", "/d", "/d/..", "/a", "/no"]),
    target: random.pick(["in", "in", "in/", "new", "no/new", "~", "f"]),
    preserve: random.chance(40),
    blockBytes: random.pick(BLOCK_BYTES),
  } as const;
  const answers = new MutatedAnswers(random);
  const held = [
    { path: "f", content: KEPT },
    { path: "in/kept", content: KEPT },
    ...(random.chance(50) ? treeOf(random, "in/tree/", 2) : []),
  ];
  const server = serverFor(answers, random, held);
  return {
    get described() {
      return `${JSON.stringify(copy)}, ${told(answers)}`;
    },
    run: async () => {
      const files = new WatchedFileSystem(
        new OrderedFiles(),
        { modeBits: 0 },
        random,
      );
      await runCopy(server, { ...copy, files });
      files.assertUnharmed();
    },
  };
}

/** The local disk, whose directories are listed without a wait. */
class OrderedFiles extends LocalFileSystem {
  override async readdir(path: string): Promise<Listing> {
    return listingOf(Deno.readDirSync(path));
  }
}

function serverFor(
  answers: MutatedAnswers,
  random: Random,
  entries: readonly TreeEntry[],
): HostileSftpServer {
  return new HostileSftpServer({
    entries,
    grain: random.pick([1, 7, 64, 4096, 100_000]),
    extensions: random.chance(50)
      ? { "limits@openssh.com": "1", "statvfs@openssh.com": "2" }
      : {},
    hooks: { any: (exchange) => answers.reply(exchange) },
  });
}

/** A few files and directories in a directory. */
function treeOf(random: Random, directory: string, depth: number): TreeEntry[] {
  return Array.from({ length: random.below(6) }, () => {
    const path = directory + random.pick(NAMES);
    const mode = random.below(0o10000);
    if (depth < 3 && random.chance(35)) {
      return [
        { path: `${path}/`, mode },
        ...treeOf(random, `${path}/`, depth + 1),
      ];
    }
    const size = random.pick([0, 1, 40, 511, 512, 513, 4096, 9000]);
    const modified = random.below(2 ** 32);
    return [{ path, content: "x".repeat(size), mode, modified }];
  }).flat();
}

function told({ said }: MutatedAnswers): string {
  return "the server says\n" +
    said.map(([request, text]) => `to ${request}: ${literal(text)}`).join("\n");
}

async function runCopy(
  server: HostileSftpServer,
  copy: SftpCopy,
): Promise<void> {
  const observer = new CheckedObserver();
  await assertEnds(
    () => ended(copyOverSftp(server.channel, copy, observer), server),
    EntryError,
    ProtocolError,
    SessionError,
  );
  observer.assertDone();
  assertEquals(server.complaint, undefined, "what the client asks");
}

/** Waits for what goes on with a server, which ends where nothing goes on. */
async function ended(
  copy: Promise<void>,
  server: HostileSftpServer,
): Promise<void> {
  let isOver = false;
  const over = copy.finally(() => isOver = true);
  over.catch(() => {
    // It is awaited below.
  });
  for (let idle = 0; !isOver;) {
    const { uses } = server.channel;
    await turn();
    idle = uses === server.channel.uses ? idle + 1 : 0;
    if (idle === 1) server.end();
    if (idle > IDLE_TURNS) throw new Error("The client waits for nothing");
  }
  await over;
}
