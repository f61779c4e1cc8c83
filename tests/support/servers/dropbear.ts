import { findProgram } from "../../../scripts/peers.ts";
import { runProgram } from "../process/program.ts";
import { type Account, ACCOUNT_LIBRARY } from "./account.ts";
import type { Command, ServerKind } from "./server.ts";

const NEEDS = ["dropbear", "dropbearkey", "scp", "ssh", "ssh-keygen"];

/** The one place where Debian's Dropbear looks for an SFTP server. */
const SFTP_SERVER = "/usr/lib/sftp-server";

async function prepare(account: Account, port: number): Promise<Command> {
  const key = `${account.directory}/dropbear_key`;
  await runProgram([
    findProgram("dropbearkey")!,
    ...["-t", "ed25519", "-f", key],
  ]);
  return {
    args: [
      findProgram("dropbear")!,
      ...["-F", "-E", "-s", "-r", key, "-p", `127.0.0.1:${port}`],
      ...["-P", `${account.directory}/pid`],
    ],
    env: account.environment,
  };
}

export const dropbearKinds: readonly ServerKind[] = [
  {
    name: "Dropbear",
    needs: [...NEEDS, ACCOUNT_LIBRARY, SFTP_SERVER],
    speaks: { scp: true, sftp: true },
    prepare,
  },
  {
    // Its PATH has scp; a command with a slash in it is refused.
    name: "Dropbear with a restricted shell that runs no SFTP server",
    needs: [...NEEDS, ACCOUNT_LIBRARY, "/bin/rbash"],
    speaks: { scp: true, sftp: false },
    shell: "/bin/rbash",
    prepare,
  },
];
