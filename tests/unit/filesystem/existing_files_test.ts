import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  type ExistingPolicy,
  isAnythingAt,
  linkSkipReasonOf,
  skipReasonOf,
} from "../../../lib/filesystem/existing_files.ts";
import type { Attributes } from "../../../lib/filesystem/file_system.ts";
import { MemoryFileSystem } from "../../support/file_systems/memory_file_system.ts";

const NONE: ExistingPolicy = {
  keepsAll: false,
  keepsSame: false,
  keepsNewer: false,
};

const THERE: Attributes = {
  kind: "file",
  size: 3,
  mode: 0o644,
  modified: 5_900,
  accessed: 0,
};

function reason(
  source: { size?: number; modified?: number | undefined },
  there: Partial<Attributes> | undefined,
  policy: Partial<ExistingPolicy>,
): string | undefined {
  return skipReasonOf(
    { size: 3, modified: 5_000, ...source },
    there && { ...THERE, ...there },
    { ...NONE, ...policy, path: "far: f" },
  );
}

Deno.test("skipReasonOf(): skips nothing whose target is missing", () => {
  const all = { keepsAll: true, keepsSame: true, keepsNewer: true };
  assertEquals(reason({}, undefined, all), undefined);
});

Deno.test("skipReasonOf(): keeps all that is there", () => {
  for (const kind of ["file", "directory", "other"] as const) {
    assertEquals(
      reason({ modified: undefined }, { kind }, { keepsAll: true }),
      "exists, not replaced",
    );
  }
});

Deno.test("skipReasonOf(): takes files for the same by their size and whole seconds", () => {
  const same = { keepsSame: true };
  assertEquals(reason({}, {}, same), "same size and time");
  assertEquals(reason({ size: 4 }, {}, same), undefined);
  assertEquals(reason({ modified: 6_000 }, {}, same), undefined);
  assertEquals(reason({ modified: 4_999 }, {}, same), undefined);
  assertEquals(reason({}, { kind: "other" }, same), undefined);
});

Deno.test("skipReasonOf(): takes no file for the same by its time where contents are compared", () => {
  const both = { keepsSame: true, comparesContent: true } as const;
  assertEquals(reason({}, {}, both), undefined);
  assertEquals(
    reason({ modified: 0 }, {}, { ...both, keepsNewer: true }),
    "the target is newer",
  );
});

Deno.test("skipReasonOf(): keeps a target that is newer by a second", () => {
  const newer = { keepsNewer: true };
  assertEquals(reason({}, {}, newer), undefined);
  assertEquals(reason({ modified: 6_000 }, {}, newer), undefined);
  assertEquals(reason({ modified: 4_999 }, {}, newer), "the target is newer");
});

Deno.test("skipReasonOf(): fails where nobody tells which file is newer", () => {
  const unknown = { kind: "unknown" } as const;
  for (
    const call of [
      () => reason({}, unknown, { keepsNewer: true }),
      () => reason({ modified: undefined }, {}, { keepsNewer: true }),
    ]
  ) {
    assertThrows(call, EntryError, "far: f: nobody tells which file is newer");
  }
  assertEquals(reason({}, unknown, { keepsAll: true }), undefined);
  assertEquals(reason({}, unknown, { keepsSame: true }), undefined);
});

Deno.test("linkSkipReasonOf(): keeps what is no link, since a link has no time", () => {
  const newer = { ...NONE, keepsNewer: true };
  for (const kind of ["file", "other", "unknown"] as const) {
    const there = { ...THERE, kind };
    assertEquals(linkSkipReasonOf("a", there, newer), "the target is no link");
    assertEquals(linkSkipReasonOf("a", there, NONE), undefined);
  }
  assertEquals(linkSkipReasonOf("a", "a", newer), undefined);
  assertEquals(linkSkipReasonOf("a", undefined, newer), undefined);
});

Deno.test("linkSkipReasonOf(): takes links of one text for the same", () => {
  const same = { ...NONE, keepsSame: true };
  assertEquals(linkSkipReasonOf("a", "a", same), "the same link");
  assertEquals(linkSkipReasonOf("a", "./a", same), undefined);
  assertEquals(linkSkipReasonOf("a", THERE, same), undefined);
  assertEquals(linkSkipReasonOf("a", undefined, same), undefined);
  assertEquals(linkSkipReasonOf("a", "a", NONE), undefined);
  const content = { ...NONE, comparesContent: true } as const;
  assertEquals(linkSkipReasonOf("a", "a", content), "the same link");
});

Deno.test("isAnythingAt(): sees a link that leads nowhere", async () => {
  const files = new MemoryFileSystem();
  await files.symlink("link", "nowhere");
  files.addFile("f", "");
  assertEquals(await isAnythingAt(files, "link"), true);
  assertEquals(await isAnythingAt(files, "f"), true);
  assertEquals(await isAnythingAt(files, "g"), false);
});
