import { asConnectionFailure } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { loginOf } from "../location/login.ts";
import { HeldOutput } from "./held_output.ts";
import type { SessionContext } from "./route.ts";
import { beginSftp, type BegunConnection } from "./sftp_start.ts";

/** Login to an SFTP server that began beside another host's, and never prompts. */
export interface EarlyLogin extends BegunConnection {
  /** Shows what ssh has said so far, and all that follows. */
  show(): void;
}

/** Login that begins, and what ends it. */
interface Beginning {
  readonly login: Promise<EarlyLogin | undefined>;
  readonly ending: AbortController;
}

/**
 * Logins that begin while the first host's goes on. One that would have to prompt
 * fails, and says nothing unless all is verbose: whoever needs the host logs in anew.
 */
export class EarlyLogins implements AsyncDisposable {
  readonly #context: SessionContext;
  readonly #interrupted: AbortSignal;
  readonly #beginnings = new Map<string, Beginning>();

  /** @param interrupted Ends each ssh when aborted. */
  constructor(context: SessionContext, interrupted: AbortSignal) {
    this.#context = context;
    this.#interrupted = interrupted;
  }

  /** Begins the login of a location, unless ssh is expected to prompt. */
  begin(location: RemoteLocation): void {
    const ending = new AbortController();
    const ended = AbortSignal.any([this.#interrupted, ending.signal]);
    const login = beginEarly(location, this.#context, ended);
    this.#beginnings.set(loginOf(location), { login, ending });
  }

  /** Gives a login, which is the caller's from now on; `undefined` if none began. */
  async take(name: string): Promise<EarlyLogin | undefined> {
    const beginning = this.#beginnings.get(name);
    this.#beginnings.delete(name);
    return await beginning?.login;
  }

  /** Ends the logins that nobody took. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { login, ending } of this.#beginnings.values()) {
      ending.abort();
      await (await login)?.ssh[Symbol.asyncDispose]();
    }
  }
}

/**
 * Begins a login. Gives `undefined` where ssh is expected to prompt, or may do so in
 * spite of being told not to; and where it does not start.
 */
async function beginEarly(
  location: RemoteLocation,
  context: SessionContext,
  interrupted: AbortSignal,
): Promise<EarlyLogin | undefined> {
  const { job: { options }, hosts } = context;
  // Several connections of a host have a plan of their own.
  const { sftpServer, jobs } = options;
  if (sftpServer !== undefined || jobs > 1) return undefined;
  if (!await staysSilent(location, hosts)) return undefined;
  const observer = new HeldOutput(context.observer);
  if (options.verbose) observer.release();
  try {
    const begun = beginSftp(location, { kind: "silent" }, context, {
      observer,
      isPaced: false,
      ended: interrupted,
    });
    return { ...begun, show: () => observer.release() };
  } catch (error) {
    asConnectionFailure(error);
    return undefined;
  }
}

/**
 * Predicts that an ssh that is told to be silent logs in without a prompt, or fails
 * without one.
 */
export async function staysSilent(
  location: RemoteLocation,
  hosts: SessionContext["hosts"],
): Promise<boolean> {
  const configuration = await hosts.configurationOf(location);
  if (configuration === undefined) return false;
  // The ssh to a jump host is not told to be silent.
  const isDirect = ["proxyjump", "proxycommand"].every((name) =>
    (configuration.get(name) ?? "none") === "none"
  );
  return isDirect && !await hosts.willAsk([location]);
}
