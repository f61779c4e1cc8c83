import { assertEquals } from "@std/assert";
import type { Access } from "../../../lib/filesystem/access.ts";
import {
  type FailedRequest,
  FailedRequests,
  MOST_A_MINUTE,
} from "../../../lib/server/failed_requests.ts";
import { serveSftp } from "../../../lib/server/sftp_session.ts";
import {
  ConfinedPlace,
  confinedTest,
} from "../../support/file_systems/confined.ts";
import { packet, string, uint32, uint64 } from "../../support/sftp/bytes.ts";
import { SftpChannel } from "../../support/sftp/channel.ts";
import { FIRST, INIT, NONE } from "../../support/sftp/server_dialogue.ts";

const MISSING = "No such file or directory";

/** Serves a client of a disk with `file`, `full/in` and `link`; gives what failed. */
async function failuresOf(
  access: Access,
  requests: readonly (readonly [type: string, ...fields: string[]])[],
): Promise<FailedRequest[]> {
  using place = new ConfinedPlace(access);
  Deno.writeTextFileSync(place.at("file"), "x");
  Deno.mkdirSync(place.at("full"));
  Deno.writeTextFileSync(place.at("full/in"), "x");
  Deno.symlinkSync("file", place.at("link"));
  const told: FailedRequest[] = [];
  const failed = new FailedRequests((failure) => void told.push(failure));
  const channel = new SftpChannel({ grain: Infinity, hear: () => {} });
  channel.say(
    INIT,
    ...requests.map(([type, ...fields], at) =>
      packet(type, uint32(at), ...fields)
    ),
  );
  channel.fallSilent();
  await serveSftp(channel, place.disk.files, failed);
  assertEquals(failed.count, told.length);
  return told;
}

confinedTest(
  "a failed request that opens or changes something is told with its paths",
  async () => {
    const [none, file] = [string("d/none"), string("file")];
    const WRITE = "\x00\x00\x00\x02";
    const READ = "\x00\x00\x00\x01";
    assertEquals(
      await failuresOf("read-write", [
        ["\x03", none, READ, NONE],
        ["\x03", none, WRITE, NONE],
        ["\x0b", file],
        ["\x09", none, "\x00\x00\x00\x04\x00\x00\x01\xff"],
        ["\x0e", none, NONE],
        ["\x0e", file, NONE],
        ["\x0d", string("full")],
        ["\x0f", string("full")],
        ["\x12", none, string("new")],
        ["\x14", string("text"), string("link")],
        ["\x03", file, READ, NONE],
        ["\x06", FIRST, uint64(0), string("data")],
        ["\x05", string("none"), uint64(0), uint32(1)],
      ]),
      [
        { request: "open-to-read", path: "d/none", reason: MISSING },
        { request: "open-to-write", path: "d/none", reason: MISSING },
        { request: "opendir", path: "file", reason: "Not a directory" },
        { request: "setstat", path: "d/none", reason: MISSING },
        { request: "mkdir", path: "d/none", reason: MISSING },
        { request: "mkdir", path: "file", reason: "File exists" },
        { request: "remove", path: "full", reason: "Is a directory" },
        { request: "rmdir", path: "full", reason: "Directory not empty" },
        { request: "rename", path: "d/none", to: "new", reason: MISSING },
        {
          ...{ request: "symlink", path: "link", to: "text" },
          reason: "this server makes no links",
        },
        { request: "write", path: "file", reason: "Bad file descriptor" },
        { request: "read", reason: "this handle is not open" },
      ],
    );
  },
);

confinedTest(
  "a question about a name that is missing is told to nobody",
  async () => {
    const none = string("none");
    const extended = (name: string) => ["\xc8", string(name), none] as const;
    assertEquals(
      await failuresOf("read-write", [
        ...["\x07", "\x11", "\x13", "\x10"].map((type) =>
          [type, none] as const
        ),
        extended("statvfs@openssh.com"),
        extended("expand-path@openssh.com"),
        extended("unheard-of@example.com"),
        ["\x08", none],
      ]),
      [],
    );
  },
);

confinedTest(
  "a directory that is made anew is no failure, unless none is there",
  async () => {
    const mkdir = (name: string) => ["\x0e", string(name), NONE] as const;
    const rows: readonly (readonly [Access, string | undefined])[] = [
      ["read-write", "File exists"],
      ["no-overwrite", "it exists, and this server replaces nothing"],
      ["write-only", "not taken: this server takes only new files"],
      ["read-only", "this server is read-only"],
    ];
    for (const [access, reason] of rows) {
      assertEquals(
        await failuresOf(access, [mkdir("full"), mkdir("file")]),
        [{ request: "mkdir", path: "file", reason }] as FailedRequest[],
        access,
      );
    }
  },
);

Deno.test("FailedRequests tells of the first ones in each minute, and counts all", () => {
  const told: string[] = [];
  let now = 5_000;
  const failed = new FailedRequests(
    ({ path }, leftOut) => told.push(`${path} ${leftOut}`),
    () => now,
  );
  assertEquals([failed.count, failed.first], [0, undefined]);
  const fail = (path: string) =>
    failed.add({ request: "remove", path, reason: "no" });
  for (let at = 0; at < MOST_A_MINUTE + 30; at++) fail(`${at}`);
  assertEquals(told.length, MOST_A_MINUTE);
  now += 59_999;
  fail("late");
  now += 1;
  fail("next");
  fail("last");
  assertEquals(told.slice(MOST_A_MINUTE), ["next 31", "last 0"]);
  assertEquals([failed.count, failed.first], [MOST_A_MINUTE + 33, "0: no"]);
});
