import { assert, assertEquals } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";
import { renderProgress } from "../../../lib/terminal/line.ts";
import type { Progress } from "../../../lib/terminal/progress.ts";

/** A file nothing of which has moved, but for what `known` says. */
function progress(known: Partial<Progress> = {}): Progress {
  return {
    name: "f",
    size: 1_000_000,
    position: 0,
    first: 0,
    started: 0,
    now: 0,
    ended: false,
    rate: 0,
    sample: { at: 0, position: 0 },
    lastMoved: 0,
    ...known,
  };
}

/** The line of 80 columns without the name and the percentage. */
function fields(known: Partial<Progress>): string {
  return renderProgress(progress(known), 80).slice(51);
}

Deno.test("renderProgress(): draws scp's line", () => {
  const moving = progress({
    name: "big3",
    size: 3_000_000,
    position: 1008 * 1024,
    rate: 1024 * 1024,
    now: 1000,
    lastMoved: 1000,
  });
  assertEquals(
    renderProgress(moving, 80),
    "big3                                           34% 1008KB   1.0MB/s   00:01 ETA",
  );
  const ended = progress({
    name: "big3",
    size: 3_000_000,
    position: 3_000_000,
    rate: 1_013_658,
    now: 2960,
    ended: true,
  });
  assertEquals(
    renderProgress(ended, 80),
    "big3                                          100% 2930KB 989.9KB/s   00:02    ",
  );
  assertEquals(
    renderProgress(progress({ name: "a" }), 80),
    "a                                               0%    0     0.0KB/s   --:-- ETA",
  );
});

Deno.test("renderProgress(): shows an empty file as done", () => {
  assertEquals(
    renderProgress(progress({ name: "empty", size: 0, ended: true }), 80),
    "empty                                         100%    0     0.0KB/s   00:00    ",
  );
});

Deno.test("renderProgress(): shows sizes as scp does", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "   0  "],
    [1, "   1  "],
    [999, " 999  "],
    [1024, "1024  "],
    [9999, "9999  "],
    [10_000, "  10KB"],
    [10_240, "  10KB"],
    [102_349, " 100KB"],
    [1_000_000, " 977KB"],
    [1_048_576, "1024KB"],
    [10_239_487, "9999KB"],
    [10_239_488, "  10MB"],
    [100_000_000, "  95MB"],
    [2_000_000_000, "1907MB"],
    [10_484_711_424, "9999MB"],
    [10_485_235_712, "  10GB"],
    [1_099_511_627_776, "1024GB"],
    [10_736_344_498_176, "9999GB"],
    [10_736_881_369_088, "  10TB"],
    [9_007_199_254_740_991, "8192TB"],
  ];
  for (const [position, expected] of rows) {
    assertEquals(
      fields({ position, ended: true }).slice(0, 6),
      expected,
      `${position}`,
    );
  }
});

Deno.test("renderProgress(): shows rates as scp does", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "  0.0KB/s"],
    [5, "  0.0KB/s"],
    [51, "  0.1KB/s"],
    [1000, "  1.0KB/s"],
    [5120, "  5.0KB/s"],
    [10_000, "  9.8KB/s"],
    [102_400, "100.0KB/s"],
    [1_000_000, "976.6KB/s"],
    [1_013_555, "989.8KB/s"],
    [1_024_000, "  1.0MB/s"],
    [10_239_487, "  9.8MB/s"],
    [100_000_000, " 95.4MB/s"],
    [1_048_575_999, "  1.0GB/s"],
    [2_000_000_000, "  1.9GB/s"],
    [1_099_511_627_776, "  1.0TB/s"],
  ];
  for (const [rate, expected] of rows) {
    assertEquals(
      fields({ rate, ended: true }).slice(7, 16),
      expected,
      `${rate}`,
    );
  }
});

Deno.test("renderProgress(): shows what is left to wait, or why it cannot tell", () => {
  const rows: readonly (readonly [known: Partial<Progress>, string])[] = [
    [{ size: 1, rate: 1 }, "  00:01 ETA"],
    [{ size: 1, rate: 2 }, "  00:00 ETA"],
    [{ size: 59, rate: 1 }, "  00:59 ETA"],
    [{ size: 60, rate: 1 }, "  01:00 ETA"],
    [{ size: 3599, rate: 1 }, "  59:59 ETA"],
    [{ size: 3600, rate: 1 }, "1:00:00 ETA"],
    [{ size: 35_999, rate: 1 }, "9:59:59 ETA"],
    [{ size: 10, rate: 0 }, "  --:-- ETA"],
    [{ size: 360_000, rate: 1 }, "  --:-- ETA"],
    [{ size: 10, rate: 1, now: 4999 }, "  00:10 ETA"],
    [{ size: 10, rate: 1, now: 5000 }, "- stalled -"],
    [{ size: 10, now: 5000, isVerifying: true }, "  verifying"],
    [{ size: 10, rate: 0, now: 5000 }, "- stalled -"],
    [{ ended: true, now: 0 }, "  00:00    "],
    [{ ended: true, now: 61_999 }, "  01:01    "],
    [{ ended: true, now: 3_600_000 }, "1:00:00    "],
  ];
  for (const [known, expected] of rows) {
    assertEquals(fields(known).slice(17), expected, JSON.stringify(known));
  }
});

Deno.test("renderProgress(): takes a column of the name's for ten hours and more", () => {
  const rows: readonly (readonly [number, string])[] = [
    [36_000, "10:00:00 ETA"],
    [359_999, "99:59:59 ETA"],
  ];
  for (const [size, expected] of rows) {
    assertEquals(
      renderProgress(progress({ size, rate: 1 }), 80),
      "f                                              0%    0     0.0KB/s " +
        expected,
    );
  }
});

Deno.test("renderProgress(): leaves the last fields out where a terminal is narrow", () => {
  const known = {
    name: "name.txt",
    size: 3_000_000,
    position: 1008 * 1024,
    rate: 1024 * 1024,
  };
  const rows: readonly (readonly [columns: number, line: string])[] = [
    [44, "name.txt   34% 1008KB   1.0MB/s   00:01 ETA"],
    [43, "name.txt  34% 1008KB   1.0MB/s   00:01 ETA"],
    [42, "name.tx  34% 1008KB   1.0MB/s   00:01 ETA"],
    [36, "n  34% 1008KB   1.0MB/s   00:01 ETA"],
    [35, "name.txt     34% 1008KB   1.0MB/s "],
    [25, "n  34% 1008KB   1.0MB/s "],
    [24, "name.txt     34% 1008KB"],
    [14, "n  34% 1008KB"],
    [13, "name.t  34% "],
    [8, "n  34% "],
    [7, "  34% "],
  ];
  for (const [columns, line] of rows) {
    assertEquals(renderProgress(progress(known), columns), line, `${columns}`);
  }
});

Deno.test("renderProgress(): never draws more than a tiny terminal has", () => {
  for (let columns = 0; columns < 20; columns++) {
    const line = renderProgress(progress({ name: "漢字" }), columns);
    assert(unicodeWidth(line) <= Math.max(0, columns - 1), `${columns}`);
  }
});

const moments: readonly Partial<Progress>[] = [
  {},
  { position: 500_000, rate: 102_348.7 },
  { position: 1_000_000, rate: 1_023_969, ended: true, now: 977 },
  { size: 2 ** 53 - 1, position: 2 ** 52, rate: 1e9 },
  { size: 36_000, rate: 1 },
  { now: 5000 },
];

/** Names as a terminal must not get them, or that are hard to measure. */
const names: readonly string[] = [
  "",
  "f",
  "name with blanks".repeat(20),
  "漢字".repeat(60),
  "a漢".repeat(60),
  "ｆｕｌｌ.txt",
  "\x1b[2K\x1b[1A\r\n\t\x07\x7f",
  "\x1b]0;title\x07".repeat(20),
  "\u009b2J\u0085",
  "exe.\u202egpj\u202c\u2066x\u2069",
  "\u2028\u2029\ufeff\u00ad",
  "\udcff\udc80\udc9b",
  "\ud800\udfff\ud83d".repeat(20),
];

/** That a line is as wide as it must be and holds nothing to act on. */
function assertHarmless(line: string, columns: number, row: string): void {
  assertEquals(unicodeWidth(line), columns - 1, row);
  assert(line.isWellFormed(), row);
  assert(!/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u.test(line), row);
}

Deno.test("renderProgress(): fills any terminal to its last column but one", () => {
  for (const name of names) {
    for (const moment of moments) {
      for (let columns = 20; columns <= 200; columns++) {
        const line = renderProgress(progress({ name, ...moment }), columns);
        const row = `${JSON.stringify(name)} in ${columns}: ${line}`;
        assertHarmless(line, columns, row);
        assert(/\d% /.test(line), row);
      }
    }
  }
});

Deno.test("renderProgress(): keeps its fields beside a name of more units than columns", () => {
  const long = [
    "e\u0301",
    "𝐀",
    "👩\u200d🔬",
    "🇩🇪",
    "한글".normalize("NFD"),
  ].map((part) => part.repeat(60));
  for (const name of long) {
    for (let columns = 20; columns <= 200; columns++) {
      const line = renderProgress(progress({ name }), columns);
      const row = `${JSON.stringify(name)} in ${columns}: ${line}`;
      assertHarmless(line, columns, row);
      assert(line.includes("  0% "), row);
      if (columns >= 36) assert(line.endsWith("--:-- ETA"), row);
    }
  }
});
