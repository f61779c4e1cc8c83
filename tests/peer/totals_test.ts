/** The line of the whole copy, on real terminals and off them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { pattern } from "../support/fixtures/tree.ts";
import {
  LENDS_TERMINAL,
  onTerminal,
  seacpCommand,
  type TerminalOptions,
} from "../support/process/pseudo_terminal.ts";
import { until } from "../support/process/processes.ts";
import { rendered } from "../support/process/rendered.ts";
import { SharedSshd } from "../support/ssh/shared_sshd.ts";

const NEEDS = [
  ...["ssh", "sshd", "ssh-keygen", "sftp-server", "scp"],
  ...[LENDS_TERMINAL, "stty"],
];

/** A tree that takes half a second at the rate of `SLOW`, and its length. */
const TREE = [
  { path: "tree/a", content: pattern(32_000) },
  { path: "tree/d/b", content: pattern(32_000) },
  { path: "tree/d/c", content: pattern(32_000) },
];
const SLOW = ["-l", "1500"];

/** Report of a terminal's own progress. */
// deno-lint-ignore no-control-regex
const REPORT = /\x1b\]9;4;.*?\x1b\\/g;

const sshd = new SharedSshd();

async function place(): Promise<Place> {
  const place = await sshd.place();
  place.makeNear(TREE);
  place.makeFar(TREE.map(({ path, content }) => ({
    path: path.replace("tree", "there"),
    content,
  })));
  return place;
}

interface Shown {
  /** All that was sent to the terminal. */
  readonly output: string;
  /** Each line of the whole that was drawn. */
  readonly statuses: readonly string[];
}

async function show(
  place: Place,
  args: readonly string[],
  columns: number,
  options: TerminalOptions = {},
): Promise<Shown> {
  const { status, stdout } = await onTerminal(
    seacpCommand([...place.options, ...SLOW, ...args]),
    columns,
    { cwd: place.near, ...options },
  );
  assertEquals(status, 0, stdout);
  const statuses = stdout
    // deno-lint-ignore no-control-regex
    .split(/[\r\n]+|\x1b\[J|\x1b\[1A/)
    .filter((line) => / files?\b/.test(line));
  return { output: stdout, statuses };
}

/** Copies of the tree over each protocol, both ways; the last tells no total. */
const COPIES = [
  { name: "up over SCP", options: ["-O"], isUp: true, hasTotal: true },
  { name: "up over SFTP", options: ["-s"], isUp: true, hasTotal: true },
  { name: "down over SFTP", options: ["-s"], isUp: false, hasTotal: true },
  { name: "down over SCP", options: ["-O"], isUp: false, hasTotal: false },
];

for (const { name, options, isUp, hasTotal } of COPIES) {
  peerTest(
    `totals: a tree that goes ${name} has a line of the whole, which does not stay`,
    NEEDS,
    async () => {
      using here = await place();
      const operands = isUp
        ? ["tree", here.remote(".")]
        : [here.remote("there"), "."];
      const { output, statuses } = await show(
        here,
        [...options, "-r", ...operands],
        120,
      );
      const whole = hasTotal
        ? /^\d\/3 files {2}[\d.]+\/93\.8 KB {2}\d+%( {2}[\d.]+ [KM]B\/s( {2}\d:\d\d left)?)?$/
        : /^\d files? {2}[\d.]+ (bytes|KB)( {2}[\d.]+ KB\/s)?$/;
      const growing =
        /^\d\/≥\d files? {2}[\d.]+\/≥[\d.]+ KB( {2}[\d.]+ KB\/s)?$/;
      assert(statuses.some((line) => whole.test(line)), statuses.join("\n"));
      for (const line of statuses) {
        assert(whole.test(line) || growing.test(line), line);
        // Before anything has moved there is no rate.
        assert(!/^0\/.* 0\.0 KB\/s/.test(line), line);
      }
      const left = rendered(output);
      assertEquals(left.length, 3, left.join("\n"));
      for (const line of left) assertMatch(line, /^[abc] {70,} 100% {3}31KB /);
    },
  );
}

peerTest(
  "totals: the line of the whole fits terminals of 60 and 40 columns",
  NEEDS,
  async () => {
    using here = await place();
    const args = ["-s", "-r", "tree", here.remote(".")];
    const wide = await show(here, args, 60);
    assert(wide.statuses.some((line) => / files .*% {2}.*\/s/.test(line)));
    const narrow = await show(here, args, 40);
    for (const line of narrow.statuses) assert(line.length < 40, line);
    assert(narrow.statuses.some((line) => /^\d\/3 files {2}.*\d%/.test(line)));
    assertEquals(rendered(narrow.output).length, 3);
  },
);

peerTest(
  "totals: several sources count as one whole, from several hosts too",
  NEEDS,
  async () => {
    using here = await place();
    Deno.mkdirSync(`${here.near}/in`);
    const { statuses } = await show(here, [
      ...["-s", here.remote("there/a"), here.remote("there/d/b", "other")],
      "in",
    ], 120);
    assert(
      statuses.some((line) => /^\d\/2 files .*\/62\.5 KB /.test(line)),
      statuses.join("\n"),
    );
  },
);

peerTest(
  "totals: one plain file has no line of the whole",
  NEEDS,
  async () => {
    using here = await place();
    for (const protocol of ["-O", "-s"]) {
      const args = [protocol, "tree/a", here.remote("f")];
      const { statuses, output } = await show(here, args, 80);
      assertEquals(statuses, []);
      assert(!output.includes("\x1b"), JSON.stringify(output));
    }
  },
);

peerTest(
  "totals: a dumb terminal gets no control sequence",
  NEEDS,
  async () => {
    using here = await place();
    const { output } = await show(
      here,
      ["-s", "-r", "tree", here.remote(".")],
      80,
      { env: { TERM: "dumb", WT_SESSION: "1" } },
    );
    assert(!output.includes("\x1b"), JSON.stringify(output));
    assertEquals(rendered(output).length, 3);
  },
);

peerTest(
  "totals: a terminal that shows progress of its own gets it, and an end of it",
  NEEDS,
  async () => {
    using here = await place();
    const args = ["-s", "-r", "tree", here.remote(".")];
    const env = { TERM: "xterm", WT_SESSION: "1", TMUX: "", STY: "" };
    const { output } = await show(here, args, 80, { env });
    const reports = output.match(REPORT) ?? [];
    assert(reports.length > 1, JSON.stringify(output));
    assertEquals(reports.at(-1), "\x1b]9;4;0;0\x1b\\");
    const other = await show(here, args, 80, {
      env: { ...env, WT_SESSION: "" },
    });
    assert(!other.output.includes("\x1b]9"), JSON.stringify(other.output));
  },
);

peerTest(
  "totals: Ctrl-C takes back the terminal's own progress, and both lines",
  NEEDS,
  async () => {
    using here = await place();
    const transcript = `${here.near}/transcript`;
    Deno.writeTextFileSync(transcript, "");
    const sent = () => Deno.readTextFileSync(transcript);
    const args = ["-s", "-l", "100", "-r", "tree", here.remote(".")];
    const { status } = await onTerminal(
      seacpCommand([...here.options, ...args]),
      80,
      {
        cwd: here.near,
        env: { TERM: "xterm", WT_SESSION: "1", TMUX: "", STY: "" },
        transcript,
        input: until("percents are shown", () => sent().includes("\x1b]9;4;1"))
          .then(() => "\x03"),
      },
    );
    assertEquals(status, 130);
    const reports = sent().match(REPORT)!;
    assertEquals(reports.at(-1), "\x1b]9;4;0;0\x1b\\");
    assert(!rendered(sent()).some((line) => line.includes("/3 files")));
  },
);

peerTest(
  "totals: nothing is shown off a terminal, nor with -q on one",
  NEEDS,
  async () => {
    using here = await place();
    await here.copyWell(["-s", "-r", "tree", here.remote(".")]);
    const { output } = await show(
      here,
      ["-q", "-s", "-r", "tree", here.remote(".")],
      80,
    );
    assertEquals(output, "");
  },
);
