// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Makes `dist/seacp`, one executable file for this machine, or with `--target`
 * those for others, each in a directory of its own below `dist`.
 */

import { parseArgs } from "@std/cli/parse-args";
import { bundle } from "./build/bundle.ts";
import { checkedOutCommit } from "./build/commit.ts";
import { compileExecutable, type Permission } from "./build/executable.ts";
import { sha256 } from "./build/sha256.ts";
import { dist } from "./build/root.ts";
import { findTarget, type Target } from "./build/targets.ts";
import { refuseArgument, runTask } from "./task.ts";

/** Target of a build, and its output. */
export interface Product {
  readonly target: Target;
  readonly output: URL;
  /** As in `CompileOptions`. */
  readonly without?: Permission;
}

/** The executable for this machine. */
export function productHere(): Product {
  const target = findTarget(Deno.build.target);
  return { target, output: new URL(target.executable, dist) };
}

/** The executable for this machine that may not call the C library. */
export function productWithoutFfi(): Product {
  const { target } = productHere();
  const output = new URL(`without-ffi/${target.executable}`, dist);
  return { target, output, without: "ffi" };
}

/** The executable for each target, in a directory of its own. */
export function productsFor(triples: readonly string[]): Product[] {
  return triples.map(findTarget).map((target) => ({
    target,
    output: new URL(`${target.triple}/${target.executable}`, dist),
  }));
}

export interface BuildOptions {
  /** True where only Deno's own runtime and JSR's packages will do. */
  readonly official: boolean;
  /** Is told what was made, a line each. */
  readonly tell?: (line: string) => void;
}

/**
 * Makes every product, in their order, and tells each.
 *
 * @throws {Error} At the first that cannot be made.
 */
export async function build(
  products: readonly Product[],
  { official, tell = console.log }: BuildOptions,
): Promise<void> {
  const program = await bundle(checkedOutCommit(), { published: official });
  for (const { target: { triple }, output, without } of products) {
    const remark = await compileExecutable(program, {
      official,
      triple,
      output,
      without,
    });
    if (remark !== undefined) console.error(remark);
    const bytes = Deno.readFileSync(output);
    tell(
      `${output.pathname.slice(dist.pathname.length - "dist/".length)}: ` +
        `${bytes.length.toLocaleString("en")} bytes, SHA-256 ${sha256(bytes)}`,
    );
  }
}

if (import.meta.main) {
  await runTask(async () => {
    const { target, release } = parseArgs(Deno.args, {
      string: ["target"],
      collect: ["target"],
      boolean: ["release"],
      unknown: refuseArgument,
    });
    const products = target.length === 0
      ? [productHere()]
      : productsFor(target);
    await build(products, { official: release });
  });
}
