// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Starts each product of a release that this machine can run: checks the sum of
 * its archive, unpacks it, asks the executable for its version and, where there
 * is an sshd, has it copy a tree there and back.
 *
 *     deno task start --release=FOLDER
 */

import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { root } from "./build/root.ts";
import { type Command, runCommand } from "./build/run.ts";
import { sha256 } from "./build/sha256.ts";
import { type Target, TARGETS } from "./build/targets.ts";
import { emulatedArm64 } from "./emulation/arm64.ts";
import { hasWine, underWine } from "./emulation/wine.ts";
import { findProgram } from "./peers.ts";
import { archiveName, unpackArchive } from "./release/archives.ts";
import { checksums } from "./release/stamp.ts";
import { runTask } from "./task.ts";

/** Gives the command that runs a product here; `undefined` if nothing does. */
function commandFor({ triple }: Target, program: string): Command | undefined {
  if (triple === Deno.build.target) return [program];
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") return undefined;
  switch (triple) {
    case "aarch64-unknown-linux-gnu":
      return emulatedArm64(program);
    case "x86_64-pc-windows-msvc":
      return hasWine() ? underWine(program) : undefined;
    default:
      return undefined;
  }
}

/**
 * Gives a target's archive.
 *
 * @throws {Error} If SHA256SUMS has another sum for it, or none.
 */
function checkedArchive(release: string, target: Target): Uint8Array {
  const name = archiveName(target);
  const content = Deno.readFileSync(`${release}/${name}`);
  const line = checksums(new Map([[name, sha256(content)]]));
  if (!Deno.readTextFileSync(`${release}/SHA256SUMS`).includes(line)) {
    throw new Error(`${name} is not the one in SHA256SUMS`);
  }
  return content;
}

/**
 * Starts a target's product.
 *
 * @returns What became of it, in a few words.
 * @throws {Error} If its archive is not right, or it does not do what it has to.
 */
async function start(release: string, target: Target): Promise<string> {
  const content = checkedArchive(release, target);
  const folder = Deno.makeTempDirSync({ prefix: "seacp-start-" });
  try {
    unpackArchive(target, content, folder);
    const program = `${folder}/seacp-${target.triple}/${target.executable}`;
    const command = commandFor(target, program);
    if (command === undefined) return "nothing here runs it";
    const version = await runCommand([...command, "--version"]);
    for (
      const line of [
        `seacp ${config.version}\n`,
        `target:    ${target.triple}\n`,
      ]
    ) {
      if (!version.includes(line)) throw new Error(`It says:\n${version}`);
    }
    const canCopy = command.length === 1 && Deno.build.os !== "windows" &&
      findProgram("sshd") !== undefined;
    if (!canCopy) return "tells its version";
    await runCommand(
      [Deno.execPath(), "run", "--allow-all", "scripts/demo.ts"],
      { cwd: root, env: { SEACP_EXECUTABLE: program } },
    );
    return "tells its version, and copies";
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  await runTask(async () => {
    const { values: { release } } = parseArgs({
      args: Deno.args,
      options: { release: { type: "string" } },
    });
    if (release === undefined) {
      throw new RangeError("--release=FOLDER is needed");
    }
    const names = Array.from(Deno.readDirSync(release), ({ name }) => name);
    const made = TARGETS.filter((it) => names.includes(archiveName(it)));
    if (!made.some(({ triple }) => triple === Deno.build.target)) {
      throw new Error(`${release} has no archive for ${Deno.build.target}`);
    }
    for (const target of made) {
      console.log(`${target.triple}: ${await start(release, target)}`);
    }
  });
}
