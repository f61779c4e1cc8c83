import { findProgram } from "../../../scripts/peers.ts";
import { lenientOptions } from "../sshd.ts";
import { type Account, ACCOUNT_LIBRARY } from "./account.ts";
import type { Command, ServerKind } from "./server.ts";

const NEEDS = ["sshd", "ssh", "ssh-keygen", ACCOUNT_LIBRARY];

/** Starts OpenSSH's server with these lines at the end of its configuration. */
function prepare(lines: string, account: Account, port: number): Command {
  const path = `${account.folder}/sshd_config`;
  if (Deno.uid() === 0) Deno.mkdirSync("/run/sshd", { recursive: true });
  Deno.writeTextFileSync(
    path,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${account.hostKey}
AuthorizedKeysFile ${account.authorizedKeys}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PidFile none
MaxStartups 200
${lines}
`,
  );
  return {
    args: [findProgram("sshd")!, "-D", "-e", ...lenientOptions(path)],
    env: account.environment,
  };
}

/** A server that runs one program whatever is asked for: SFTP alone. */
function forced(
  name: string,
  command: string,
  more: Partial<ServerKind> = {},
): ServerKind {
  const lines = `Subsystem sftp internal-sftp\nForceCommand ${command}`;
  return {
    name: `OpenSSH with ${name} forced`,
    needs: [...NEEDS, "sftp-server"],
    speaks: { scp: false, sftp: true },
    prepare: (account, port) => prepare(lines, account, port),
    ...more,
  };
}

/** A server whose account has a login shell that runs no scp. */
function withShell(shell: string): ServerKind {
  return {
    name: `OpenSSH with ${shell} for a login shell`,
    needs: [...NEEDS, shell],
    speaks: { scp: false, sftp: true },
    shell: findProgram(shell) ?? shell,
    prepare: (account, port) =>
      prepare("Subsystem sftp internal-sftp", account, port),
  };
}

/** Requests that a server may refuse, and no copy may need. */
const REFUSED: readonly (readonly [
  requests: string,
  keeps?: NonNullable<ServerKind["keeps"]>,
])[] = [
  ["stat,lstat"],
  ["lstat"],
  ["fstat"],
  ["fsetstat"],
  ["setstat", "nothing"],
  ["setstat,fsetstat", "nothing"],
  ["realpath"],
  ["limits,expand-path"],
];

export const opensshKinds: readonly ServerKind[] = [
  forced("internal-sftp", "internal-sftp"),
  forced("an external sftp-server", `${findProgram("sftp-server")}`),
  forced("a read-only sftp-server", "internal-sftp -R", { isReadOnly: true }),
  withShell("nologin"),
  withShell("git-shell"),
];

export const refusingKinds: readonly ServerKind[] = REFUSED.map((
  [requests, keeps],
) =>
  forced(
    `an sftp-server that refuses ${requests}`,
    `internal-sftp -P ${requests}`,
    keeps === undefined ? {} : { keeps },
  )
);
