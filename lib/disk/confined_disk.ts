import { EntryError } from "../errors.ts";
import { type Access, mayMake, Moved } from "../filesystem/access.ts";
import { openRoot } from "../system/beneath.ts";
import { close } from "../system/descriptors.ts";
import { confineThread } from "../system/landlock.ts";
import { attempt } from "./attempt.ts";
import { statusOf } from "./confined_file.ts";
import { ConfinedRights } from "./confined_rights.ts";
import { ConfinedRoot } from "./confined_root.ts";
import { ConfinedServerCalls } from "./confined_server_calls.ts";
import { pathBytes } from "./linux_path.ts";
import { ServedDisk } from "./served_disk.ts";

/** Bits that nothing has which a client makes: others may not write to it. */
const LEAST_UMASK = 0o022;

/**
 * A directory whose content a server's clients see as a whole disk, and nothing
 * else.
 */
export class ConfinedDisk implements Disposable {
  readonly access: Access;
  /** Amounts that were moved so far. */
  readonly moved = new Moved();
  readonly files: ServedDisk;
  readonly #root: number;

  private constructor(root: number, access: Access) {
    this.#root = root;
    this.access = access;
    const rights = new ConfinedRights(access);
    this.files = new ServedDisk(
      new ConfinedServerCalls(
        new ConfinedRoot(root, rights.isShown),
        rights,
        this.moved,
      ),
    );
  }

  /**
   * Opens a directory by its path, for the last time that a path of the system is
   * used. From then on, the process's umask is 022 at least.
   *
   * @throws {EntryError} If it cannot be opened, or the system cannot confine.
   */
  static open(path: string, access: Access): ConfinedDisk {
    if (Deno.build.os !== "linux") {
      throw new EntryError(
        `${path}: only Linux has openat2(2), which keeps clients in a directory`,
      );
    }
    const root = attempt(path, () => openRoot(pathBytes(path)));
    Deno.umask(Deno.umask() | LEAST_UMASK);
    return new ConfinedDisk(root, access);
  }

  /** Identity of the directory, as of `FileSystem.identify`. */
  get identity(): string | undefined {
    return statusOf(this.#root).identity;
  }

  /**
   * Has the kernel, too, keep this thread in the directory, for good.
   *
   * @returns False where it has no Landlock.
   * @throws {EntryError} If it has it and refuses.
   */
  confine(): boolean {
    const mayWrite = mayMake(this.access);
    return attempt("Landlock", () => confineThread(this.#root, { mayWrite }));
  }

  [Symbol.dispose](): void {
    close(this.#root);
  }
}
