import { fileURLToPath, pathToFileURL } from "node:url";
import { runProgram } from "../../tests/support/process/program.ts";
import { build, productHere } from "../build.ts";
import { compileExecutable } from "../build/executable.ts";
import { root } from "../build/root.ts";
import { runCommand } from "../build/run.ts";

/** In which form seacp is measured. */
export type Form = "built" | "source";

/** The program that is measured, and what it is held against. */
export interface Program {
  /** The command line that starts it. */
  readonly command: readonly string[];
  /** The one that starts a program of one line in the same form. */
  readonly oneLine: readonly string[];
  /** The one that starts the program of the floor in the same form. */
  readonly replay: readonly string[];
  /** The runtime that runs it. */
  readonly deno: string;
}

const ONE_LINE = 'console.log("one line");\n';

/** Runs a program from its source. */
const RUN = [Deno.execPath(), "run", "--quiet", "--allow-all"];

const MAIN = fileURLToPath(new URL("main.ts", root));

const REPLAY = fileURLToPath(import.meta.resolve("./replay.ts"));

/**
 * Makes the program ready to run.
 *
 * @param directory Where what it is held against is put.
 * @param tell Is told what was built.
 * @throws {Error} If it cannot be built.
 */
export async function prepareProgram(
  form: Form,
  directory: string,
  tell: (line: string) => void,
): Promise<Program> {
  const oneLine = `${directory}/one_line.ts`;
  Deno.writeTextFileSync(oneLine, ONE_LINE);
  const programs = form === "source"
    ? {
      command: [...RUN, MAIN],
      oneLine: [...RUN, oneLine],
      replay: [...RUN, REPLAY],
    }
    : {
      command: await buildSeacp(tell),
      oneLine: await compile(oneLine),
      replay: await compile(await bundleReplay(directory)),
    };
  const { stdout } = await runProgram([...programs.command, "--version"]);
  const deno = /^deno: +(\S+)/m.exec(stdout)?.[1] ?? "unknown";
  return { ...programs, deno };
}

async function buildSeacp(tell: (line: string) => void): Promise<string[]> {
  const product = productHere();
  await build([product], { official: false, tell });
  return [fileURLToPath(product.output)];
}

async function bundleReplay(directory: string): Promise<string> {
  const output = `${directory}/replay.js`;
  await runCommand([
    Deno.execPath(),
    ...["bundle", "--quiet", "--platform=deno", `--output=${output}`],
    REPLAY,
  ], { cwd: root });
  return output;
}

async function compile(source: string): Promise<string[]> {
  const output = `${source}.exe`;
  await compileExecutable({ entry: pathToFileURL(source) }, {
    triple: productHere().target.triple,
    output: pathToFileURL(output),
    official: false,
  });
  return [output];
}
