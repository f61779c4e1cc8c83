import { root } from "../build/root.ts";

/** A run of `deno test`: on which files, and with what. */
export interface TestRun {
  /** Files, and directories below which every test runs. */
  readonly paths: readonly string[];
  /** Arguments of `deno test`: permissions of the tests, and how they run. */
  readonly options: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The Deno that runs them; absent for the one that runs this. */
  readonly deno?: readonly [string, ...string[]];
}

/** Result of a run of tests. */
export interface TestResult {
  /** The exit status: 0 only if every test passed. */
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs tests, shows what they print, and counts them. */
export async function runTests(
  { paths, options, env = {}, deno = [Deno.execPath()] }: TestRun,
): Promise<TestResult> {
  const [program, ...args] = deno;
  const child = new Deno.Command(program, {
    args: [...args, "test", ...options, ...paths],
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    Deno.stdout.writeSync(new TextEncoder().encode(text));
    output += text;
  }
  return { code: (await child.status).code, ...countsIn(output) };
}

/** The counts of Deno's last line; none where there is no such line. */
function countsIn(output: string): Omit<TestResult, "code"> {
  const counts = /\| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/;
  const [, passed = 0, failed = 0, skipped = 0] = counts.exec(output) ?? [];
  return {
    passed: Number(passed),
    failed: Number(failed),
    skipped: Number(skipped),
  };
}

/** Writes the counts in one plain line, whatever else was printed. */
export function summary({ passed, failed, skipped }: TestResult): string {
  return `${passed} passed, ${failed} failed` +
    (skipped === 0 ? "" : `, ${skipped} skipped`);
}
