import { assertEquals } from "@std/assert";
import { startFile } from "../../../lib/events/file_progress.ts";
import {
  asHostsWords,
  hostObserver,
} from "../../../lib/routes/remote_words.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

const WORDS: readonly (readonly [
  words: string,
  asHosts: string,
  observed: string,
])[] = [
  [
    "scp: x: No such file or directory",
    "far: x: No such file or directory",
    "far: x: No such file or directory",
  ],
  ["scp: scp: x", "far: scp: x", "far: scp: x"],
  ["scp:x", "far: scp:x", "scp:x"],
  ["x: Permission denied", "far: x: Permission denied", "x: Permission denied"],
  ["", "far: ", ""],
];

for (const [words, asHosts, observed] of WORDS) {
  Deno.test(`The words ${JSON.stringify(words)} are told as the host's where they are an scp's`, () => {
    assertEquals(asHostsWords("far", words), asHosts);
    const observer = new RecordingObserver();
    hostObserver("far", observer).report({ kind: "failure", message: words });
    assertEquals(observer.failures, [observed]);
  });
}

Deno.test("hostObserver() hands on all else as it is", () => {
  const observer = new RecordingObserver();
  const host = hostObserver("far", observer);
  host.report({ kind: "warning", message: "scp: w" });
  host.report({ kind: "verbose", message: () => "scp: e" });
  const progress = startFile(host, "scp: f", 1);
  progress.moved(1);
  progress.finished();
  assertEquals(observer.warnings, ["scp: w"]);
  assertEquals(observer.verboseLines, ["scp: e"]);
  assertEquals(observer.bodies, ["scp: f 1/1"]);
});
