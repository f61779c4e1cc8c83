import { findProgram } from "../../../scripts/peers.ts";
import { runProgram } from "../process/program.ts";
import { type Account, USER } from "./account.ts";
import type { Command, ServerKind } from "./server.ts";

const MODULE = "/usr/lib/proftpd/mod_sftp.so";

async function prepare(account: Account, port: number): Promise<Command> {
  const { directory } = account;
  const { stdout } = await runProgram(
    ["ssh-keygen", "-e", "-f", `${account.userKey}.pub`],
  );
  Deno.writeTextFileSync(`${directory}/rfc4716`, stdout);
  Deno.writeTextFileSync(
    `${directory}/proftpd.conf`,
    `ServerType standalone
DefaultAddress 127.0.0.1
SocketBindTight on
Port ${port}
ModulePath /usr/lib/proftpd
LoadModule mod_sftp.c
PidFile ${directory}/pid
ScoreboardFile /dev/null
WtmpLog off
DelayEngine off
UseReverseDNS off
User ${USER}
Group ${USER}
AuthUserFile ${account.passwd}
AuthGroupFile ${account.group}
AuthOrder mod_auth_file.c
RequireValidShell off
RootLogin on
AllowOverwrite on
Umask 022
MaxInstances 100
SFTPEngine on
SFTPHostKey ${account.hostKey}
SFTPAuthMethods publickey
SFTPAuthorizedUserKeys file:${directory}/rfc4716
SFTPLog ${directory}/sftp.log
`,
  );
  return {
    args: [findProgram("proftpd")!, "-n", "-c", `${directory}/proftpd.conf`],
    env: account.environment,
  };
}

/** Over SCP it sends no times of directories. */
export const proftpdKind: ServerKind = {
  name: "ProFTPD with mod_sftp",
  needs: ["proftpd", MODULE, "ssh", "ssh-keygen"],
  speaks: { scp: true, sftp: true },
  keeps: "all but times of directories",
  prepare,
};
