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

/** A throw-away sshd, and what leads to it. */
export interface Host {
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
  { remote, password }: Pick<Settings, "remote" | "password">,
  seacp: readonly string[],
  directory: string,
): Promise<Host> {
  const login: LoginSettings = {
    environment: remote === "seacp" ? pathWithScp(seacp, directory) : "",
    sftp: remote === "scp-only" ? "none" : "program",
  };
  // seacp remembers hosts without SFTP: not in the user's own directory.
  const environment = { XDG_CACHE_HOME: `${directory}/cache` };
  if (!password) {
    return { sshd: await Sshd.start(login), settings: "", environment };
  }
  const missing = PASSWORD_NEEDS.filter((name) => !findProgram(name));
  if (missing.length > 0) {
    throw new Error(`--password: not installed: ${missing.join(", ")}`);
  }
  const askpass = `${directory}/askpass`;
  writeScript(askpass, shellCommand(["echo", PASSWORD]));
  return {
    sshd: await startWithPassword(PASSWORD, login),
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
