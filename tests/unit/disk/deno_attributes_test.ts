import { assertEquals } from "@std/assert";
import { modeOf } from "../../../lib/disk/deno_attributes.ts";

/** Mode of an entry on a system, by the mode that the runtime gives. */
type Row = readonly [
  os: string,
  kind: "file" | "directory",
  told: number | null,
  mode: number,
];

const ROWS: readonly Row[] = [
  ["linux", "file", 0o100640, 0o640],
  ["linux", "file", 0o104751, 0o4751],
  ["darwin", "file", 0o100000, 0],
  ["darwin", "directory", 0o041777, 0o1777],
  ["linux", "directory", 0o040500, 0o500],
  ["windows", "file", 0o666, 0o644],
  ["windows", "file", 0o444, 0o444],
  ["windows", "file", 0o100666, 0o644],
  ["windows", "file", 0o100444, 0o444],
  ["windows", "file", null, 0o644],
  ["windows", "directory", 0o666, 0o755],
  ["windows", "directory", 0o444, 0o755],
  ["windows", "directory", 0o040555, 0o755],
  ["windows", "directory", null, 0o755],
];

Deno.test("modeOf(): gives a mode by which an entry can be used on any system", () => {
  for (const [os, kind, told, mode] of ROWS) {
    const info = { mode: told, isDirectory: kind === "directory" };
    assertEquals(modeOf(os, info), mode, `${os}, ${kind}, ${told}`);
  }
});
