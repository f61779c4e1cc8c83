/**
 * Clients of SFTP, each told to copy a tree `t` up and down again as `back`; one that
 * copies no trees takes the file `t/a.txt`.
 */

import { findProgram } from "../../../scripts/peers.ts";
import { SEACP } from "../process/program.ts";
import { pythonWith, script } from "../servers/python.ts";
import type { ClientSite } from "./site.ts";

/** A client of SFTP. */
export interface SftpClient {
  readonly name: string;
  /** Programs and files that it cannot do without. */
  readonly needs: readonly string[];
  /** Marks a client that copies files alone. */
  readonly isForFiles?: true;
  /** Command lines, run one after the other in the directory that holds `t`. */
  commands(site: ClientSite): readonly (readonly string[])[];
}

/** Gives a shell command that feeds lines to a program. */
function fed(program: string, lines: readonly string[]): readonly string[] {
  const input = lines.map((line) => `${line}\n`).join("");
  return ["sh", "-c", `printf '%s' "$1" | ${program}`, "sh", input];
}

/** Gives PuTTY's options to log in. */
function puttyOptions({ site }: ClientSite): readonly string[] {
  return [
    ...["-batch", "-noagent", "-P", String(site.port), "-l", site.user],
    ...["-i", site.puttyKey, "-hostkey", `SHA256:${site.fingerprint}`],
  ];
}

/** Gives a client that is a library, behind a program of a few lines. */
function library(module: string): SftpClient {
  const python = pythonWith(module);
  return {
    name: module,
    needs: [python],
    commands: ({ site: { port, user, key } }) => [
      [python, script(`../clients/${module}_sftp.py`), `${port}`, user, key],
    ],
  };
}

/** Clients of SFTP of many makers. */
export const SFTP_CLIENTS: readonly SftpClient[] = [
  {
    name: "OpenSSH's scp",
    needs: ["scp"],
    commands: ({ config }) => [
      [findProgram("scp")!, "-F", config, "-rp", "t", "far:"],
      [findProgram("scp")!, "-F", config, "-rp", "far:t", "back"],
    ],
  },
  {
    name: "OpenSSH's sftp",
    needs: ["sftp"],
    commands: ({ config }) => [
      fed(`${findProgram("sftp")} -F ${config} -b - far`, [
        ...["put -pR t", "ls -l t", "df", "get -pR t back"],
      ]),
    ],
  },
  ...["-s", "--jobs=2", "--atomic"].map((option): SftpClient => ({
    name: `seacp ${option}`,
    needs: ["ssh"],
    commands: ({ config }) => [
      [...SEACP, "-F", config, option, "-rp", "t", "far:"],
      [...SEACP, "-F", config, option, "-rp", "far:t", "back"],
    ],
  })),
  {
    name: "lftp",
    needs: ["lftp"],
    commands: ({ config, site }) => [
      fed(`${findProgram("lftp")}`, [
        `set sftp:connect-program "ssh -a -x -F ${config}"`,
        "set sftp:auto-confirm yes",
        "set net:max-retries 1",
        "set cmd:fail-exit yes",
        `open -u ${site.user},x sftp://far`,
        ...["mirror -R t t", "mirror t back"],
      ]),
    ],
  },
  {
    name: "rclone",
    needs: ["rclone"],
    commands: ({ site: { port, user, key } }) => {
      const rclone = [
        ...[findProgram("rclone")!, "--config", "/dev/null", "copy"],
        ...["--sftp-host", "127.0.0.1", "--sftp-port", String(port)],
        ...["--sftp-user", user, "--sftp-key-file", key],
        ...["--sftp-disable-hashcheck", "--retries", "1"],
      ];
      return [[...rclone, "t", ":sftp:t"], [...rclone, ":sftp:t", "back"]];
    },
  },
  {
    name: "pscp -sftp",
    needs: ["pscp", "puttygen"],
    commands: (site) => {
      const pscp = [
        ...[findProgram("pscp")!, "-sftp", "-q", "-r", ...puttyOptions(site)],
      ];
      return [[...pscp, "t", "127.0.0.1:"], [...pscp, "127.0.0.1:t", "back"]];
    },
  },
  {
    name: "psftp",
    needs: ["psftp", "puttygen"],
    commands: (site) => [
      fed(`${findProgram("psftp")} ${puttyOptions(site).join(" ")} 127.0.0.1`, [
        ...["put -r t", "ls", "get -r t back"],
      ]),
    ],
  },
  {
    name: "curl, with libssh2",
    needs: ["curl"],
    isForFiles: true,
    commands: ({ site: { port, user, key, fingerprint } }) => {
      const curl = [
        ...[findProgram("curl")!, "-q", "-sS", "--user", `${user}:`],
        ...["--hostpubsha256", `${fingerprint}=`],
        ...["--key", key, "--pubkey", `${key}.pub`, "--ftp-create-dirs"],
      ];
      const address = `sftp://127.0.0.1:${port}/t/a.txt`;
      return [
        [...curl, "-T", "t/a.txt", address],
        [...curl, "-o", "back/a.txt", "--create-dirs", address],
      ];
    },
  },
  library("paramiko"),
  library("asyncssh"),
];
