import { assert, assertEquals } from "@std/assert";
import { rawArguments } from "../../../lib/system/raw_arguments.ts";
import { runProgram } from "../../support/process/program.ts";
import { DECODING, lacksRawNames } from "../../support/fixtures/raw_names.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const MODULE = new URL(
  "../../../lib/system/raw_arguments.ts",
  import.meta.url,
);

/** Gives the arguments that a process sees of these words, once decoded. */
async function argumentsSeen(words: readonly string[]): Promise<string[]> {
  using directory = new TempDirectory();
  const script = `${directory.path}/print.ts`;
  Deno.writeTextFileSync(
    script,
    `import { rawArguments } from "${MODULE}";
    console.log(JSON.stringify(rawArguments(Deno.args, false)));`,
  );
  const deno = [Deno.execPath(), "run", "--quiet", "--allow-ffi", script];
  const { stdout, stderr } = await runProgram([
    ...DECODING,
    ...deno,
    ...words,
  ]);
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

Deno.test("rawArguments(): gives each byte of each argument", {
  ignore: lacksRawNames !== undefined,
}, async () => {
  const rows: readonly (readonly [words: string[], args: string[]])[] = [
    [["a", "caf\\0351", "", "\\0377"], ["a", "caf\udce9", "", "\udcff"]],
    [["caf\\0303\\0251", "\\0351"], ["café", "\udce9"]],
    [["\ufffd", "\ufeffa"], ["\ufffd", "\ufeffa"]],
    [["\ufffd\\0351"], ["\ufffd\udce9"]],
    [["\\0360\\0237\\0230", "a\nb"], ["\udcf0\udc9f\udc98", "a\nb"]],
  ];
  for (const [words, args] of rows) {
    assertEquals(await argumentsSeen(words), args);
  }
});

Deno.test("rawArguments(): leaves arguments without a replacement as they are", () => {
  const args = ["a", "", "é"];
  assert(rawArguments(args, false) === args);
});

Deno.test("rawArguments(): leaves what the process was not given", () => {
  const args = ["caf\ufffd"];
  assert(rawArguments(args, false) === args);
});
