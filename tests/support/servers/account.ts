import { findProgram } from "../../../scripts/peers.ts";

/** Name that everybody logs in under. */
export const USER = "tester";

/** Library that has a daemon find the account; from Debian's libnss-wrapper. */
export const ACCOUNT_LIBRARY = "libnss_wrapper.so";

/** Login shell of an account, and the directory for its files. */
export interface AccountOptions {
  readonly shell?: string;
  readonly directory?: string;
}

/**
 * A throw-away account with a home directory, a key that it lets in and a host
 * key. No file of the system names it: daemons see it through nss_wrapper.
 */
export class Account implements Disposable {
  readonly directory: string;
  readonly home: string;
  readonly hostKey: string;
  readonly userKey: string;
  readonly authorizedKeys: string;
  readonly passwd: string;
  readonly group: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.home = `${directory}/home`;
    this.hostKey = `${directory}/host`;
    this.userKey = `${directory}/user`;
    this.authorizedKeys = `${this.home}/.ssh/authorized_keys`;
    this.passwd = `${directory}/passwd`;
    this.group = `${directory}/group`;
  }

  /** Makes the keys and all files of one. */
  static async make(
    { shell = "/bin/sh", directory: dir }: AccountOptions,
  ): Promise<Account> {
    const account = new Account(Deno.makeTempDirSync({
      prefix: "seacp-server-",
      ...(dir === undefined ? {} : { dir }),
    }));
    const { home, directory, hostKey, userKey, authorizedKeys } = account;
    Deno.mkdirSync(`${home}/.ssh`, { recursive: true, mode: 0o700 });
    Deno.chmodSync(home, 0o755);
    await Promise.all([makeKey(hostKey), makeKey(userKey)]);
    Deno.copyFileSync(`${userKey}.pub`, authorizedKeys);
    Deno.chmodSync(authorizedKeys, 0o600);
    const [uid, gid] = [Deno.uid(), Deno.gid()];
    const entries: Readonly<Record<string, string>> = {
      passwd: `${USER}:x:${uid}:${gid}::${home}:${shell}\n` + serviceAccount(),
      group: `${USER}:x:${gid}:\nnogroup:x:65534:\n`,
    };
    for (const [name, text] of Object.entries(entries)) {
      Deno.writeTextFileSync(`${directory}/${name}`, text, { mode: 0o600 });
    }
    return account;
  }

  /** Environment in which a daemon finds the account, and no other. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: findProgram(ACCOUNT_LIBRARY)!,
      NSS_WRAPPER_PASSWD: this.passwd,
      NSS_WRAPPER_GROUP: this.group,
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** sshd gives up its rights to this one before anybody has logged in. */
function serviceAccount(): string {
  return "sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin\n";
}

async function makeKey(path: string): Promise<void> {
  await new Deno.Command(findProgram("ssh-keygen")!, {
    args: ["-q", "-t", "ed25519", "-N", "", "-f", path],
  }).output();
}
