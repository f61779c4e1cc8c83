import { assert, assertEquals } from "@std/assert";
import { renderStatus } from "../../../lib/terminal/status_line.ts";
import type { WholeProgress } from "../../../lib/terminal/whole_progress.ts";

const GB = 1024 ** 3;

const PROGRESS: WholeProgress = {
  files: 120,
  filesMoved: 123,
  bytes: 1.2 * GB,
  total: { files: 2001, bytes: 4.8 * GB, isComplete: true },
  percent: 25,
  rate: 38 * 1024 ** 2,
  secondsLeft: 95,
};

Deno.test("renderStatus(): shows files, bytes, percents, rate and time left", () => {
  assertEquals(
    renderStatus(PROGRESS, 120),
    "123/2,001 files  1.2/4.8 GB  25%  38 MB/s  1:35 left",
  );
});

Deno.test("renderStatus(): shows no rate before something has moved", () => {
  const progress = { ...PROGRESS, bytes: 0, percent: 0, rate: undefined };
  assertEquals(renderStatus(progress, 120).includes("/s"), false);
});

Deno.test("renderStatus(): marks a total that may still grow", () => {
  assertEquals(
    renderStatus({
      ...PROGRESS,
      total: { files: 2001, bytes: 4.8 * GB, isComplete: false },
      percent: undefined,
      secondsLeft: undefined,
    }, 120),
    "123/≥2,001 files  1.2/≥4.8 GB  38 MB/s",
  );
});

Deno.test("renderStatus(): shows no total where none is known", () => {
  assertEquals(
    renderStatus({
      ...PROGRESS,
      filesMoved: 1,
      total: undefined,
      percent: undefined,
      secondsLeft: undefined,
    }, 120),
    "1 file  1.2 GB  38 MB/s",
  );
});

Deno.test("renderStatus(): leaves whole fields out on a narrow terminal", () => {
  const narrow: readonly (readonly [number, string])[] = [
    [53, "123/2,001 files  1.2/4.8 GB  25%  38 MB/s  1:35 left"],
    [52, "123/2,001 files  1.2/4.8 GB  25%  1:35 left"],
    [44, "123/2,001 files  1.2/4.8 GB  25%  1:35 left"],
    [40, "123/2,001 files  25%  1:35 left"],
    [20, "25%  1:35 left"],
    [10, "25%"],
    [3, ""],
  ];
  for (const [columns, expected] of narrow) {
    assertEquals(renderStatus(PROGRESS, columns), expected);
  }
});

Deno.test("renderStatus(): is narrower than any terminal", () => {
  for (let columns = 1; columns < 80; columns++) {
    const { length } = renderStatus(PROGRESS, columns);
    assert(length < columns, `${length} in ${columns}`);
  }
});
