import { assertEquals } from "@std/assert";
import type { OpenPurpose } from "../../../lib/filesystem/served_file_system.ts";
import { openFlags } from "../../../lib/disk/open_flags.ts";

const NOTHING: OpenPurpose = {
  ...{ reads: false, writes: false, appends: false },
  ...{ makes: false, isNew: false, empties: false },
};

Deno.test("openFlags() gives Linux's flags for each purpose", () => {
  const rows: readonly (readonly [Partial<OpenPurpose>, number])[] = [
    [{}, 0],
    [{ reads: true }, 0],
    [{ writes: true }, 0o1],
    [{ reads: true, writes: true }, 0o2],
    [{ writes: true, appends: true }, 0o2001],
    [{ writes: true, makes: true }, 0o101],
    [{ writes: true, makes: true, isNew: true }, 0o301],
    [{ writes: true, makes: true, empties: true }, 0o1101],
    [{ reads: true, makes: true }, 0o100],
  ];
  for (const [purpose, flags] of rows) {
    assertEquals(openFlags({ ...NOTHING, ...purpose }), flags);
  }
});
