import type { RemoteLocation } from "../location/location.ts";
import type { LoginPart } from "../ssh/arguments.ts";
import { ControlDirectory } from "../ssh/control_directory.ts";
import {
  sharesMaster,
  systemMeans,
  willPrompt,
} from "../ssh/prompt_prediction.ts";
import type { SessionContext } from "./route.ts";

/** Parts of the ssh processes of one login. */
export interface LoginPlan {
  readonly first: LoginPart;
  /** Part of all others; absent where each would prompt. */
  readonly others: LoginPart | undefined;
  /** True where the others are not to start if the first one has prompted. */
  readonly dependsOnPrompts: boolean;
}

/** Plans of the logins of a job, and the sockets that they share logins by. */
export class LoginPlans implements Disposable {
  readonly #context: SessionContext;
  #controlDirectory: ControlDirectory | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /**
   * Plans the login of a location; gives `undefined` where one ssh is to copy. A
   * master that is running is shared, a master of our own is made with `--share`;
   * else the others log in by themselves, unless that prompts.
   */
  async planFor(location: RemoteLocation): Promise<LoginPlan | undefined> {
    const { jobs, share, sftpServer } = this.#context.job.options;
    if (jobs === 1) return undefined;
    const first = { kind: "first" } as const;
    const silent = { kind: "silent" } as const;
    if (sftpServer !== undefined) return planOf(first, silent);
    const { configuration, means, isShared } = await this.#predict(location);
    if (isShared) return planOf(first, { kind: "shared" });
    if (share) {
      const plan = this.planMaster();
      if (plan !== undefined) return plan;
      this.#warnOfNoMaster();
    }
    if (await willPrompt(configuration, means)) return planOf(first, undefined);
    const cannotPrompt = configuration?.isOn("batchmode") === true;
    return { ...planOf(first, silent), dependsOnPrompts: !cannotPrompt };
  }

  /**
   * Plans a login that prompts once: the first ssh is a master of our own, which all
   * others share. Gives `undefined` where ssh has no masters.
   */
  planMaster(): LoginPlan | undefined {
    this.#controlDirectory ??= ControlDirectory.make();
    const socket = this.#controlDirectory?.nextSocket();
    return socket === undefined
      ? undefined
      : planOf({ kind: "master", socket }, { kind: "shared", socket });
  }

  /**
   * Gives the part of an ssh beside those of a copy, which never prompts; `undefined`
   * where it would have to.
   *
   * @param plan Plan of the copy's login; absent where one ssh copies.
   */
  async partBeside(
    location: RemoteLocation,
    plan: LoginPlan | undefined,
  ): Promise<LoginPart | undefined> {
    if (plan !== undefined) return plan.others;
    const { configuration, means, isShared } = await this.#predict(location);
    if (isShared) return { kind: "shared" };
    if (await willPrompt(configuration, means)) return undefined;
    return { kind: "silent" };
  }

  /** Gives what tells of a login beforehand, and if it shares a master that runs. */
  async #predict(location: RemoteLocation) {
    const { job: { options: { ssh } }, hosts } = this.#context;
    const configuration = await hosts.configurationOf(location);
    const means = systemMeans(ssh, location);
    const isShared = configuration !== undefined &&
      await sharesMaster(configuration, means);
    return { configuration, means, isShared };
  }

  #warnOfNoMaster(): void {
    this.#context.observer.report({
      kind: "warning",
      message: "ssh cannot share a login here: --share is left out",
    });
  }

  /** Removes the sockets. */
  [Symbol.dispose](): void {
    this.#controlDirectory?.[Symbol.dispose]();
  }
}

function planOf(first: LoginPart, others: LoginPart | undefined): LoginPlan {
  return { first, others, dependsOnPrompts: false };
}
