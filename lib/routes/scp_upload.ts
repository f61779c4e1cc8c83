import { ProtocolError, RefusalError } from "../errors.ts";
import { isPlainName } from "../names/names.ts";
import { lastName } from "../names/remote_path.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import type { Reconnect } from "../scp/reconnect.ts";
import { ONE_AT_A_TIME } from "../scp/stall.ts";
import { Source } from "../scp/source.ts";
import { asConnectionFailure } from "./breach.ts";
import type { RouteContext } from "./context.ts";
import { type BeginNext, nextUpload } from "./next_upload.ts";
import type { RemoteScp, ScpRequest } from "./remote_scp.ts";
import { hostObserver } from "./remote_words.ts";
import { isShellsToRead, recordModeBits, targetText } from "./request.ts";
import type { ConnectionFailures, Dialogue } from "./scp_sessions.ts";
import { isDotTree, mustBeDirectory } from "./target_rules.ts";

/** Name of a directory that its target gives another one. */
const ANY_NAME = "new";

/** Sends local paths to an scp that is a sink. */
export class UploadDialogue implements Dialogue {
  readonly request: ScpRequest;
  readonly #paths: readonly string[];
  readonly #context: RouteContext;
  readonly #observer: Observer;
  readonly #beginNext: BeginNext | undefined;

  private constructor(
    paths: readonly string[],
    request: ScpRequest,
    context: RouteContext,
    beginNext: BeginNext | undefined,
  ) {
    this.request = request;
    this.#paths = paths;
    this.#context = context;
    this.#beginNext = beginNext;
    this.#observer = isShellsToRead(context.job.options)
      ? context.observer
      : hostObserver(request.location.host, context.observer);
  }

  /** @throws {EntryError} If no remote shell can be given the target. */
  static async prepare(
    paths: readonly string[],
    target: RemoteLocation,
    context: RouteContext,
  ): Promise<UploadDialogue> {
    const { files, job: { options } } = context;
    const targetIsDirectory = mustBeDirectory(paths, context);
    const isOneFile = paths.length === 1 && !options.recursive;
    const beginNext = options.lockstep || isOneFile
      ? undefined
      : await nextUpload(paths, target, { files, options, targetIsDirectory });
    return new UploadDialogue(
      paths,
      {
        role: "-t",
        location: target,
        path: targetText(target.path, options),
        targetIsDirectory,
        mayRestart: beginNext !== undefined,
      },
      context,
      beginNext,
    );
  }

  async begin(): Promise<undefined> {}

  async hold([scp]: readonly [RemoteScp]): Promise<ConnectionFailures> {
    let begun = 0;
    const failure = await (async () => {
      const source = await this.#sourceFor(scp);
      for (const path of this.#paths) {
        begun++;
        await source.send(path);
      }
      await source.end();
    })().then(() => undefined, asConnectionFailure);
    if (begun > 0) {
      for (const path of this.#paths.slice(begun)) {
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
    const refusal = await source.begin();
    if (refusal === undefined) {
      const beginAnew = this.#beginAnew(scp);
      const mayGoAhead = this.#beginNext !== undefined && scp.canRestart;
      if (mayGoAhead) source.speculateBy(beginAnew);
      else source.reconnectBy(beginAnew);
      return source;
    }
    const isMissing = refusal.endsWith("No such file or directory");
    const isOneTree = this.#paths.length === 1 &&
      isDotTree(this.#paths, this.#context);
    if (!isMissing || !isOneTree) throw new RefusalError(refusal);
    return await this.#makeTarget(scp);
  }

  /** Gives the way to go on where a sink is lost. */
  #beginAnew(scp: RemoteScp): Reconnect {
    const { path, targetIsDirectory } = this.request;
    return async (isInside) => {
      if (!isInside) {
        return { channel: await scp.restart({ path, targetIsDirectory }) };
      }
      if (this.#beginNext !== undefined) return await this.#beginNext(scp);
      throw new ProtocolError(ONE_AT_A_TIME);
    };
  }

  /** Has the sink make a missing target of a directory without a name. */
  async #makeTarget(scp: RemoteScp): Promise<Source> {
    const { path, location } = this.request;
    const channel = await scp.restart({ path, targetIsDirectory: false });
    const name = lastName(location.path);
    const source = this.#source(channel, {
      name: isPlainName(name) ? name : ANY_NAME,
    });
    const refusal = await source.begin();
    if (refusal !== undefined) throw new RefusalError(refusal);
    return source;
  }

  #source(
    channel: RemoteScp["channel"],
    dotPaths: "content" | { readonly name: string },
  ): Source {
    const { files, job } = this.#context;
    const targetName = lastName(this.request.location.path);
    const options = {
      ...job.options,
      modeBits: recordModeBits(job.options),
      isClient: true as const,
      dotPaths,
      targetName,
    };
    return new Source(channel, files, options, this.#observer);
  }
}
