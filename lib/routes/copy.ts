import { Pacer } from "../channel/paced_channel.ts";
import { asEntryError, EntryError } from "../errors.ts";
import { makeDirectories } from "../filesystem/made_directories.ts";
import { PlannedEntries } from "../filesystem/planned_entries.ts";
import { NameCollisions } from "../filesystem/name_collisions.ts";
import { LocalFileSystem } from "../disk/local_file_system.ts";
import { pathsOnWindows } from "../filesystem/local_pattern.ts";
import type { Location, RemoteLocation } from "../location/location.ts";
import { checkLogin, checkSourceUser } from "../location/login.ts";
import { parseLocation } from "../location/operand.ts";
import type { Observer } from "../events/copy_event.ts";
import { Tally } from "../events/tally.ts";
import { TotalCount } from "../events/total_count.ts";
import type { CopyJob } from "../options/copy_options.ts";
import { environmentVariable } from "../system/environment.ts";
import { CopyMemory } from "../tree/copy_memory.ts";
import { holdsLengthless, isInside, mayLieInside } from "./copy_facts.ts";
import { Banners } from "./banners.ts";
import { countedUpload } from "./counted_upload.ts";
import { filterRulesOf } from "./filters.ts";
import { mayNotLook, writtenFiles } from "./dry_run.ts";
import { filesForDownload } from "./home_guard.ts";
import { ProtocolRoutes } from "./protocol_routes.ts";
import { Retries } from "./retries.ts";
import type { RouteContext } from "./route.ts";
import { copyRemotely } from "./remote_copy.ts";
import { HostMemory, memoryDirectory } from "./host_memory.ts";
import { Hosts } from "./hosts.ts";

/**
 * Copies each source to the target, in their order. Reports what fails, and
 * throws nothing for it.
 *
 * @returns The number of failures.
 */
export async function copy(
  job: CopyJob,
  observer: Observer,
): Promise<Pick<Tally, "failures" | "hasLostHost">> {
  const tally = new Tally(observer);
  try {
    const retries = new Retries(job, tally);
    const { observer } = retries;
    const planned = new PlannedEntries();
    const files = writtenFiles(new LocalFileSystem(), job.options, {
      planned,
      observer,
    });
    const rules = await filterRulesOf(files, job.options);
    await using copy = new Copy(job, retries, { files, rules, planned });
    await copy.run();
  } catch (error) {
    tally.report({ kind: "failure", message: asEntryError(error).message });
  } finally {
    tally.report({ kind: "end" });
  }
  return tally;
}

class Copy implements AsyncDisposable {
  readonly #context: RouteContext & {
    readonly retries: Retries;
    readonly protocols: ProtocolRoutes;
  };
  /** Count of all that is to be copied; absent where nobody asks for it. */
  readonly #total: TotalCount | undefined;
  /** Number of operands behind the current source. */
  #operandsLeft = 0;

  constructor(
    job: CopyJob,
    retries: Retries,
    { files, ...shared }: Pick<RouteContext, "files" | "rules" | "planned">,
  ) {
    const { bitsPerSecond } = job.options;
    const { observer } = retries;
    const memory = new HostMemory(memoryDirectory(environmentVariable));
    if (job.countsTotal) this.#total = new TotalCount(observer);
    const context = {
      job,
      observer,
      files,
      ...shared,
      among: new NameCollisions(files, job.target),
      settledLinks: new Map(),
      pacer: bitsPerSecond === undefined
        ? undefined
        : pacerUntil(job.interrupted, bitsPerSecond),
      banners: new Banners(observer),
      hosts: new Hosts(job.options, { memory, observer }),
    };
    const protocols = new ProtocolRoutes(context);
    this.#context = { ...context, retries, protocols };
  }

  /** Ends the sessions that serve the whole job. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.protocols[Symbol.asyncDispose]();
  }

  /** @throws {EntryError} If the target cannot be one, for any source. */
  async run(): Promise<void> {
    const { job } = this.#context;
    const target = parseLocation(job.target, job.rules);
    if (target.kind === "remote") return await this.#copyToRemote(target);
    if (job.options.targetIsDirectory) await this.#checkDirectory(target.path);
    for await (const source of this.#sources()) {
      if (job.interrupted.aborted) return;
      if (source.kind === "local") {
        const { copyHere } = await import("./local_copy.ts");
        await this.#orReport(() =>
          copyHere(source.path, target.path, {
            ...this.#context,
            ...this.#beginScan(),
          })
        );
      } else {
        await this.#download(source, target.path);
      }
    }
  }

  /** Gives the sources, and reports each one that is invalid in its turn. */
  async *#sources(): AsyncIterable<Location> {
    const { job, observer } = this.#context;
    for (const [at, operand] of job.sources.entries()) {
      this.#operandsLeft = job.sources.length - 1 - at;
      try {
        const source = parseLocation(operand, job.rules);
        if (source.kind === "remote") {
          checkLogin(source);
          checkSourceUser(source);
          yield source;
        } else {
          for (const path of await this.#expanded(source.path)) {
            yield { kind: "local", path };
          }
        }
      } catch (error) {
        observer.report({
          kind: "failure",
          message: asEntryError(error).message,
        });
      }
    }
  }

  /** Expands a pattern on Windows; elsewhere the shell has done so. */
  async #expanded(path: string): Promise<readonly string[]> {
    const { job, files } = this.#context;
    if (job.rules.platform === "posix") return [path];
    return await pathsOnWindows(path, files);
  }

  /** Copies the sources to a host; local ones in a row share a session. */
  async #copyToRemote(target: RemoteLocation): Promise<void> {
    checkLogin(target);
    let paths: string[] = [];
    for await (const source of this.#sources()) {
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
    const { options } = this.#context.job;
    if (mayNotLook(options)) {
      const { plan } = await import("./unseen_plan.ts");
      return await plan(paths, target, this.#context);
    }
    await countedUpload(
      paths,
      { ...this.#context, ...this.#beginScan() },
      () =>
        copyRemotely({
          way: "up",
          locations: [target],
          target,
          routes: this.#context.protocols.upload(paths, target, {
            ...this.#context,
            ...this.#remember(),
          }),
          facts: {
            sendsTree: options.recursive,
            makesTarget: options.makesTarget === true,
            sendsSeveral: paths.length > 1,
            hasLineBreak: paths.some((path) => path.includes("\n")),
          },
        }, this.#context),
    );
  }

  /** Gives the memory of a copy, where it may be tried several times. */
  #remember(): Partial<Pick<RouteContext, "memory">> {
    const { retries } = this.#context.job.options;
    return retries === undefined ? {} : { memory: new CopyMemory() };
  }

  /** Takes up a copy where somebody asks for the total. */
  #beginScan(): Partial<Pick<RouteContext, "scan">> {
    const scan = this.#total?.begin(this.#operandsLeft === 0);
    return scan === undefined ? {} : { scan };
  }

  async #download(source: RemoteLocation, target: string): Promise<void> {
    const paths = { source: source.path, target };
    const { files, job } = this.#context;
    const context = {
      ...this.#context,
      files: await filesForDownload(files, paths, job.options),
      ...this.#beginScan(),
      ...this.#remember(),
    };
    const mayNest = job.options.recursive &&
      await mayLieInside(files, target, source.path);
    await copyRemotely({
      way: "down",
      locations: [source],
      target: { kind: "local", path: target },
      routes: this.#context.protocols.download(source, target, context),
      facts: {
        bringsTree: job.options.recursive,
        mayNest,
        isLengthless: holdsLengthless(source.path),
        leavesOut: this.#context.rules !== undefined ||
          job.options.existing !== undefined,
      },
    }, context);
  }

  async #copyBetween(
    source: RemoteLocation,
    target: RemoteLocation,
  ): Promise<void> {
    const { job } = this.#context;
    if (job.interrupted.aborted) return;
    if (!job.options.throughHere) {
      const { copyDirectly } = await import("./direct_copy.ts");
      return await copyDirectly(source, target, this.#context);
    }
    const context = {
      ...this.#context,
      ...this.#beginScan(),
      ...this.#remember(),
    };
    const locations = [source, target];
    await copyRemotely({
      way: "between",
      locations,
      target,
      routes: this.#context.protocols.relay(source, target, context),
      facts: {
        hasTwoHosts: true,
        makesTarget: job.options.makesTarget === true,
        isLengthless: holdsLengthless(source.path),
        mayNest: job.options.recursive && isInside(target.path, source.path),
      },
    }, context);
  }

  async #checkDirectory(path: string): Promise<void> {
    const { files, job } = this.#context;
    if (job.options.makesTarget) await makeDirectories(files, path);
    const { kind } = await files.stat(path);
    if (kind !== "directory") throw new EntryError(`${path}: Not a directory`);
  }

  async #orReport(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#context.observer.report({
        kind: "failure",
        message: asEntryError(error).message,
      });
    }
  }
}

/** Makes a pacer that lets the last requests of an interrupted copy pass. */
function pacerUntil(interrupted: AbortSignal, bitsPerSecond: number): Pacer {
  const pacer = new Pacer(bitsPerSecond);
  interrupted.addEventListener("abort", () => pacer.release());
  return pacer;
}
