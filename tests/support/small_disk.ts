import { peerTest } from "./doors.ts";

/** A disk that is soon full: 256 KiB of memory, mounted where root may. */
export class SmallDisk implements Disposable {
  readonly #directory: string;

  /** @param directory An empty one, in whose place the disk is seen. */
  constructor(directory: string) {
    this.#directory = directory;
    if (!mount(directory)) throw new Error(`cannot mount on ${directory}`);
  }

  /** Whether one can be mounted here; it was tried. */
  static canBe(): boolean {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    const directory = Deno.makeTempDirSync({ prefix: "seacp-mount-" });
    try {
      if (!mount(directory)) return false;
      unmount(directory);
      return true;
    } finally {
      Deno.removeSync(directory);
    }
  }

  [Symbol.dispose](): void {
    unmount(this.#directory);
  }
}

let canMount: boolean | undefined;

/**
 * Registers a test that needs small disks, besides programs of the system.
 * Where none can be mounted, as in many a container, it is shown as ignored
 * with the reason, in CI too.
 */
export function diskTest(
  name: string,
  needs: readonly string[],
  fn: () => Promise<void>,
): void {
  canMount ??= SmallDisk.canBe();
  if (canMount) return peerTest(name, needs, fn);
  Deno.test({ name: `${name} (cannot mount a disk here)`, ignore: true, fn });
}

function mount(directory: string): boolean {
  return succeeds("mount", [
    ...["-t", "tmpfs", "-o", "size=256k", "tmpfs"],
    directory,
  ]);
}

/** Lazily: it goes from view at once, and for good with its last open file. */
function unmount(directory: string): void {
  succeeds("umount", ["--lazy", directory]);
}

function succeeds(program: string, args: string[]): boolean {
  try {
    const { success } = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
