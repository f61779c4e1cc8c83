/** Tells before a login whether ssh will have to ask its user for something. */

import { homeDirectory } from "../system/environment.ts";
import type { SshSettings } from "../options/copy_options.ts";
import type { Login } from "./arguments.ts";
import { type SshConfiguration, succeeds } from "./configuration.ts";

/** Methods in the order that ssh tries them where no other is configured. */
const USUAL_METHODS =
  "gssapi-with-mic,hostbased,publickey,keyboard-interactive,password";

/** Most of a key that is read to see whether it is encrypted, in bytes. */
const KEY_HEAD_BYTES = 512;

/** Means of a login without a question, as far as they were looked for. */
export interface Means {
  /** A Kerberos ticket. */
  hasTicket(): Promise<boolean>;
  /** A key that an agent holds. */
  hasAgentKey(socket: string | undefined): Promise<boolean>;
  /** A private key in a file that needs no passphrase. */
  hasOpenKey(path: string): boolean;
  /** A running master that the login can share. */
  hasMaster(): Promise<boolean>;
}

/**
 * Tells whether a login will ask: it has no agent's key, no key of its own, no
 * Kerberos ticket and no running master. Whether the server takes what there is
 * shows only at the login.
 *
 * @param configuration Absent where nobody can tell; then the answer is no.
 */
export async function willAsk(
  configuration: SshConfiguration | undefined,
  means: Means,
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
  const path = configuration.get("controlpath") ?? "none";
  return path === "none" || !await means.hasMaster();
}

function mayUseKeys(configuration: SshConfiguration): boolean {
  const value = configuration.get("pubkeyauthentication");
  return value !== "no" && value !== "false";
}

/** Gives the means that this system has for a login. */
export function systemMeans(
  { program, flags, port: usual }: SshSettings,
  { user, host, port = usual }: Login,
): Means {
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
        ...(port === undefined ? [] : ["-p", String(port)]),
        ...(user === undefined ? [] : ["-l", user]),
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

/** The beginning of an OpenSSH key whose cipher and whose KDF are `none`. */
const OPEN_KEY = "openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none";

/**
 * Tells whether a private key that begins so needs no passphrase: OpenSSH's
 * PROTOCOL.key names its cipher, PEM says `ENCRYPTED`.
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
