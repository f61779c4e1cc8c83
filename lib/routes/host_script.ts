/** Start of the script that hashes files on a host, and moves their rests. */

import { HASH_PROBE, hashCommand } from "../digest/hash_script.ts";
import { RemoteHasher } from "../digest/remote_hasher.ts";
import { SessionError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { skipBanner } from "../scp/banner.ts";
import {
  type LoginPart,
  neverPrompts,
  sshArguments,
} from "../ssh/arguments.ts";
import type { Patience } from "../ssh/first_output.ts";
import type { SshSession } from "../ssh/session.ts";
import { laterObserver } from "./connection_starter.ts";
import type { SessionContext } from "./route.ts";
import { startSsh } from "./session_start.ts";

/** Timeouts of a silent remote, which is taken for one without commands then. */
const PATIENCE: Patience = { afterLogin: 5000, unseen: 15_000 };

/** Longest time from a shell's first output to the script's, in milliseconds. */
const BANNER_MILLISECONDS = 10_000;

/** Reason why a host hashes nothing. */
export const NO_COMMANDS = "the server runs no commands";

/** Settings of the script's ssh. */
export interface HostScriptOptions {
  /** Operands of the script, as the remote shell is given them; none if absent. */
  readonly operands?: string | undefined;
  readonly part: LoginPart;
  /** Stops its ssh when aborted. */
  readonly interrupted: AbortSignal;
}

/** Script on a host that was started, and may not have spoken yet. */
export class HostScript {
  readonly ssh: SshSession;
  readonly #key: string;

  /** @throws {SessionError} If ssh cannot be started. */
  constructor(
    location: RemoteLocation,
    { job: { options }, observer, hosts }: SessionContext,
    { operands, part, interrupted }: HostScriptOptions,
  ) {
    const key = `seacp-${crypto.randomUUID()}`;
    const command = hashCommand(key, operands);
    const isSilent = neverPrompts(part);
    this.#key = key;
    this.ssh = startSsh(
      {
        location,
        program: options.ssh.program,
        args: sshArguments(hosts.sshFor(location), location, command, part),
        command: "sh, which hashes files",
        service: "shell",
        isOutOfReach: isSilent,
      },
      { observer: isSilent ? laterObserver(observer, options) : observer },
      interrupted,
    );
  }

  /**
   * Begins the dialogue with it.
   *
   * @returns `undefined` where the host has no tool that hashes.
   * @throws {SessionError} If ssh ends, or the host is silent.
   * @throws {ProtocolError} If no script answers.
   */
  async begin(): Promise<RemoteHasher | undefined> {
    const { channel } = this.ssh;
    await channel.write(HASH_PROBE);
    await channel.flush();
    const sign = await this.ssh.awaitFirstOutput(PATIENCE);
    if (sign !== "spoke") throw new SessionError(NO_COMMANDS);
    await skipBanner(channel, this.#key, BANNER_MILLISECONDS);
    return await RemoteHasher.begin(channel);
  }
}
