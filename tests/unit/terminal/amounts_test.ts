import { assertEquals } from "@std/assert";
import {
  clockText,
  countText,
  durationText,
  filesText,
  rateText,
  sizesText,
  sizeText,
} from "../../../lib/terminal/amounts.ts";

Deno.test("countText(), filesText(): put commas between thousands", () => {
  assertEquals([0, 999, 1000, 2001, 1_234_567].map(countText), [
    "0",
    "999",
    "1,000",
    "2,001",
    "1,234,567",
  ]);
  assertEquals([0, 1, 2001].map(filesText), [
    "0 files",
    "1 file",
    "2,001 files",
  ]);
});

Deno.test("sizeText(): has one decimal where that tells something", () => {
  const KB = 1024;
  const sizes = [0, 1, 1023, KB, 9.96 * KB, 99.95 * KB, 5.9 * KB ** 2, KB ** 5];
  assertEquals(sizes.map(sizeText), [
    "0 bytes",
    "1 byte",
    "1023 bytes",
    "1.0 KB",
    "10.0 KB",
    "100 KB",
    "5.9 MB",
    "1.0 PB",
  ]);
});

Deno.test("sizesText(): gives both sizes in the larger one's unit", () => {
  const GB = 1024 ** 3;
  assertEquals(sizesText(1.2 * GB, 4.8 * GB), "1.2/4.8 GB");
  assertEquals(sizesText(10, 4.8 * GB, "≥"), "0.0/≥4.8 GB");
  assertEquals(sizesText(10, 12), "10/12 bytes");
});

Deno.test("rateText(): is in kilobytes at least", () => {
  const MB = 1024 ** 2;
  assertEquals([0, 512, 9.94 * MB, 9.96 * MB, 38.2 * MB].map(rateText), [
    "0.0 KB/s",
    "0.5 KB/s",
    "9.9 MB/s",
    "10 MB/s",
    "38 MB/s",
  ]);
});

Deno.test("clockText(), durationText(): give hours only where there are some", () => {
  assertEquals([0, 6.1, 95, 3599.5, 7295].map(clockText), [
    "0:00",
    "0:07",
    "1:35",
    "1:00:00",
    "2:01:35",
  ]);
  assertEquals([0.04, 3.14, 59.9, 95].map(durationText), [
    "0.0 s",
    "3.1 s",
    "59.9 s",
    "1:35",
  ]);
});
