/** Clients of SFTP, each told to copy a tree `t` up and down again as `back`. */

import { findProgram } from "../../../scripts/peers.ts";
import { SEACP } from "../process/program.ts";
import type { Sshd } from "../ssh/sshd.ts";

/** A client of SFTP. */
export interface SftpClient {
  readonly name: string;
  /** Program that it cannot do without. */
  readonly program: string;
  /** Command lines, run one after the other in the directory that holds `t`. */
  commands(sshd: Sshd, user: string): readonly (readonly string[])[];
}

/** Gives a shell command that feeds lines to a program. */
function fed(program: string, lines: readonly string[]): readonly string[] {
  const script = lines.map((line) => `${line}\n`).join("");
  return ["sh", "-c", `printf '%s' "$1" | ${program}`, "sh", script];
}

/** Clients that are programs of this system. */
export const SFTP_CLIENTS: readonly SftpClient[] = [
  {
    name: "OpenSSH's scp",
    program: "scp",
    commands: ({ config }) => [
      [findProgram("scp")!, "-F", config, "-rp", "t", "far:"],
      [findProgram("scp")!, "-F", config, "-rp", "far:t", "back"],
    ],
  },
  {
    name: "OpenSSH's sftp",
    program: "sftp",
    commands: ({ config }) => [
      fed(`${findProgram("sftp")} -F ${config} -b - far`, [
        ...["put -pR t", "ls -l t", "df", "get -pR t back"],
      ]),
    ],
  },
  ...["-s", "--jobs=2", "--atomic"].map((option): SftpClient => ({
    name: `seacp ${option}`,
    program: "ssh",
    commands: ({ config }) => [
      [...SEACP, "-F", config, option, "-rp", "t", "far:"],
      [...SEACP, "-F", config, option, "-rp", "far:t", "back"],
    ],
  })),
  {
    name: "lftp",
    program: "lftp",
    commands: ({ config }, user) => [
      fed(`${findProgram("lftp")}`, [
        `set sftp:connect-program "ssh -a -x -F ${config}"`,
        "set sftp:auto-confirm yes",
        "set net:max-retries 1",
        "set cmd:fail-exit yes",
        `open -u ${user},x sftp://far`,
        ...["mirror -R t t", "mirror t back"],
      ]),
    ],
  },
  {
    name: "rclone",
    program: "rclone",
    commands: ({ directory, port }, user) => {
      const rclone = [
        ...[findProgram("rclone")!, "--config", "/dev/null", "copy"],
        ...["--sftp-host", "127.0.0.1", "--sftp-port", String(port)],
        ...["--sftp-user", user, "--sftp-key-file", `${directory}/user`],
        ...["--sftp-disable-hashcheck", "--retries", "1"],
      ];
      return [[...rclone, "t", ":sftp:t"], [...rclone, ":sftp:t", "back"]];
    },
  },
];
