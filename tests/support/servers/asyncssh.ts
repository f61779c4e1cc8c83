import type { Account } from "./account.ts";
import { pythonWith, script } from "./python.ts";
import type { Command, ServerKind } from "./server.ts";

const PYTHON = pythonWith("asyncssh");

function prepare(served: string, account: Account, port: number): Command {
  return {
    args: [
      ...[PYTHON, "-W", "ignore", script("asyncssh_server.py"), String(port)],
      ...[account.hostKey, account.authorizedKeys, served],
    ],
    cwd: account.home,
  };
}

export const asyncsshKinds: readonly ServerKind[] = [
  {
    name: "asyncssh",
    needs: ["ssh", "ssh-keygen", PYTHON],
    speaks: { scp: true, sftp: true },
    prepare: (account, port) => prepare("scp", account, port),
  },
  {
    name: "asyncssh, which refuses every exec",
    needs: ["ssh", "ssh-keygen", PYTHON],
    speaks: { scp: false, sftp: true },
    prepare: (account, port) => prepare("sftp", account, port),
  },
];
