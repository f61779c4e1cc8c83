/** Host that everything is copied to and from, as the settings ask for it. */

import {
  PASSWORD_ALONE,
  PASSWORD_NEEDS,
  startWithPassword,
} from "../../tests/support/logins/passwords.ts";
import { type LoginSettings, Sshd } from "../../tests/support/ssh/sshd.ts";
import { findProgram } from "../peers.ts";
import type { Settings } from "./settings.ts";
import { shellCommand, writeScript } from "./shell.ts";

/** A throw-away sshd, and what leads to it; all of it goes with the host. */
export interface Host extends AsyncDisposable {
  readonly sshd: Sshd;
  /** Lines of ssh's configuration for this host. */
  readonly settings: string;
  /** Variables for each program that copies. */
  readonly environment: Readonly<Record<string, string>>;
}

const PASSWORD = "open sesame";

/**
 * Starts the host.
 *
 * @param seacp The command line that starts seacp.
 * @param directory Where its files are put.
 * @throws {Error} If it is to ask for a password and a program for that is
 * missing.
 */
export async function startHost(
  { remote, password, cache }: Pick<Settings, "remote" | "password" | "cache">,
  seacp: readonly string[],
  directory: string,
): Promise<Host> {
  const login: LoginSettings = {
    environment: remote === "seacp" ? pathWithScp(seacp, directory) : "",
    sftp: remote === "scp-only" ? "none" : "program",
  };
  const missing = password
    ? PASSWORD_NEEDS.filter((name) => !findProgram(name))
    : [];
  if (missing.length > 0) {
    throw new Error(`--password: not installed: ${missing.join(", ")}`);
  }
  await using owned = new AsyncDisposableStack();
  // seacp remembers hosts without SFTP: not in the user's own directory, nor on a
  // memory disk below /dev, which the runtime keeps from it.
  Deno.mkdirSync(cache, { recursive: true });
  const memory = Deno.makeTempDirSync({ dir: cache, prefix: "hosts-" });
  owned.defer(() => Deno.remove(memory, { recursive: true }));
  const environment = { XDG_CACHE_HOME: memory, SEACP_HOST_MEMORY: "yes" };
  const sshd = owned.use(
    await (password ? startWithPassword(PASSWORD, login) : Sshd.start(login)),
  );
  const all = owned.move();
  const host = {
    sshd,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
  if (!password) return { ...host, settings: "", environment };
  const askpass = `${directory}/askpass`;
  writeScript(askpass, shellCommand(["echo", PASSWORD]));
  return {
    ...host,
    settings: PASSWORD_ALONE,
    environment: {
      ...environment,
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: "force",
    },
  };
}

/** Gives a shell's setting of a PATH whose scp is the program. */
function pathWithScp(command: readonly string[], directory: string): string {
  const bin = `${directory}/remote-bin`;
  Deno.mkdirSync(bin);
  writeScript(`${bin}/scp`, `exec ${shellCommand(command)} "$@"`);
  return `PATH=${bin}:$PATH`;
}
