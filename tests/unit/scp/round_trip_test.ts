import { assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { Sink } from "../../../lib/scp/sink.ts";
import { Source } from "../../../lib/scp/source.ts";
import { channelPair } from "../../support/channels/pair.ts";
import { FaultyFileSystem } from "../../support/file_systems/faulty_file_system.ts";
import { isStorable, keptMode } from "../../support/platform.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { PRESERVING_SINK } from "../../support/scp/sink_options.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import {
  describeTree,
  makeTree,
  pattern,
  type TreeEntry,
} from "../../support/fixtures/tree.ts";

const TREE: readonly TreeEntry[] = [
  { path: 'tree/it\'s "quoted"', content: "q", modified: 1_000_000_000 },
  { path: "tree/🦕 é", content: "dinosaur", mode: 0o600 },
  { path: "tree/ two  spaces ", content: "s", mode: 0o444 },
  { path: "tree/-rf", content: "not an option", mode: 0o755 },
  { path: "tree/$(evil) `evil` \\ * ? ~", content: "no shell" },
  { path: "tree/tab\tCR\rESC\x1b[2J", content: "control" },
  { path: "tree/records", content: "C0644 5 evil\nE\n\0\x01\x02D0755 0 x\n" },
  { path: "tree/empty", content: "", modified: 7 },
  { path: "tree/large", content: pattern(700_000), modified: 2_000_000_000 },
  { path: "tree/read only/f", content: "f", modified: 42 },
  { path: "tree/read only/", mode: 0o555, modified: 41 },
  { path: "tree/a/b/c/", mode: 0o700, modified: 123_456_789 },
  { path: "tree/a/b/", modified: 3 },
  { path: "tree/a/", mode: 0o711, modified: 4 },
  { path: "tree/", mode: 0o755, modified: 5 },
].filter(({ path }) => isStorable(path));

/** Reports of both ends of a copy. */
interface Copied {
  readonly entries: number;
  readonly sent: RecordingObserver;
  readonly received: RecordingObserver;
}

/** Sends a path from one end, and stores it at the other. */
async function copy(
  path: string,
  target: string,
  {
    from = new LocalFileSystem(),
    to = new LocalFileSystem(),
    lockstep = false,
  }: {
    from?: FileSystem;
    to?: FileSystem;
    lockstep?: boolean;
  } = {},
): Promise<Copied> {
  const [near, far] = channelPair();
  const sent = new RecordingObserver();
  const received = new RecordingObserver();
  const sink = new Sink(far, to, {
    ...PRESERVING_SINK,
    ackPolicy: lockstep ? "none" : "window",
  }, received);
  const [{ entries }] = await Promise.all([
    sink.receive(target),
    sendAll(near, from, path, { observer: sent, lockstep }),
  ]);
  return { entries, sent, received };
}

async function sendAll(
  channel: Channel,
  files: FileSystem,
  path: string,
  { observer, lockstep }: { observer: RecordingObserver; lockstep: boolean },
): Promise<void> {
  const options = {
    recursive: true,
    preserve: true,
    dotPaths: "content" as const,
    lockstep,
  };
  const source = new Source(channel, files, options, observer);
  await source.begin();
  await source.send(path);
  await source.end();
  await channel.close();
}

Deno.test("Source and Sink: copy a tree whole: names, content, modes, times", async () => {
  using directory = new TempDirectory();
  using target = new TempDirectory();
  makeTree(directory.path, TREE);
  const described = await describeTree(directory.path, {
    modes: true,
    times: true,
  });
  const { entries, sent, received } = await copy(
    `${directory.path}/tree`,
    target.path,
  );
  assertEquals([...sent.failures, ...received.failures], []);
  assertEquals(entries, TREE.length);
  assertEquals(
    await describeTree(target.path, { modes: true, times: true }),
    described,
  );
  assertEquals(sent.bodies.toSorted(), received.bodies.toSorted());
  for (
    const [{ outcomes }, root] of [[sent, directory], [
      received,
      target,
    ]] as const
  ) {
    const files = TREE.filter(({ path }) => !path.endsWith("/"));
    assertEquals(
      outcomes.toSorted(),
      files.map(({ path }) => `${root.path}/${path} copied`).toSorted(),
    );
  }
});

Deno.test("Source and Sink: copy a tree over an earlier copy of it", async () => {
  using directory = new TempDirectory();
  using target = new TempDirectory();
  makeTree(directory.path, [
    { path: "tree/f", content: "a long first version", modified: 1 },
    { path: "tree/d/e/", modified: 2 },
  ]);
  await copy(`${directory.path}/tree`, target.path);
  makeTree(directory.path, [{ path: "tree/f", content: "short", modified: 3 }]);
  const { sent, received } = await copy(`${directory.path}/tree`, target.path);
  assertEquals([...sent.failures, ...received.failures], []);
  assertEquals(
    await describeTree(target.path),
    await describeTree(directory.path),
  );
});

for (const lockstep of [true, false]) {
  const how = lockstep ? "in lockstep" : "with acknowledgements in advance";
  Deno.test(`Source and Sink: stay in step where reads or writes fail, ${how}`, async () => {
    const tree = [
      { path: "tree/a", content: pattern(300_000) },
      { path: "tree/b/c", content: "c" },
      { path: "tree/b/d/", mode: 0o700 },
    ];
    const fail = async () => {
      throw new EntryError("f: Input/output error");
    };
    for (
      const ends of [
        { from: new FaultyFileSystem({ read: fail }) },
        { to: new FaultyFileSystem({ write: fail }) },
        {
          from: new FaultyFileSystem({ read: fail }),
          to: new FaultyFileSystem({ write: fail }),
        },
      ]
    ) {
      using directory = new TempDirectory();
      using target = new TempDirectory();
      makeTree(directory.path, tree);
      const { entries, sent, received } = await copy(
        `${directory.path}/tree`,
        target.path,
        { ...ends, lockstep },
      );
      const failing = Object.keys(ends).length;
      assertEquals(entries, 5);
      // A failure after an acknowledgement in advance is reported at the sink alone.
      const reports = lockstep ? 2 * failing : "from" in ends ? 2 : 0;
      assertEquals(sent.failures.length, reports);
      assertEquals(received.failures.length, 2 * failing);
      // A source that sends ahead cannot be told of what the sink could not store.
      const isTold = lockstep || "from" in ends;
      assertEquals(
        [sent, received].map(({ outcomes }) =>
          outcomes.map((outcome) => outcome.replace(/^.* /, ""))
        ),
        [
          [isTold ? "failed" : "copied", isTold ? "failed" : "copied"],
          ["failed", "failed"],
        ],
      );
      assertEquals(
        Deno.statSync(`${target.path}/tree/b/d`).mode! & 0o777,
        keptMode(0o700),
      );
    }
  });
}
