/** Prediction, before a login, of prompts that ssh would show. */

import { homeDirectory } from "../system/environment.ts";
import type { SshSettings } from "../options/copy_options.ts";
import { type Login, loginArguments } from "./arguments.ts";
import type { SshConfiguration } from "./configuration.ts";
import { succeeds } from "./program.ts";

/** Methods in ssh's default order (ssh_config(5)). */
const USUAL_METHODS =
  "gssapi-with-mic,hostbased,publickey,keyboard-interactive,password";

/** Bytes of a private key that show whether it is encrypted. */
const KEY_HEAD_BYTES = 512;

/** Means of a login without a prompt, each looked for when it is called. */
export interface LoginMeans {
  /** Looks for a Kerberos ticket. */
  hasTicket(): Promise<boolean>;
  /** Looks for a key that an agent holds. */
  hasAgentKey(socket: string | undefined): Promise<boolean>;
  /** Looks for a private key in a file, without a passphrase. */
  hasOpenKey(path: string): boolean;
  /** Looks for a running master that the login can share. */
  hasMaster(): Promise<boolean>;
}

/**
 * Predicts a prompt where there is no agent's key, no unencrypted key, no
 * Kerberos ticket and no running master. Only the login shows whether the server
 * accepts one of them.
 *
 * @param configuration Absent where it is not known: then no prompt is predicted.
 */
export async function willPrompt(
  configuration: SshConfiguration | undefined,
  means: LoginMeans,
): Promise<boolean> {
  if (configuration === undefined || configuration.isOn("batchmode")) {
    return false;
  }
  const methods = (configuration.get("preferredauthentications") ??
    USUAL_METHODS).split(",");
  if (methods.includes("publickey") && mayUseKeys(configuration)) {
    const paths = configuration.all("identityfile");
    if (paths.some((path) => means.hasOpenKey(path))) return false;
    const agent = configuration.get("identityagent");
    if (agent !== "none" && await means.hasAgentKey(agent)) return false;
  }
  const isHostBased = methods.includes("hostbased") &&
    configuration.isOn("hostbasedauthentication");
  if (isHostBased) return false;
  const mayUseTicket = methods.includes("gssapi-with-mic") &&
    configuration.isOn("gssapiauthentication");
  if (mayUseTicket && await means.hasTicket()) return false;
  return !await sharesMaster(configuration, means);
}

/** Tells whether a login shares a master that is running already. */
export async function sharesMaster(
  configuration: SshConfiguration,
  means: Pick<LoginMeans, "hasMaster">,
): Promise<boolean> {
  const path = configuration.get("controlpath") ?? "none";
  return path !== "none" && await means.hasMaster();
}

function mayUseKeys(configuration: SshConfiguration): boolean {
  const value = configuration.get("pubkeyauthentication");
  return value !== "no" && value !== "false";
}

/** Gives the means that this system has for a login. */
export function systemMeans(
  { program, flags, port: usual }: SshSettings,
  { user, host, port = usual }: Login,
): LoginMeans {
  return {
    hasTicket: () => succeeds("klist", ["-s"]),
    hasAgentKey: async (socket) => {
      const path = agentPath(socket);
      return path !== undefined &&
        await succeeds("ssh-add", ["-l"], { SSH_AUTH_SOCK: path });
    },
    hasOpenKey: (path) => isOpenKey(expanded(path)),
    hasMaster: () =>
      succeeds(program, [
        ...flags,
        ...loginArguments(user, port),
        "-Ocheck",
        "--",
        host,
      ]),
  };
}

/** Resolves `IdentityAgent` as ssh_config(5) says. */
function agentPath(value: string | undefined): string | undefined {
  if (value === undefined || value === "SSH_AUTH_SOCK") {
    return Deno.env.get("SSH_AUTH_SOCK") || undefined;
  }
  return value.startsWith("$")
    ? Deno.env.get(value.slice(1)) || undefined
    : expanded(value);
}

function expanded(path: string): string {
  const home = homeDirectory();
  return path.replace(/^~(?=\/)/, home).replaceAll("%d", home);
}

/** Tells whether a file holds a private key without a passphrase. */
function isOpenKey(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    const head = new Uint8Array(KEY_HEAD_BYTES);
    const count = file.readSync(head) ?? 0;
    return isOpenKeyText(new TextDecoder().decode(head.subarray(0, count)));
  } catch {
    return false;
  }
}

/** Beginning of an OpenSSH key whose cipher and KDF are `none`. */
const OPEN_KEY = "openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none";

/**
 * Tells whether a private key with this beginning needs no passphrase. OpenSSH's
 * format names its cipher (its PROTOCOL.key file); PEM says `ENCRYPTED`.
 */
export function isOpenKeyText(head: string): boolean {
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(head)) return false;
  if (!head.startsWith("-----BEGIN OPENSSH")) {
    return !head.includes("ENCRYPTED");
  }
  const body = head.slice(head.indexOf("\n")).replaceAll(/\s/g, "");
  const whole = body.slice(0, Math.ceil(OPEN_KEY.length / 3) * 4);
  try {
    return atob(whole).startsWith(OPEN_KEY);
  } catch {
    return false;
  }
}
