import { ACCOUNT_LIBRARY, USER } from "./account.ts";
import { pythonWith, script } from "./python.ts";
import type { ServerKind } from "./server.ts";

const PYTHON = pythonWith("twisted.conch");

export const conchKind: ServerKind = {
  name: "Twisted Conch",
  needs: ["scp", "ssh", "ssh-keygen", PYTHON, ACCOUNT_LIBRARY],
  speaks: { scp: true, sftp: true },
  prepare: (account, port) => ({
    args: [
      ...[PYTHON, "-W", "ignore", script("conch_server.py"), String(port)],
      ...[account.hostKey, USER, `${account.userKey}.pub`],
    ],
    env: account.environment,
    cwd: account.home,
  }),
};
