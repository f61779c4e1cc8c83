// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * The programs a demonstration and the tests work with: OpenSSH's client and
 * its server, from the system's packages, and what checks the manual.
 */

/** Debian's package of each program, or of each file by its absolute path. */
export type Packages = Readonly<Record<string, string>>;

/** The programs of OpenSSH, all that a copy needs. */
export const OPENSSH: Packages = {
  "ssh": "openssh-client",
  "scp": "openssh-client",
  "ssh-keygen": "openssh-client",
  "sshd": "openssh-server",
  "sftp-server": "openssh-sftp-server",
};

/** Packages that only tests need. */
const TEST_PACKAGES: Packages = {
  "pscp": "putty-tools",
  "puttygen": "putty-tools",
  "python3/dist-packages/scp.py": "python3-scp",
  "../share/doc/ruby-net-scp/copyright": "ruby-net-scp",
  "libssh.so.4": "libssh-4",
  "krb5kdc": "krb5-kdc",
  "kadmin.local": "krb5-admin-server",
  "kinit": "krb5-user",
  "sshpass": "sshpass",
  "mandoc": "mandoc",
  "tmux": "tmux",
  "zsh": "zsh",
  "fish": "fish",
  "tcsh": "tcsh",
  "shellcheck": "shellcheck",
  "curl": "curl",
  "wget": "wget",
  "openssl": "openssl",
  "shasum": "perl",
  "busybox": "busybox",
  "toybox": "toybox",
  "proftpd": "proftpd-core",
  "proftpd/mod_sftp.so": "proftpd-mod-crypto",
  "rclone": "rclone",
  "lftp": "lftp",
  "sshfs": "sshfs",
  "fusermount3": "fuse3",
  "dropbear": "dropbear-bin",
  "tinysshd": "tinysshd",
  "git-shell": "git",
  "python3/dist-packages/asyncssh/__init__.py": "python3-asyncssh",
  "python3/dist-packages/paramiko/__init__.py": "python3-paramiko",
  "python3/dist-packages/twisted/conch/__init__.py": "python3-twisted",
  "libnss_wrapper.so": "libnss-wrapper",
};

/**
 * `sshd` and its like are not in every user's PATH, `sftp-server` in nobody's;
 * what a package brings besides programs is below the last two.
 */
const DIRECTORIES = [
  ...(Deno.env.get("PATH") ?? "").split(":"),
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/lib/openssh",
  "/usr/lib/ssh",
  "/usr/libexec/openssh",
  "/usr/libexec",
  "/usr/lib",
  `/usr/lib/${Deno.build.arch}-linux-gnu`,
];

/**
 * Finds a program, or a file by its absolute path.
 *
 * @returns The absolute path; `undefined` if it is not installed.
 */
export function findProgram(name: string): string | undefined {
  const paths = name.startsWith("/")
    ? [name]
    : DIRECTORIES.map((directory) => `${directory}/${name}`);
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Those of the packages that are missing. */
function missingOf(packages: Packages): string[] {
  const missing = Object.keys(packages).filter((name) => !findProgram(name));
  return [...new Set(missing.map((name) => packages[name]!))];
}

function canCopy(): boolean {
  return missingOf(OPENSSH).length === 0;
}

/**
 * Installs what is missing, where that can be done here: as root, from
 * Debian's packages. Elsewhere it says what to install.
 *
 * @param forTests Whether what only tests need is wanted, too.
 * @param more What else is.
 * @returns Whether all that copies need is there now.
 */
export function ensurePeers(
  { forTests = false, more = {} }: {
    readonly forTests?: boolean;
    readonly more?: Packages;
  } = {},
): boolean {
  const missing = missingOf({
    ...OPENSSH,
    ...(forTests ? TEST_PACKAGES : {}),
    ...more,
  });
  if (missing.length === 0) return true;
  const install = `apt-get install -y ${missing.join(" ")}`;
  if (Deno.build.os !== "linux" || !findProgram("apt-get")) {
    const names = missing.join(", ");
    console.error(`Missing: ${names}, as Debian calls them. Please install.`);
    return canCopy();
  }
  if (Deno.uid() !== 0) {
    console.error(`Missing: ${missing.join(", ")}. As root, run: ${install}`);
    return canCopy();
  }
  console.error(`Installing ${missing.join(" and ")}: ${install}`);
  withoutServices(() => {
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...missing);
  });
  return canCopy();
}

function apt(...args: string[]): void {
  const { success, stderr } = new Deno.Command("apt-get", {
    args: ["-q", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) console.error(new TextDecoder().decode(stderr));
}

/**
 * Keeps Debian from starting the server it installs: what is wanted is the
 * program, not an open port.
 */
function withoutServices(work: () => void): void {
  const policy = "/usr/sbin/policy-rc.d";
  try {
    Deno.writeTextFileSync(policy, "#!/bin/sh\nexit 101\n", {
      createNew: true,
      mode: 0o755,
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return work();
  }
  try {
    work();
  } finally {
    Deno.removeSync(policy);
  }
}
