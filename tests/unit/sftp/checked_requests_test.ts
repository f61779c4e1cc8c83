import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EntryError,
  ProtocolError,
  TooManyOpenError,
} from "../../../lib/errors.ts";
import { CheckedRequests } from "../../../lib/sftp/checked_requests.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import {
  attributes,
  handle,
  names,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";
import { turn } from "../../support/turn.ts";

async function requestsTo(server: SftpServer): Promise<CheckedRequests> {
  const session = await SftpSession.begin(server.channel);
  return new CheckedRequests(session, "far:");
}

const LSTAT = { kind: "lstat", path: "a" } as const;

Deno.test("expectOk(): accepts OK, and names label, path and action in an error", async () => {
  const server = new SftpServer().on("REMOVE", () => status(0))
    .on("LSTAT", () => status(3));
  const requests = await requestsTo(server);
  await requests.expectOk({ kind: "remove", path: "a" }, { path: "a" });
  for (
    const [subject, message] of [
      [{ path: "a" }, "far:a: Permission denied"],
      [{ path: "a", action: "set mode" }, "far:a: set mode: Permission denied"],
    ] as const
  ) {
    const error = await assertRejects(
      () => requests.expectOk(LSTAT, subject),
      EntryError,
    );
    assertEquals(error.message, message);
  }
});

Deno.test("CheckedRequests: ends the session on a response of the wrong kind", async () => {
  for (
    const expect of [
      (requests: CheckedRequests) => requests.expectOk(LSTAT, { path: "a" }),
      (requests: CheckedRequests) => requests.expectName(LSTAT, { path: "a" }),
    ]
  ) {
    const requests = await requestsTo(
      new SftpServer().on("LSTAT", () => attributes(0o100644)),
    );
    await assertRejects(
      () => expect(requests),
      ProtocolError,
      "protocol error: what was asked is not answered by attributes",
    );
    assert(!requests.session.isAlive);
  }
});

Deno.test("expectAttributes(): gives attributes, and throws for a bare OK", async () => {
  const server = new SftpServer().on("LSTAT", () => attributes(0o100644));
  const requests = await requestsTo(server);
  assertEquals(await requests.expectAttributes(LSTAT, "a"), {
    permissions: 0o100644,
  });
  server.on("LSTAT", () => status(0));
  await assertRejects(
    () => requests.expectAttributes(LSTAT, "a"),
    ProtocolError,
  );
});

Deno.test("expectHandle(): throws TooManyOpenError only while another handle is open", async () => {
  const server = new SftpServer().on("OPENDIR", () => status(4, "Failure"));
  const requests = await requestsTo(server);
  const open = () =>
    requests.expectHandle({ kind: "opendir", path: "d" }, { path: "d" });
  const alone = await assertRejects(open, EntryError);
  assert(!(alone instanceof TooManyOpenError));
  server.on("OPENDIR", () => handle("h"));
  await open();
  server.on("OPENDIR", () => status(4, "Failure"));
  await assertRejects(open, TooManyOpenError, "far:d: Failure");
  server.on("OPENDIR", () => status(4, "Not a directory"));
  const other = await assertRejects(open, EntryError);
  assert(!(other instanceof TooManyOpenError));
});

Deno.test("expectName(): gives the one name of a response", async () => {
  const server = new SftpServer().on("READLINK", () => names(["target"]));
  const requests = await requestsTo(server);
  assertEquals(
    await requests.expectName({ kind: "readlink", path: "a" }, { path: "a" }),
    "target",
  );
});

Deno.test("expectNames(): gives names, and nothing at the end", async () => {
  const requests = await requestsTo(new SftpServer());
  const entries = [{ name: "a", isWhole: true, attributes: {} }];
  assertEquals(
    await requests.expectNames({ kind: "name", entries }, "d"),
    entries,
  );
  assertEquals(
    await requests.expectNames({ kind: "status", code: 1, message: "" }, "d"),
    undefined,
  );
  await assertRejects(
    () => requests.expectNames({ kind: "name", entries: [] }, "d"),
    ProtocolError,
  );
});

Deno.test("closeLater(): throws nothing where the close fails or the session ends", async () => {
  const server = new SftpServer().on("OPENDIR", () => handle("h"));
  const requests = await requestsTo(server);
  const opened = await requests.expectHandle(
    { kind: "opendir", path: "d" },
    { path: "d" },
  );
  requests.closeLater(opened);
  await turn();
  assertEquals(server.asked, ["OPENDIR d", "CLOSE h"]);
  server.end();
  await (requests.session as SftpSession).ended;
  requests.closeLater(opened);
  await turn();
});
