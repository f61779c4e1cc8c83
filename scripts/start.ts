// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Starts each product of a release that this machine can run: checks the sum of
 * its archive, unpacks it, asks the executable for its version and, where there
 * is an sshd, has it copy a tree there and back.
 *
 *     deno task start --release=DIRECTORY
 */

import { parseArgs } from "@std/cli/parse-args";
import config from "../deno.json" with { type: "json" };
import { root } from "./build/root.ts";
import { type Command, runCommand } from "./build/run.ts";
import { sha256 } from "./build/sha256.ts";
import { findTarget, type Target, TARGETS } from "./build/targets.ts";
import { emulatedArm64 } from "./emulation/arm64.ts";
import { hasWine, underWine } from "./emulation/wine.ts";
import { findProgram } from "./peers.ts";
import { archiveName, unpackArchive } from "./release/archives.ts";
import { checksums } from "./release/stamp.ts";
import { refuseArgument, runTask } from "./task.ts";

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
 * Gives the archives of a release by their names.
 *
 * @throws {Error} If they are not the very ones in SHA256SUMS.
 */
function checkedArchives(release: string): Map<string, Uint8Array> {
  const archives = new Map<string, Uint8Array>();
  const text = Deno.readTextFileSync(`${release}/SHA256SUMS`);
  for (const line of text.split("\n").slice(0, -1)) {
    const [, name] = /^[0-9a-f]{64} {2}(\S+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`SHA256SUMS says: ${line}`);
    const content = Deno.readFileSync(`${release}/${name}`);
    if (checksums(new Map([[name, sha256(content)]])) !== `${line}\n`) {
      throw new Error(`${name} is not the one in SHA256SUMS`);
    }
    archives.set(name, content);
  }
  return archives;
}

/**
 * Starts a target's product, from its archive.
 *
 * @returns What became of it, in a few words.
 * @throws {Error} If it does not do what it has to.
 */
async function start(target: Target, archive: Uint8Array): Promise<string> {
  const directory = Deno.makeTempDirSync({ prefix: "seacp-start-" });
  try {
    unpackArchive(target, archive, directory);
    const program = `${directory}/seacp-${target.triple}/${target.executable}`;
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
    Deno.removeSync(directory, { recursive: true });
  }
}

if (import.meta.main) {
  await runTask(async () => {
    const { release } = parseArgs(Deno.args, {
      string: ["release"],
      unknown: refuseArgument,
    });
    if (!release) throw new RangeError("--release=DIRECTORY is needed");
    const archives = checkedArchives(release);
    if (!archives.has(archiveName(findTarget(Deno.build.target)))) {
      throw new Error(`${release} has no archive for ${Deno.build.target}`);
    }
    for (const target of TARGETS) {
      const archive = archives.get(archiveName(target));
      if (archive === undefined) continue;
      console.log(`${target.triple}: ${await start(target, archive)}`);
    }
  });
}
