import { assertEquals, assertRejects } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import { FilterRules, ruleOfOption } from "../../../lib/names/filter_rules.ts";
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import { CLIENT_SINK } from "../../support/scp/sink_options.ts";

/** A sink that leaves out objects and the directory `out`. */
const FILTERED: SinkOptions = {
  ...CLIENT_SINK,
  filter: new FilterRules(
    ["*.o", "/out/"].map((each) => ruleOfOption("exclude", each)),
    { isInclusive: false },
  ),
  label: "far: ",
};

Deno.test("Sink: reads, drops and counts what a filter excludes, with all that is in it", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 tree\n")
    .weSay("\0").peerSays("C0644 3 a.o\n")
    .weSay("\0").peerSays("abc\0")
    .weSay("\0").peerSays("D0755 0 out\n")
    .weSay("\0").peerSays("D0755 0 deep\n")
    .weSay("\0").peerSays("C0644 4 kept.c\n")
    .weSay("\0").peerSays("abcd\0")
    .weSay("\0").peerSays("E\n")
    .weSay("\0").peerSays("E\n")
    .weSay("\0").peerSays("C0644 1 b.c\n")
    .weSay("\0").peerSays("b\0")
    .weSay("\0").peerSays("E\n")
    .weSay("\0");
  const files = new MemoryFileSystem();
  const observer = new RecordingObserver();
  await new Sink(peer, files, FILTERED, observer).receive("tree");
  peer.assertDone();
  assertEquals(files.listing(), ["tree/", 'tree/b.c = "b"']);
  assertEquals(observer.failures, []);
  assertEquals(observer.warnings, [
    "far: over SCP what is left out comes all the same: 2 files of 7 bytes " +
    "dropped",
  ]);
});

Deno.test("Sink: takes a source for one that no filter excludes", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("C0644 1 a.o\n")
    .weSay("\0").peerSays("a\0")
    .weSay("\0");
  const files = new MemoryFileSystem();
  const observer = new RecordingObserver();
  await new Sink(peer, files, FILTERED, observer).receive("a.o");
  assertEquals(files.listing(), ['a.o = "a"']);
  assertEquals(observer.warnings, []);
});

Deno.test("Sink: names what is excluded where its body is cut short", async () => {
  const peer = new ScriptedPeer()
    .weSay("\0").peerSays("D0755 0 tree\n")
    .weSay("\0").peerSays("C0644 3 a.o\n")
    .weSay("\0").peerSays("ab").peerEnds()
    .weSay("\x01scp: Broken pipe\n");
  const files = new MemoryFileSystem();
  const sink = new Sink(peer, files, FILTERED, new RecordingObserver());
  await assertRejects(
    () => sink.receive("tree"),
    SessionError,
    "tree/a.o: lost connection after 2 of 3 bytes",
  );
});
