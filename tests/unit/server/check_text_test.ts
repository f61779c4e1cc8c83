import { assertEquals } from "@std/assert";
import { checkText } from "../../../lib/server/check_text.ts";

Deno.test("checkText() tells what is in force, and who may write", () => {
  assertEquals(
    checkText({
      directory: "/srv/drop\x1b[31m",
      access: "write-only",
      owners: { user: 0, group: 100, mode: 0o1777 },
      account: { id: 1000, name: "drop" },
      hasLandlock: true,
      log: "/var/log/drop",
    }),
    `directory: /srv/drop\\033[31m
account: drop (1000)
access: write-only: clients add new files, and are shown none
written by: user 0, who owns it; group 100; everybody
openat2: in force: no path leads out of the directory
Landlock: in force: the kernel refuses all files outside
log: /var/log/drop`,
  );
});

Deno.test("checkText() tells of what is missing", () => {
  assertEquals(
    checkText({
      directory: "d",
      access: "read-only",
      owners: { user: 1000, group: 1000, mode: 0o755 },
      account: { id: 1000, name: "u" },
      hasLandlock: false,
    }),
    `directory: d
account: u (1000)
access: read-only: clients read, and change nothing
written by: this account, which owns it
openat2: in force: no path leads out of the directory
Landlock: not in force, as this kernel has none: use ChrootDirectory, too
log: none`,
  );
});
