import { findProgram } from "../../../scripts/peers.ts";
import { lenientOptions } from "../ssh/sshd.ts";
import { type Account, ACCOUNT_LIBRARY } from "./account.ts";
import type { Command, Kept, ModeFlag, ServerKind } from "./server.ts";

const NEEDS = ["sshd", "ssh", "ssh-keygen", ACCOUNT_LIBRARY];

/** Starts OpenSSH's server with these lines at the end of its configuration. */
function prepare(lines: string, account: Account, port: number): Command {
  const path = `${account.directory}/sshd_config`;
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

/** Modes that tell how it is found out that there is no scp. */
const NO_SCP: readonly ModeFlag[] = ["", "-O"];

/** A server that runs one program whatever is asked for: SFTP alone. */
function forced(
  name: string,
  command: string,
  more: Partial<ServerKind> = {},
): ServerKind {
  const lines = `Subsystem sftp internal-sftp\nForceCommand ${command}`;
  return {
    name: `OpenSSH with ${name} forced`,
    needs: NEEDS,
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
    modes: NO_SCP,
    shell: findProgram(shell) ?? shell,
    prepare: (account, port) =>
      prepare("Subsystem sftp internal-sftp", account, port),
  };
}

/** Requests that a server may refuse and no copy may need; what it keeps then. */
const REFUSED: readonly (readonly [requests: string, keeps: Kept])[] = [
  ["stat,lstat", "nothing"],
  ["lstat", "everything"],
  ["fstat", "everything"],
  ["fsetstat", "everything"],
  ["setstat", "nothing"],
  ["setstat,fsetstat", "nothing"],
  ["realpath", "everything"],
  ["limits,expand-path", "everything"],
];

export const opensshKinds: readonly ServerKind[] = [
  forced("internal-sftp", "internal-sftp"),
  forced("an external sftp-server", `${findProgram("sftp-server")}`, {
    needs: [...NEEDS, "sftp-server"],
    // With -O alone its silence is borne for a minute.
    modes: [""],
  }),
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
    { modes: ["-s"], keeps },
  )
);
