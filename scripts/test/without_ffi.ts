import { fileURLToPath } from "node:url";
import type { Product } from "../build.ts";
import { root } from "../build/root.ts";
import { runTests, type TestResult, type TestRun } from "./deno_test.ts";

/** Tells tests that neither they nor the program may call the C library. */
const ENV = { SEACP_WITHOUT_FFI: "1" };

/** Tests of what a peer or a shell says, the same with the library: they take long. */
export const SAME_EVERYWHERE: readonly string[] = [
  "banners",
  "bench",
  "completions",
  "foreign_clients",
  "foreign_servers",
  "json",
  "large_files",
  "prepared_directories",
  "protocol_choice",
  "refused_files",
  "remote_side_records",
  "resume_scp_cut",
];

/** Gives the tests of the program's own files and processes beside others. */
function peerTests(): string[] {
  return Array.from(Deno.readDirSync(new URL("tests/peer/", root)))
    .map(({ name }) => name)
    .filter((name) => !SAME_EVERYWHERE.includes(name.replace("_test.ts", "")))
    .map((name) => `tests/peer/${name}`)
    .toSorted();
}

/**
 * Runs tests on the code paths of macOS and Windows: Deno's own files and
 * processes, and no C library. Unit tests run the source, those against other
 * programs the executable; or some tests, told by their paths, the source.
 *
 * @param product An executable that may not call the C library.
 */
export async function testWithoutFfi(
  paths: readonly string[],
  { output }: Product,
): Promise<TestResult> {
  const options = ["--parallel", "--trace-leaks", "--allow-all"];
  const source: TestRun = {
    paths: paths.length > 0 ? paths : ["tests/unit"],
    options: [...options, "--deny-ffi"],
    env: ENV,
  };
  const executable: TestRun = {
    paths: ["tests/built", ...peerTests()],
    options,
    env: { ...ENV, SEACP_EXECUTABLE: fileURLToPath(output) },
  };
  const first = await runTests(source);
  return paths.length > 0 ? first : both(first, await runTests(executable));
}

function both(one: TestResult, other: TestResult): TestResult {
  return {
    code: one.code || other.code,
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}
