// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Wine, which runs programs for Windows on Linux: in a Debian of its own below
 * `dist`, for Debian 12's Wine 8 is too old for Deno.
 */

import { fileURLToPath } from "node:url";
import { isThere, removeIfThere } from "../build/files.ts";
import { dist, root } from "../build/root.ts";
import { type Command, runCommand } from "../build/run.ts";
import { ensurePeers, findProgram } from "../peers.ts";

/** Release of Debian that has Wine 10. */
const RELEASE = "trixie";

/** Directory of Wine and of what is kept beside it. */
export const wineDirectory = new URL("wine/", dist);

/** The Debian that Wine is installed in. */
const debian = new URL("debian/", wineDirectory);

/** Directory that Wine keeps: the disk `C:` and its registry. */
const prefix = new URL("prefix/", wineDirectory);

/** Is there once Wine is installed. */
const installed = new URL("installed", wineDirectory);

/**
 * Runs a command in that Debian, which sees the checkout and the system's
 * temporary files where they are here. All that is mounted for it is gone with
 * its last process: no mount is seen outside.
 */
const ENTER = `
debian=$1 checkout=$2
shift 2
for directory in /proc /dev /dev/shm /tmp /etc/ssl "$checkout"; do
  mkdir -p "$debian$directory"
  mount --bind "$directory" "$debian$directory"
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

/** Tells whether Wine was set up here. */
export function hasWine(): boolean {
  return isThere(installed);
}

/**
 * Sets Wine up, once.
 *
 * @throws {Error} If it cannot be set up here, with the reason.
 */
export async function installWine(): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error("Wine is set up on x86_64 Linux alone");
  }
  if (Deno.uid() !== 0) throw new Error("Wine is set up by root alone");
  if (hasWine()) return;
  ensurePeers({ more: { debootstrap: "debootstrap" } });
  if (findProgram("debootstrap") === undefined) {
    throw new Error("Wine cannot be set up without debootstrap");
  }
  console.error(`Installing Wine from Debian's packages in ${debian.pathname}`);
  removeIfThere(debian);
  Deno.mkdirSync(wineDirectory, { recursive: true });
  await runCommand(
    [
      ...["unshare", "--mount", "--propagation", "private", "debootstrap"],
      ...["--variant=minbase", "--include=wine,wine64", RELEASE],
      fileURLToPath(debian),
    ] as const,
  );
  Deno.writeTextFileSync(installed, `${RELEASE}\n`);
}
