import { asConnectionFailure, ProtocolError, RefusalError } from "../errors.ts";
import { isDotName, withoutTrailingSlashes } from "../names/names.ts";
import { lastName } from "../names/remote_path.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import type { TreeSurvey } from "../scp/tree_survey.ts";
import { PreparedLayout } from "../scp/prepared_layout.ts";
import type { Reconnect } from "../scp/reconnect.ts";
import { ONE_AT_A_TIME } from "../scp/stall.ts";
import { Source } from "../scp/source.ts";
import { chosenFiles } from "./filters.ts";
import type { RemoteScp, ScpRequest } from "./remote_scp.ts";
import type { RouteContext } from "./route.ts";
import { hostObserver } from "./scp_observers.ts";
import {
  isShellsToRead,
  nameForMissing,
  recordModeBits,
  targetText,
} from "./scp_request.ts";
import { planResume, type Resume, resumeInPlace } from "./scp_resume.ts";
import type { ConnectionFailures, Dialogue } from "./scp_sessions.ts";

/** Dialogue that sends local paths to a sink. */
export class UploadDialogue implements Dialogue {
  readonly request: ScpRequest;
  readonly #paths: readonly string[];
  readonly #context: RouteContext;
  readonly #observer: Observer;
  readonly #resume: Resume | undefined;

  private constructor(
    paths: readonly string[],
    request: ScpRequest,
    context: RouteContext,
    resume: Resume | undefined,
  ) {
    this.request = request;
    this.#paths = paths;
    this.#context = context;
    this.#resume = resume;
    this.#observer = isShellsToRead(context.job.options)
      ? context.observer
      : hostObserver(request.location.host, context.observer);
  }

  /**
   * @param context With the survey of the tree that is sent; absent where its
   * directories are not to be made in advance.
   * @throws {EntryError} If no remote shell can be given the target.
   */
  static async prepare(
    paths: readonly string[],
    target: RemoteLocation,
    { tree, ...context }: RouteContext & {
      readonly tree: TreeSurvey | undefined;
    },
  ): Promise<UploadDialogue> {
    const { files, job: { options } } = context;
    const targetIsDirectory = options.targetIsDirectory ||
      isDotTree(paths, context);
    const isOneFile = paths.length === 1 && !options.recursive;
    const resume = options.lockstep || isOneFile
      ? undefined
      : await planResume(paths, target, { files, options, targetIsDirectory });
    return new UploadDialogue(
      paths,
      {
        role: "-t",
        location: target,
        path: targetText(target.path, options),
        targetIsDirectory,
        mayRestart: resume !== undefined || tree !== undefined,
        ...(tree === undefined ? {} : { tree }),
      },
      context,
      resume,
    );
  }

  async start(): Promise<undefined> {}

  async run([scp]: readonly [RemoteScp]): Promise<ConnectionFailures> {
    let sent = 0;
    const failure = await (async () => {
      const source = await this.#sourceFor(scp);
      for (const path of this.#paths) {
        sent++;
        await source.send(path);
      }
      await source.end();
    })().then(() => undefined, asConnectionFailure);
    if (sent > 0) {
      for (const path of this.#paths.slice(sent)) {
        this.#observer.report({
          kind: "failure",
          message: `${path}: not sent`,
        });
      }
    }
    return [failure];
  }

  /** @throws {RefusalError} If the sink refuses its target. */
  async #sourceFor(scp: RemoteScp): Promise<Source> {
    const source = this.#source(scp.channel, "content");
    const layout = this.#layoutFor(scp);
    if (layout !== undefined) {
      source.speculateBy(this.#reconnect(scp), layout);
      return source;
    }
    const refusal = await source.begin();
    if (refusal === undefined) {
      const reconnect = this.#reconnect(scp);
      const maySpeculate = this.#resume !== undefined && scp.canRestart;
      if (maySpeculate) source.speculateBy(reconnect);
      else source.reconnectBy(reconnect);
      return source;
    }
    const isMissing = refusal.endsWith("No such file or directory");
    const isOneTree = this.#paths.length === 1 &&
      isDotTree(this.#paths, this.#context);
    if (!isMissing || !isOneTree) throw new RefusalError(refusal);
    return await this.#makeTarget(scp);
  }

  /** Gives the layout of directories that were made for the sink. */
  #layoutFor({ prepared }: RemoteScp): PreparedLayout | undefined {
    if (prepared === undefined) return undefined;
    const { plan, key, isThere } = prepared;
    const { location: { path } } = this.request;
    const { name } = this.request.tree!;
    const target = isThere ? this.#context.files.join(path, name) : path;
    return new PreparedLayout(plan, { key, target });
  }

  /** Gives the way to reconnect where a sink is lost. */
  #reconnect(scp: RemoteScp): Reconnect {
    const { path, targetIsDirectory, location } = this.request;
    const { prepared } = scp;
    if (prepared !== undefined) {
      const place = { target: location.path, isThere: prepared.isThere };
      const { options } = this.#context.job;
      return () => resumeInPlace(scp, place, options);
    }
    return async (isInside) => {
      if (!isInside) {
        return { channel: await scp.restart({ path, targetIsDirectory }) };
      }
      if (this.#resume !== undefined) return await this.#resume(scp);
      throw new ProtocolError(ONE_AT_A_TIME);
    };
  }

  /** Has the sink make the missing target of a dot path. */
  async #makeTarget(scp: RemoteScp): Promise<Source> {
    const { path, location } = this.request;
    const channel = await scp.restart({ path, targetIsDirectory: false });
    const source = this.#source(channel, {
      name: nameForMissing(location.path),
    });
    const refusal = await source.begin();
    if (refusal !== undefined) throw new RefusalError(refusal);
    return source;
  }

  #source(
    channel: RemoteScp["channel"],
    dotPaths: "content" | { readonly name: string },
  ): Source {
    const { job, rules, observer } = this.#context;
    const files = chosenFiles(this.#context.files, {
      roots: this.#paths.map(withoutTrailingSlashes),
      rules,
      observer,
    });
    const targetName = lastName(this.request.location.path);
    const options = {
      ...job.options,
      modeBits: recordModeBits(job.options),
      given: job.options.modes,
      isClient: true as const,
      dotPaths,
      targetName,
    };
    return new Source(channel, files, options, this.#observer);
  }
}

/** Tells whether the content of a dot path is copied, straight into the target. */
export function isDotTree(
  paths: readonly string[],
  { files, job }: Pick<RouteContext, "files" | "job">,
): boolean {
  return job.options.recursive &&
    paths.some((path) => isDotName(files.nameOf(path)));
}
