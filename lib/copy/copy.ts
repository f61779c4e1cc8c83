import { EntryError, entryError } from "../errors.ts";
import { currentUmask, LocalFiles } from "../files/local_files.ts";
import type { Location, RemoteLocation } from "../location/location.ts";
import { checkLogin, checkSourceUser } from "../location/login.ts";
import { parseLocation } from "../location/operand.ts";
import type { Reporter } from "../progress/reporter.ts";
import type { CopyContext } from "./context.ts";
import { copyDirectly } from "./direct.ts";
import { download } from "./download.ts";
import { FarSide } from "./far_side.ts";
import type { CopyJob } from "./job.ts";
import { relay } from "./relay.ts";
import { transfer } from "./transfer.ts";
import { upload } from "./upload.ts";

/**
 * Copies each source to the target, in order, by the route its two ends ask
 * for. What fails is told to the reporter; nothing is thrown for it.
 */
export async function copy(job: CopyJob, reporter: Reporter): Promise<void> {
  try {
    await new Copy(job, reporter).run();
  } catch (error) {
    reporter.failed(entryError(error).message);
  }
}

class Copy {
  readonly #context: CopyContext;
  readonly #madeLinks = new Set<string>();

  constructor(job: CopyJob, reporter: Reporter) {
    this.#context = {
      job,
      reporter,
      files: new LocalFiles(),
      farSide: new FarSide(job, reporter),
    };
  }

  /** @throws {EntryError} If the target cannot be one, for any source. */
  async run(): Promise<void> {
    const { job } = this.#context;
    const target = parseLocation(job.target, job.rules);
    if (target.kind === "remote") return await this.#copyToRemote(target);
    if (job.options.targetIsFolder) await this.#checkFolder(target.path);
    for (const source of this.#sources()) {
      if (job.interrupted.aborted) return;
      if (source.kind === "local") {
        await this.#copyHere(source.path, target.path);
      } else {
        await download(source, target.path, this.#context);
      }
    }
  }

  /** The sources that make sense; each other is reported in its turn. */
  *#sources(): Iterable<Location> {
    const { job, reporter } = this.#context;
    for (const operand of job.sources) {
      try {
        const source = parseLocation(operand, job.rules);
        if (source.kind === "remote") {
          checkLogin(source);
          checkSourceUser(source);
        }
        yield source;
      } catch (error) {
        reporter.failed(entryError(error).message);
      }
    }
  }

  /** Neighbouring local sources share a session. */
  async #copyToRemote(target: RemoteLocation): Promise<void> {
    checkLogin(target);
    let paths: string[] = [];
    for (const source of this.#sources()) {
      if (source.kind === "local") paths.push(source.path);
      else {
        await this.#upload(paths, target);
        paths = [];
        await this.#copyBetween(source, target);
      }
    }
    await this.#upload(paths, target);
  }

  async #upload(
    paths: readonly string[],
    target: RemoteLocation,
  ): Promise<void> {
    if (paths.length === 0 || this.#context.job.interrupted.aborted) return;
    await upload(paths, target, this.#context);
  }

  async #copyBetween(
    source: RemoteLocation,
    target: RemoteLocation,
  ): Promise<void> {
    const { job } = this.#context;
    if (job.interrupted.aborted) return;
    const copy = job.options.throughHere ? relay : copyDirectly;
    await copy(source, target, this.#context);
  }

  async #checkFolder(path: string): Promise<void> {
    const { kind } = await this.#context.files.attributes(path);
    if (kind !== "folder") throw new EntryError(`${path}: Not a directory`);
  }

  async #copyHere(source: string, target: string): Promise<void> {
    const { job, files, reporter } = this.#context;
    const { recursive, preserve } = job.options;
    const store = { preserve, umask: currentUmask(), modeBits: 0o1777 };
    await transfer(
      { files, path: source },
      { files, path: target },
      {
        options: {
          recursive,
          preserve,
          store,
          madeLinks: this.#madeLinks,
          interrupted: job.interrupted,
        },
        observer: reporter,
      },
    );
  }
}
