/** Trees of a Linux disk whose names Windows does not allow, over SCP. */

import { assertEquals } from "@std/assert";
import { LocalFileSystem } from "../../lib/disk/local_file_system.ts";
import type { AckPolicy } from "../../lib/scp/replies.ts";
import { Sink } from "../../lib/scp/sink.ts";
import { SshSession } from "../../lib/ssh/session.ts";
import { peerTest } from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { SEACP } from "../support/process/program.ts";
import { RecordingObserver } from "../support/recording_observer.ts";
import { CLIENT_SINK } from "../support/scp/sink_options.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";

const REFUSED = [
  ...["a:b", "con", "aux.txt", "com1", "q?", "a*b", "a|b", 'a"b', "a\\b"],
  ...["<", ">", "trail.", "x ", "tab\there", "esc\x1b"],
];

const TREE = [
  ...REFUSED.map((name) => ({ path: `t/${name}`, content: `of ${name}` })),
  ...REFUSED.map((name) => ({ path: `t/in/${name}/f`, content: "f" })),
  { path: "t/in/good", content: "good" },
  { path: "t/z", content: "z" },
];

const SOURCES: readonly (readonly [string, readonly string[]])[] = [
  ["scp", ["scp"]],
  ["seacp", SEACP],
];

for (const [name, command] of SOURCES) {
  for (const ahead of ["none", "certain", "window"] as const) {
    peerTest(
      `Windows names: all that Windows allows comes from ${name}, and the rest is told, with ${ahead} in advance`,
      name === "scp" ? ["scp"] : [],
      async () => {
        using from = new TempDirectory();
        using to = new TempDirectory();
        makeTree(from.path, TREE);
        const told = await download(
          [...command, "-rf", `${from.path}/t`],
          to.path,
          ahead,
        );
        assertEquals(
          told.toSorted(),
          REFUSED.flatMap((name) => [`t/${name}`, `t/in/${name}`])
            .map((path) => `${path}: Windows does not allow this name`)
            .toSorted(),
        );
        assertEquals(
          listing(to.path),
          ["t/", "t/in/", 't/in/good = "good"', 't/z = "z"'],
        );
      },
    );
  }
}

/** Takes what a source sends for Windows; gives what failed. */
async function download(
  [program, ...args]: readonly string[],
  target: string,
  ackPolicy: AckPolicy,
): Promise<string[]> {
  const observer = new RecordingObserver();
  await using source = SshSession.start(program!, args, {
    interrupted: new AbortController().signal,
    service: "scp",
    onStderr: () => {},
  });
  const options = { ...CLIENT_SINK, ackPolicy, platform: "windows" } as const;
  const files = new LocalFileSystem();
  await new Sink(source.channel, files, options, observer).receive(target);
  return observer.failures.map((text) => text.replace(`${target}/`, ""));
}
