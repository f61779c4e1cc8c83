/** Limits of a pattern that is matched on a server. */

import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { namedEntries } from "../../../lib/sftp/operand_paths.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { peerTest } from "../../support/doors.ts";
import { SFTP_CHILD_NEEDS, SftpChild } from "../../support/sftp/child.ts";
import {
  attributes,
  handle,
  names,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

const FILE = 0o100644;

/** Gives the files of a server with one endless directory. */
async function endlessFiles(): Promise<SftpFileSystem> {
  let count = 0;
  const server = new SftpServer()
    .on(
      "LSTAT",
      ({ subject }) => subject.includes("*") ? status(2) : attributes(FILE),
    )
    .on("OPENDIR", () => handle("h"))
    .on("READDIR", () => names([`f${count++}`, FILE], [`g${count++}`, FILE]))
    .on("CLOSE", () => status(0));
  const session = await SftpSession.begin(server.channel);
  return await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes: 1024,
  });
}

Deno.test("namedEntries(): refuses a pattern with too many matches in an endless directory", async () => {
  const files = await endlessFiles();
  const error = await assertRejects(
    () => namedEntries(files, "d/f*", 50),
    EntryError,
  );
  assertEquals(error.message, "scp: f*: more than 50 entries match");
});

peerTest(
  "namedEntries(): gives matches up to the limit and throws beyond",
  SFTP_CHILD_NEEDS,
  async () => {
    await using child = await SftpChild.start({ label: "" });
    makeTree(child.path, [
      { path: "one/a", content: "" },
      { path: "two/a", content: "" },
    ]);
    const { length } = await namedEntries(child.files, "*/a*", 2);
    assertEquals(length, 2);
    await assertRejects(
      () => namedEntries(child.files, "*/a*", 1),
      EntryError,
      "*: more than 1 entries match",
    );
  },
);

peerTest(
  "namedEntries(): reads every directory, though too many are open at once",
  SFTP_CHILD_NEEDS,
  async () => {
    const wrapper = [
      "sh",
      "-c",
      'ulimit -n 8 && exec "$@" -P limits',
      "sh",
    ];
    await using child = await SftpChild.start({ wrapper, label: "" });
    const paths = Array.from({ length: 40 }, (_, index) => `d${index}/f`);
    makeTree(child.path, paths.map((path) => ({ path, content: "" })));
    const named = await namedEntries(child.files, "d*/f*");
    assertEquals(named.map(({ path }) => path), paths.toSorted());
  },
);
