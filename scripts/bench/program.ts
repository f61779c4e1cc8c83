import { fileURLToPath, pathToFileURL } from "node:url";
import { runProgram, SEACP } from "../../tests/support/process/program.ts";
import { build, productHere } from "../build.ts";
import { compileExecutable } from "../build/executable.ts";

/** In which form seacp is measured. */
export type Form = "built" | "source";

/** The program that is measured, and what it is held against as it starts. */
export interface Program {
  /** The command line that starts it. */
  readonly command: readonly string[];
  /** The one that starts a program of one line in the same form. */
  readonly oneLine: readonly string[];
  /** The runtime that runs it. */
  readonly deno: string;
}

const ONE_LINE = 'console.log("one line");\n';

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
  const file = `${directory}/one_line.ts`;
  Deno.writeTextFileSync(file, ONE_LINE);
  const programs = form === "source"
    ? { command: SEACP, oneLine: [...SEACP.slice(0, -1), file] }
    : await buildPrograms(file, tell);
  const { stdout } = await runProgram([...programs.command, "--version"]);
  const deno = /^deno: +(\S+)/m.exec(stdout)?.[1] ?? "unknown";
  return { ...programs, deno };
}

async function buildPrograms(
  oneLine: string,
  tell: (line: string) => void,
): Promise<Pick<Program, "command" | "oneLine">> {
  const product = productHere();
  await build([product], { official: false, tell });
  const output = `${oneLine}.exe`;
  await compileExecutable({ entry: pathToFileURL(oneLine) }, {
    triple: product.target.triple,
    output: pathToFileURL(output),
    official: false,
  });
  return { command: [fileURLToPath(product.output)], oneLine: [output] };
}
