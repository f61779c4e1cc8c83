// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Wine, which runs programs for Windows on Linux: in a Debian of its own below
 * `dist`, for Debian 12's Wine 8 is too old for Deno.
 */

import { fileURLToPath } from "node:url";
import { build, productsFor } from "../build.ts";
import { readIfThere, removeIfThere } from "../build/files.ts";
import { unpackFile } from "../build/npm_package.ts";
import { dist, root } from "../build/root.ts";
import { type Command, runCommand } from "../build/run.ts";
import { ensurePeers, findProgram } from "../peers.ts";
import { runTests, type TestResult } from "./deno_test.ts";
import { buildScriptedSsh } from "./scripted_ssh.ts";

/** Release of Debian that has Wine 10. */
const RELEASE = "trixie";

const TRIPLE = "x86_64-pc-windows-msvc";

const folder = new URL("wine/", dist);

/** The Debian that Wine is installed in. */
const debian = new URL("debian/", folder);

/** What Wine keeps: the disk `C:` and its registry. */
const prefix = new URL("prefix/", folder);

/**
 * Runs a command in that Debian, which sees the checkout and the system's
 * temporary files where they are here. All that is mounted for it is gone with
 * its last process: no mount is seen outside.
 */
const ENTER = `
debian=$1 checkout=$2
shift 2
for folder in /proc /dev /dev/shm /tmp /etc/ssl "$checkout"; do
  mkdir -p "$debian$folder"
  mount --bind "$folder" "$debian$folder"
done
exec chroot "$debian" sh -c 'cd "$0" && exec "$@"' "$checkout" "$@"
`;

/** Gives the command that runs a program for Windows, by its path here. */
export function underWine(program: string): Command {
  return [
    ...["env", `WINEPREFIX=${fileURLToPath(prefix)}`, "WINEDEBUG=-all"],
    // A driver that complains where there is no screen.
    "WINEDLLOVERRIDES=winewayland.drv=",
    ...["unshare", "--mount", "--propagation", "private"],
    ...["sh", "-ec", ENTER, "sh"],
    ...[fileURLToPath(debian), fileURLToPath(root), "wine", program],
  ] as const;
}

/**
 * Runs tests on Deno for Windows, and the executable for Windows in them.
 *
 * @param paths The tests; if there are none, the unit tests and those that play
 * ssh by scripts.
 * @throws {Error} If Wine cannot be set up here, or the executable not be made:
 * with the reason.
 */
export async function testUnderWine(
  paths: readonly string[],
): Promise<TestResult> {
  await installWine();
  const [product] = productsFor([TRIPLE]);
  await build([product!], { official: false });
  await buildScriptedSsh(TRIPLE);
  return await runTests({
    paths: paths.length > 0
      ? paths
      : ["tests/unit", "tests/built/scripted_ssh_test.ts"],
    options: ["--allow-all", "--no-check", "--parallel", "--trace-leaks"],
    // Wine calls the root of this system's files `Z:`.
    env: { SEACP_EXECUTABLE: `Z:${fileURLToPath(product!.output)}` },
    deno: underWine(await windowsDeno()),
  });
}

/** Sets Wine up, once. */
async function installWine(): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error("Wine is set up on x86_64 Linux alone");
  }
  if (Deno.uid() !== 0) throw new Error("Wine is set up by root alone");
  const installed = new URL("installed", folder);
  if (readIfThere(installed) !== undefined) return;
  ensurePeers({ more: { debootstrap: "debootstrap" } });
  if (findProgram("debootstrap") === undefined) {
    throw new Error("Wine cannot be set up without debootstrap");
  }
  console.error(`Installing Wine from Debian's packages in ${debian.pathname}`);
  removeIfThere(debian);
  Deno.mkdirSync(folder, { recursive: true });
  await runCommand(
    [
      ...["unshare", "--mount", "--propagation", "private", "debootstrap"],
      ...["--variant=minbase", "--include=wine,wine64", RELEASE],
      fileURLToPath(debian),
    ] as const,
  );
  Deno.writeTextFileSync(installed, `${RELEASE}\n`);
}

/** Gives the path of this very Deno for Windows. */
async function windowsDeno(): Promise<string> {
  const { deno } = Deno.version;
  const kept = new URL(`deno-${deno}.exe`, folder);
  if (readIfThere(kept) === undefined) {
    const program = await unpackFile({
      package: `@deno/win32-x64@${deno}`,
      path: "package/deno.exe",
    });
    Deno.writeFileSync(kept, program);
  }
  return fileURLToPath(kept);
}
