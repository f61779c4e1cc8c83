import { pythonWith, script } from "./python.ts";
import type { ServerKind } from "./server.ts";

const PYTHON = pythonWith("paramiko");

export const paramikoKind: ServerKind = {
  name: "paramiko's stub of an SFTP server",
  needs: ["ssh", "ssh-keygen", PYTHON],
  speaks: { scp: false, sftp: true },
  prepare: (account, port) => ({
    args: [
      ...[PYTHON, "-W", "ignore", script("paramiko_server.py"), String(port)],
      ...[account.hostKey, `${account.userKey}.pub`],
    ],
    cwd: account.home,
  }),
};
