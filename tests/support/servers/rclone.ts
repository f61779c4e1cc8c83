import { findProgram } from "../../../scripts/peers.ts";
import { USER } from "./account.ts";
import type { ServerKind } from "./server.ts";

/** With the first, rclone's default, a file is written from its start to its end. */
const CACHES:
  readonly (readonly [mode: string, modes?: ServerKind["modes"]])[] = [
    ["off"],
    ["writes", ["-s"]],
  ];

export const rcloneKinds: readonly ServerKind[] = CACHES.map((
  [cache, modes],
) => ({
  name: `rclone serve sftp --vfs-cache-mode ${cache}`,
  needs: ["rclone", "ssh", "ssh-keygen"],
  speaks: { scp: false, sftp: true },
  ...(modes === undefined ? {} : { modes }),
  keeps: "times of files",
  listsTab: "\u2409",
  prepare: (account, port) => ({
    args: [
      ...[findProgram("rclone")!, "serve", "sftp", account.home],
      ...["--addr", `127.0.0.1:${port}`, "--user", USER],
      ...["--key", account.hostKey],
      ...["--authorized-keys", account.authorizedKeys],
      ...[
        "--vfs-cache-mode",
        cache,
        "--cache-dir",
        `${account.directory}/cache`,
      ],
      // What comes to be, there or here, is seen by the other side at once.
      ...["--dir-cache-time", "1ns", "--vfs-write-back", "0s"],
      ...["--config", "/dev/null"],
    ],
  }),
}));
