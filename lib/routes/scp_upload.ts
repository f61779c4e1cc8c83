import {
  asConnectionFailure,
  type ConnectionFailure,
  ProtocolError,
  RefusalError,
} from "../errors.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import { lastName } from "../names/remote_path.ts";
import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import type { TreeSurvey } from "../scp/tree_survey.ts";
import { PreparedLayout } from "../scp/prepared_layout.ts";
import type { Reconnect } from "../scp/reconnect.ts";
import { ONE_AT_A_TIME } from "../scp/stall.ts";
import type { Source, SourceOptions } from "../scp/source.ts";
import type { UploadUnit } from "../scp/upload_units.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import { WOULD_PROMPT } from "./connection_starter.ts";
import { chosenFiles } from "./filters.ts";
import type { LoginPlan } from "./login_plan.ts";
import { warnOfOne } from "./one_connection.ts";
import type { PreparedDirectories, RemoteScp } from "./remote_scp.ts";
import type { RouteContext } from "./route.ts";
import { ScpConnections } from "./scp_connections.ts";
import { eachFailureOnce, hostObserver } from "./scp_observers.ts";
import {
  isShellsToRead,
  nameForMissing,
  recordModeBits,
  type ScpRequest,
  targetText,
} from "./scp_request.ts";
import {
  entryOfParent,
  planResume,
  type Resume,
  resumeInPlace,
} from "./scp_resume.ts";
import type { UploadProof } from "./scp_upload_proof.ts";
import type { UploadResume } from "./upload_resume.ts";
import type { ConnectionFailures, Dialogue } from "./scp_sessions.ts";
import { divideUpload } from "./scp_units.ts";
import { isDotTree } from "./upload_places.ts";
import { uploadWidth } from "./upload_width.ts";

/** Logins of an upload that several connections may make. */
interface Logins {
  readonly plan: LoginPlan;
  /** Connections that the upload has work for. */
  readonly width: number;
}

/** Helpers of an upload, each absent where nobody wants it. */
export interface UploadHelpers {
  /** Proof of what arrives. */
  readonly proof: UploadProof | undefined;
  /** Way to go on with what is there. */
  readonly resume: UploadResume | undefined;
}

/** Place of a tree, as the first sink found it. */
type Place = Pick<PreparedDirectories, "isThere">;

/** Options of a source that shares its upload with others. */
type Sharing = Pick<SourceOptions, "units" | "began">;

/** Dialogue that sends local paths to a sink. */
export class UploadDialogue implements Dialogue {
  readonly request: ScpRequest;
  readonly #paths: readonly string[];
  readonly #context: RouteContext;
  readonly #observer: Observer;
  readonly #resume: Resume | undefined;
  /** Absent where one connection makes the upload. */
  readonly #logins: Logins | undefined;
  readonly #helpers: UploadHelpers;
  /** Module of the source, which is loaded while ssh logs in. */
  readonly #loading = import("../scp/source.ts");
  #isReplaced = false;

  private constructor(
    paths: readonly string[],
    request: ScpRequest,
    context: RouteContext,
    { resume, logins, helpers }: {
      resume: Resume | undefined;
      logins: Logins | undefined;
      helpers: UploadHelpers;
    },
  ) {
    this.request = request;
    this.#paths = paths;
    this.#context = context;
    this.#resume = resume;
    this.#logins = logins;
    this.#helpers = helpers;
    const observer = logins === undefined
      ? context.observer
      : eachFailureOnce(context.observer);
    const told = isShellsToRead(context.job.options)
      ? observer
      : hostObserver(request.location.host, observer);
    this.#observer = helpers.proof?.observing(told) ?? told;
  }

  /** True where the first connection was lost, and others have made the copy. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  /**
   * @param context With the survey of the tree that is sent; absent where its
   * directories are not to be made in advance.
   * @throws {EntryError} If no remote shell can be given the target.
   */
  static async prepare(
    paths: readonly string[],
    target: RemoteLocation,
    { tree, planLogin, helpers, ...context }: RouteContext & {
      readonly tree: TreeSurvey | undefined;
      readonly helpers: UploadHelpers;
      /** Plans the login; gives `undefined` where one connection is to copy. */
      planLogin(): Promise<LoginPlan | undefined>;
    },
  ): Promise<UploadDialogue> {
    const { files, job: { options } } = context;
    const targetIsDirectory = options.targetIsDirectory ||
      isDotTree(paths, context);
    const isOneFile = paths.length === 1 && !options.recursive;
    const resume = options.lockstep || isOneFile
      ? undefined
      : await planResume(paths, target, { files, options, targetIsDirectory });
    const width = await uploadWidth(paths, files, options);
    const plan = width > 1 ? await planLogin() : undefined;
    const logins = plan && { plan, width };
    return new UploadDialogue(
      paths,
      {
        role: "-t",
        location: target,
        path: targetText(target.path, options),
        targetIsDirectory,
        mayRestart: resume !== undefined || tree !== undefined ||
          plan?.dependsOnPrompts === true,
        ...(tree === undefined ? {} : { tree }),
        part: plan?.first,
        restartsSilently: plan?.others !== undefined && !plan.dependsOnPrompts,
      },
      context,
      { resume, logins, helpers },
    );
  }

  async start(): Promise<undefined> {}

  async run([scp]: readonly [RemoteScp]): Promise<ConnectionFailures> {
    const failure = this.#logins === undefined
      ? await this.#sendAll(scp)
      : await this.#sendOverSeveral(scp, this.#logins);
    const { proof, resume } = this.#helpers;
    await resume?.settle(this.#observer, { isLost: failure !== undefined });
    await proof?.settle();
    return [failure];
  }

  async #sendAll(scp: RemoteScp): Promise<ConnectionFailure | undefined> {
    let sent = 0;
    const failure = await (async () => {
      const source = await this.#sourceFor(scp, scp.prepared, {});
      for (const path of this.#paths) {
        sent++;
        await source.send(path);
      }
      await source.end();
    })().then(() => undefined, asConnectionFailure);
    if (sent > 0) this.#reportUnsent(this.#paths.slice(sent));
    return failure;
  }

  #reportUnsent(paths: readonly string[]): void {
    for (const path of paths) {
      const message = `${path}: not sent`;
      this.#observer.report({ kind: "failure", message, path });
    }
  }

  /** Sends all over several connections, or over one and says why. */
  async #sendOverSeveral(
    scp: RemoteScp,
    { plan, width }: Logins,
  ): Promise<ConnectionFailure | undefined> {
    const hasPrompted = plan.dependsOnPrompts && scp.hasPrompted;
    const part = hasPrompted ? undefined : plan.others;
    const division = part === undefined
      ? WOULD_PROMPT
      : divideUpload(this.#paths, scp.prepared, this.#context);
    if (part !== undefined && typeof division !== "string") {
      return await this.#share(scp, division, { part, width });
    }
    const { host } = this.request.location;
    warnOfOne(host, division as string, this.#context);
    return await this.#sendAll(scp);
  }

  /** Has several connections send some units. */
  async #share(
    scp: RemoteScp,
    units: readonly UploadUnit[],
    { part, width }: { part: LoginPart; width: number },
  ): Promise<ConnectionFailure | undefined> {
    const place = scp.prepared;
    const sharing = {
      began: Date.now(),
      units: new Set(units.flatMap(({ planned }) => planned?.source ?? [])),
    };
    const source = await this.#sourceFor(scp, place, sharing)
      .catch(asConnectionFailure);
    if (source instanceof Error) return source;
    const upload = {
      units,
      part,
      width: Math.min(width, units.length),
      requestFor: (part: LoginPart) => this.#requestFor(part, place),
      sourceFor: (other: RemoteScp) => this.#sourceFor(other, place, sharing),
    };
    const connections = new ScpConnections(scp, upload, this.#context);
    const { failure, isReplaced, left } = await connections.run(source);
    this.#isReplaced = isReplaced;
    this.#reportUnsent(
      left.flatMap(({ path, planned }) => planned === undefined ? path : []),
    );
    return failure;
  }

  /** Gives the request for a sink beside the first one, which has made the target. */
  #requestFor(part: LoginPart, place: Place | undefined): ScpRequest {
    const { tree, ...first } = this.request;
    const request = { ...first, part, restartsSilently: true };
    if (tree === undefined || place === undefined) return request;
    if (place.isThere) return { ...request, tree };
    const { parent, name } = entryOfParent(request.location.path);
    const path = targetText(parent, this.#context.job.options);
    return { ...request, path, tree: { ...tree, name } };
  }

  /**
   * @param place Place of a tree whose directories are made; else absent.
   * @throws {RefusalError} If the sink refuses its target.
   */
  async #sourceFor(
    scp: RemoteScp,
    place: Place | undefined,
    sharing: Sharing,
  ): Promise<Source> {
    const source = await this.#source(scp.channel, "content", sharing);
    if (scp.prepared !== undefined && place !== undefined) {
      const layout = this.#layoutFor(scp.prepared, place);
      source.speculateBy(this.#reconnect(scp, place), layout);
      return source;
    }
    const refusal = await source.begin();
    if (refusal === undefined) {
      const reconnect = this.#reconnect(scp, undefined);
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
  #layoutFor(
    { plan, key }: PreparedDirectories,
    { isThere }: Place,
  ): PreparedLayout {
    const { location: { path } } = this.request;
    const { name } = this.request.tree!;
    const target = isThere ? this.#context.files.join(path, name) : path;
    return new PreparedLayout(plan, { key, target });
  }

  /** Gives the way to reconnect where a sink is lost. */
  #reconnect(scp: RemoteScp, place: Place | undefined): Reconnect {
    const { path, targetIsDirectory, location } = this.request;
    if (place !== undefined) {
      const { isThere } = place;
      const { options } = this.#context.job;
      return () =>
        resumeInPlace(scp, { target: location.path, isThere }, options);
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
    const source = await this.#source(channel, {
      name: nameForMissing(location.path),
    }, {});
    const refusal = await source.begin();
    if (refusal !== undefined) throw new RefusalError(refusal);
    return source;
  }

  async #source(
    channel: RemoteScp["channel"],
    dotPaths: "content" | { readonly name: string },
    sharing: Sharing,
  ): Promise<Source> {
    const { Source } = await this.#loading;
    const { job, rules, observer } = this.#context;
    const { proof, resume } = this.#helpers;
    const files = chosenFiles(proof?.files ?? this.#context.files, {
      roots: this.#paths.map(withoutTrailingSlashes),
      rules,
      observer,
    });
    const targetName = lastName(this.request.location.path);
    const options = {
      ...job.options,
      ...sharing,
      modeBits: recordModeBits(job.options),
      given: job.options.modes,
      isClient: true as const,
      dotPaths,
      targetName,
      leavesOut: resume &&
        ((path: string) => resume.leavesOut(path, this.#observer)),
    };
    return new Source(channel, files, options, this.#observer);
  }
}
