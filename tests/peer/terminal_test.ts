/** The meter and the messages, on a real terminal. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { lacksLibrary } from "../support/c_library.ts";
import {
  peerTest,
  peerTestUnless,
  RUN_LAST,
  writeScript,
} from "../support/doors.ts";
import { seacp } from "../support/process/program.ts";
import {
  LENDS_TERMINAL,
  linesLeft,
  onTerminal,
  seacpCommand,
} from "../support/process/pseudo_terminal.ts";
import { rendered } from "../support/process/rendered.ts";
import { until } from "../support/process/processes.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { makeTree } from "../support/fixtures/tree.ts";

const NEEDS = [LENDS_TERMINAL, "stty", "scp"];

/** A directory with two files and a program that runs scp on this machine. */
function prepare(directory: string): string {
  makeTree(directory, [
    { path: "in/" },
    { path: "a", content: "x".repeat(2048) },
    { path: "名前 é", content: "" },
  ]);
  return writeScript(`${directory}/ssh`, RUN_LAST);
}

peerTest(
  "terminal: the meter leaves a line for each file, as scp's does",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = prepare(directory.path);
    const { status, stdout } = await onTerminal(
      seacpCommand([
        "-O",
        "-S",
        program,
        "a",
        "名前 é",
        `far:${directory.path}/in`,
      ]),
      80,
      { cwd: directory.path },
    );
    assertEquals(status, 0);
    const [first, second, ...more] = rendered(stdout);
    assertMatch(
      first!,
      /^a {44} 100% 2048 {3}[ .\d]{5}[KM]B\/s {3}00:\d\d$/,
    );
    assertMatch(second!, /^名前 é {40}100% {4}0 {5}0\.0KB\/s {3}00:\d\d$/);
    assertEquals(more, []);
  },
);

peerTest(
  "terminal: the meter comes down with a file and fits 20 columns",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = prepare(directory.path);
    const { status, stdout } = await onTerminal(
      seacpCommand(["-S", program, `far:${directory.path}/a`, "in"]),
      20,
      { cwd: directory.path },
    );
    assertEquals(status, 0);
    assertEquals(linesLeft(stdout), ["a       100% 2048  "]);
  },
);

peerTest(
  "terminal: no meter with -q, and none where there is no terminal",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = prepare(directory.path);
    const args = ["-S", program, "a", `far:${directory.path}/in`];
    const quiet = await onTerminal(seacpCommand(["-q", ...args]), 80, {
      cwd: directory.path,
    });
    assertEquals([quiet.status, quiet.stdout], [0, ""]);
    const piped = await seacp(args, { cwd: directory.path });
    assertEquals(piped, { status: 0, stdout: "", stderr: "" });
  },
);

peerTestUnless(lacksLibrary)(
  "No meter from a background job",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = prepare(directory.path);
    const command = seacpCommand([
      "-S",
      program,
      "a",
      `far:${directory.path}/in`,
    ]);
    const { stdout } = await onTerminal(`set -m; ${command} & wait $!`, 80, {
      cwd: directory.path,
    });
    assertEquals(linesLeft(stdout), []);
    assertEquals(Deno.statSync(`${directory.path}/in/a`).size, 2048);
  },
);

/** A source that says it has 4 bytes, gives 2, waits, and does the rest. */
function slowSource(directory: string, rest: string): string {
  return writeScript(
    `${directory}/slow`,
    `printf 'C0644 4 f\\nab'\nsleep 1\n${rest}`,
  );
}

peerTest(
  "terminal: the meter is redrawn when the terminal is resized",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = slowSource(
      directory.path,
      "stty cols 50 < /dev/tty\nsleep 1\nprintf 'cd\\0'\n",
    );
    const { status, stdout } = await onTerminal(
      seacpCommand(["-S", program, "far:f", "f"]),
      80,
      { cwd: directory.path },
    );
    assertEquals(status, 0);
    const drawn = stdout.split(/[\r\n]+/).filter((line) => line !== "");
    const half = drawn.filter((line) => line.includes(" 50% "));
    assert(half.some((line) => line.length === 79), stdout);
    assert(half.some((line) => line.length === 49), stdout);
    assertMatch(
      drawn.at(-1)!,
      /^f {14} 100% {4}4 {5}0\.0KB\/s {3}00:\d\d {4}$/,
    );
  },
);

peerTest(
  "terminal: a message gets a line of its own while the meter stands",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    const program = slowSource(
      directory.path,
      "exec >&-\nhead -c 2 > /dev/null\n",
    );
    const { status, stdout } = await onTerminal(
      seacpCommand(["-S", program, "far:f", "f"]),
      80,
      { cwd: directory.path },
    );
    assertEquals(status, 255);
    const [meter, message, ...more] = linesLeft(stdout);
    assertMatch(meter!, /^f {44} {2}50% {4}2 /);
    assertEquals(
      message,
      "seacp: far: f: lost connection after 2 of 4 bytes: " +
        "the remote ended too early",
    );
    assertEquals(more, []);
  },
);

/** A program in ssh's place that says this on standard error, then runs scp. */
function speaking(directory: string, words: string): string {
  return writeScript(`${directory}/speaking`, `${words}\n${RUN_LAST}`);
}

/** Escape sequences by which a hostile remote would control a terminal. */
const EVIL =
  "\\033]0;title\\007\\033[2J\\033[8mhidden\\r\\302\\2332J\\342\\200\\256\\377\\b";

peerTest(
  "terminal: what a remote says on standard error reaches a terminal escaped, nothing else raw",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    prepare(directory.path);
    const program = speaking(
      directory.path,
      `printf 'Welcome\\r\\n\\tto ${EVIL}\\nno end: ${EVIL}' >&2`,
    );
    const args = ["-q", "-S", program, "a", `far:${directory.path}/in`];
    const { status, stdout } = await onTerminal(seacpCommand(args), 200, {
      cwd: directory.path,
    });
    const shown = "\\033]0;title\\007\\033[2J\\033[8mhidden\\015" +
      "\\302\\2332J\\342\\200\\256\\377\\010";
    assertEquals(
      [status, stdout],
      [0, `Welcome\r\n\tto ${shown}\r\nno end: ${shown}`],
    );
    assertEquals(Deno.statSync(`${directory.path}/in/a`).size, 2048);
  },
);

peerTest(
  "terminal: what a remote says on standard error reaches a pipe byte by byte",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    prepare(directory.path);
    const program = speaking(
      directory.path,
      `printf 'Welcome\\r\\n\\tto \\303\\251\\033[2J\\r\\nno end' >&2`,
    );
    const args = ["-S", program, "a", `far:${directory.path}/in`];
    const { status, stderr } = await seacp(args, { cwd: directory.path });
    assertEquals(
      [status, stderr],
      [0, "Welcome\r\n\tto é\x1b[2J\r\nno end"],
    );
  },
);

peerTestUnless(lacksLibrary)(
  "ssh's standard error is a terminal where ours is one, and nobody's own",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    prepare(directory.path);
    const program = speaking(
      directory.path,
      `if test -t 2; then echo a terminal >&2; else echo none >&2; fi
: > /dev/tty && echo ask: > /dev/tty`,
    );
    const args = ["-q", "-S", program, "a", `far:${directory.path}/in`];
    const there = await onTerminal(seacpCommand(args), 80, {
      cwd: directory.path,
    });
    assertEquals([...there.stdout.split("\r\n")].toSorted(), [
      "",
      "a terminal",
      "ask:",
    ]);
    const { stderr } = await onTerminal(
      `${seacpCommand(args)} 2> err`,
      80,
      { cwd: directory.path },
    );
    assertEquals(stderr, "");
    assertEquals(Deno.readTextFileSync(`${directory.path}/err`), "none\n");
  },
);

peerTest(
  "terminal: a line on standard error that is not ended is shown while the remote waits",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    prepare(directory.path);
    const transcript = `${directory.path}/transcript`;
    Deno.writeTextFileSync(transcript, "");
    const program = speaking(
      directory.path,
      "printf 'Touch the key: ' >&2\nread answer < /dev/tty",
    );
    const isShown = () =>
      Deno.readTextFileSync(transcript).includes("Touch the key: ");
    const args = ["-q", "-S", program, "a", `far:${directory.path}/in`];
    const { status } = await onTerminal(seacpCommand(args), 80, {
      cwd: directory.path,
      transcript,
      input: until("it is shown", isShown).then(() => "yes\n"),
    });
    assertEquals(status, 0);
    assertEquals(Deno.statSync(`${directory.path}/in/a`).size, 2048);
  },
);

peerTest(
  "terminal: a message that scp is missing is not shown where the copy goes on",
  NEEDS,
  async () => {
    using directory = new TempDirectory();
    prepare(directory.path);
    const program = speaking(
      directory.path,
      "echo 'bash: line 1: scp: command not found' >&2; echo hello >&2",
    );
    const args = ["-S", program, "a", `far:${directory.path}/in`];
    const { status, stderr } = await seacp(args, { cwd: directory.path });
    assertEquals([status, stderr], [0, "hello\n"]);
  },
);
