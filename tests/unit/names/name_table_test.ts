import { assertEquals } from "@std/assert";
import { NameTable } from "../../../lib/names/name_table.ts";

Deno.test("NameTable: tells the first name of a key, the same again, and others", () => {
  const table = new NameTable();
  assertEquals(table.has("readme"), false);
  assertEquals(table.add("readme", "README"), "first");
  assertEquals(table.add("readme", "README"), "again");
  assertEquals(table.add("readme", "readme"), "other");
  assertEquals(table.add("readme", "README"), "again");
  assertEquals(table.add("license", "LICENSE"), "first");
  assertEquals(table.has("readme"), true);
  assertEquals(table.has("README"), false);
});

Deno.test("NameTable: takes no two of 100,000 names for one", () => {
  const table = new NameTable();
  for (let at = 0; at < 100_000; at++) {
    assertEquals(table.add(`f${at}`, `f${at}`), "first");
  }
  for (let at = 0; at < 100_000; at++) {
    assertEquals(table.add(`f${at}`, `F${at}`), "other");
    assertEquals(table.has(`g${at}`), false);
  }
});

Deno.test("NameTable: still knows its names when it is full, and takes all others for other names", () => {
  const table = new NameTable(3);
  for (const name of ["a", "b", "c"]) {
    assertEquals(table.isFull, false);
    assertEquals(table.add(name, name), "first");
  }
  assertEquals(table.isFull, true);
  for (const name of ["d", "e"]) {
    assertEquals(table.add(name, name), "other");
    assertEquals(table.add(name, name), "other");
    assertEquals(table.has(name), false);
  }
  assertEquals(table.add("a", "a"), "again");
  assertEquals(table.add("a", "A"), "other");
});
