import { findProgram } from "../../../scripts/peers.ts";
import { runProgram } from "../process/program.ts";
import { type Account, ACCOUNT_LIBRARY } from "./account.ts";
import { PYTHON, script } from "./python.ts";
import type { Command, ServerKind } from "./server.ts";

const NEEDS = ["tinysshd", "tinysshd-makekey", "scp", "ssh", "ssh-keygen"];

/** Directory that nobody else may write in: TinySSH reads no keys below /tmp. */
const DIRECTORY = Deno.uid() === 0 ? "/run" : Deno.env.get("HOME") ?? "/";

async function prepare(
  options: readonly string[],
  account: Account,
  port: number,
): Promise<Command> {
  const keys = `${account.directory}/tinyssh-${port}`;
  await runProgram([findProgram("tinysshd-makekey")!, keys]);
  return {
    args: [
      ...[PYTHON, script("inetd.py"), String(port)],
      ...[findProgram("tinysshd")!, "-v", ...options, keys],
    ],
    env: account.environment,
  };
}

export const tinysshKinds: readonly ServerKind[] = [
  {
    name: "TinySSH",
    needs: [...NEEDS, PYTHON, ACCOUNT_LIBRARY],
    directory: DIRECTORY,
    speaks: { scp: true, sftp: false },
    prepare: (account, port) => prepare([], account, port),
  },
  {
    name: "TinySSH with an SFTP subsystem",
    modes: ["-s", "-O"],
    needs: [...NEEDS, PYTHON, ACCOUNT_LIBRARY, "sftp-server"],
    directory: DIRECTORY,
    speaks: { scp: true, sftp: true },
    prepare: (account, port) =>
      prepare(["-x", `sftp=${findProgram("sftp-server")}`], account, port),
  },
];
