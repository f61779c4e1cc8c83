/** The events of `--json` for what is left out of a copy, and for dry runs. */

import { assertEquals } from "@std/assert";
import { peerTest, sftpSshdDoor, sshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { type JsonEvent, jsonEvents } from "../support/json_events.ts";

const NEEDS = [...sshdDoor.needs, ...sftpSshdDoor.needs];

/** Runs the program with --json, which succeeds; reads its events. */
async function tell(
  place: Place,
  args: readonly string[],
): Promise<readonly JsonEvent[]> {
  const { status, stdout, stderr } = await place.copy(["--json", ...args]);
  assertEquals({ status, stderr }, { status: 0, stderr: "" });
  return jsonEvents(stdout, status);
}

/** Gives the events of a type, without what differs from run to run. */
function eventsOf(type: string, events: readonly JsonEvent[]): JsonEvent[] {
  return events.filter((event) => event.type === type)
    .map(({ seconds: _, ...event }) => event)
    .toSorted((one, other) => keyOf(one) < keyOf(other) ? -1 : 1);
}

function keyOf(event: JsonEvent): string {
  return JSON.stringify(event);
}

for (const door of [sshdDoor, sftpSshdDoor]) {
  peerTest(
    `JSON: tells once of each entry that a filter leaves out of an upload, ${door.name}`,
    NEEDS,
    async () => {
      await using opened = await door.open();
      using place = new Place(opened);
      place.makeNear([
        { path: "tree/a", content: "abc" },
        { path: "tree/build/b", content: "b" },
        { path: "tree/sub/c.o", content: "c" },
      ]);
      const events = await tell(place, [
        ...["-r", "--exclude", "build", "--exclude", "*.o"],
        ...["tree", place.remote(".")],
      ]);
      assertEquals(eventsOf("file", events), [
        { type: "file", action: "copied", path: "tree/a", bytes: 3 },
        {
          type: "file",
          action: "excluded",
          path: "tree/build",
          reason: "--exclude build",
        },
        {
          type: "file",
          action: "excluded",
          path: "tree/sub/c.o",
          reason: "--exclude *.o",
        },
      ]);
      const { entries_excluded, files_copied } = events.at(-1)!;
      assertEquals({ entries_excluded, files_copied }, {
        entries_excluded: 2,
        files_copied: 1,
      });
      for (const { total_files = 1 } of eventsOf("progress", events)) {
        assertEquals(total_files, 1, "what is left out is not counted");
      }
    },
  );
}

peerTest(
  "JSON: tells of a file that is skipped, with its length",
  NEEDS,
  async () => {
    await using door = await sftpSshdDoor.open();
    using place = new Place(door);
    place.makeFar([{ path: "tree/a", content: "abc" }]);
    place.makeNear([{ path: "tree/a", content: "old" }]);
    const events = await tell(place, [
      ...["-r", "--no-clobber", place.remote("tree"), "."],
    ]);
    assertEquals(eventsOf("file", events), [{
      type: "file",
      action: "skipped",
      path: "./tree/a",
      reason: "exists, not replaced",
      bytes: 3,
    }]);
    assertEquals(events.at(-1)!.files_skipped, 1);
  },
);

peerTest(
  "JSON: tells what a dry run would do, and writes no other line",
  NEEDS,
  async () => {
    await using door = await sftpSshdDoor.open();
    using place = new Place(door);
    place.makeNear([{ path: "tree/a", content: "abc" }]);
    const events = await tell(place, [
      ...["-r", "--dry-run", "tree", place.remote("new")],
    ]);
    const target = place.remote("new");
    assertEquals(eventsOf("plan", events), [
      {
        type: "plan",
        action: "copy",
        source: { path: "tree/a" },
        target: { path: `${target}/a` },
        bytes: 3,
        replaces: false,
      },
      { type: "plan", action: "make_directory", target: { path: target } },
    ]);
    assertEquals(eventsOf("file", events), []);
  },
);
