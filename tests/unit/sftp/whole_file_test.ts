/** Requests with which a small file is read or stored whole. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProtocolError, SessionError } from "../../../lib/errors.ts";
import type {
  FinalAttributes,
  StoredWhole,
} from "../../../lib/filesystem/file_system.ts";
import { CheckedRequests } from "../../../lib/sftp/checked_requests.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { readWhole, storeWhole } from "../../../lib/sftp/whole_file.ts";
import { uint32 } from "../../support/sftp/bytes.ts";
import { data, handle, SftpServer, status } from "../../support/sftp/server.ts";
import { turn } from "../../support/turn.ts";

const OK = status(0);
const DENIED = status(3);
const CONTENT = new Uint8Array(3);
const FINAL = { mode: 0o640, times: { modified: 5000, accessed: 6000 } };
const NOTHING = { mode: undefined, times: undefined };

/** Gives a server on which everything succeeds. */
function serverOf(): SftpServer {
  return new SftpServer()
    .on("OPEN", () => handle("h"))
    .on("WRITE", () => OK)
    .on("FSETSTAT", () => OK)
    .on("SETSTAT", () => OK)
    .on("CLOSE", () => OK);
}

/** Stores `f`; gives what became of it and how often it was made. */
async function store(
  server: SftpServer,
  attributes: FinalAttributes,
  content = CONTENT,
): Promise<{ stored: StoredWhole | undefined; made: number }> {
  const session = await SftpSession.begin(server.channel);
  let made = 0;
  const stored = await storeWhole(
    new CheckedRequests(session, "scp: "),
    { path: "f", mode: 0o600, content, attributes },
    () => made++,
  );
  return { stored, made };
}

/** Gives the messages of what failed. */
function messagesOf(stored: StoredWhole | undefined) {
  const { failure, flaw } = stored ?? {};
  return [(failure as Error | undefined)?.message, flaw?.message];
}

Deno.test("storeWhole(): sends WRITE, one FSETSTAT and CLOSE before any answer", async () => {
  let attributes = "";
  const server = serverOf();
  for (const name of ["WRITE", "CLOSE"]) server.on(name, () => undefined);
  server.on("FSETSTAT", ({ rest }) => {
    attributes = rest;
    return undefined;
  });
  const storing = store(server, FINAL);
  await turn();
  assertEquals(server.asked, ["OPEN f", "WRITE h", "FSETSTAT h", "CLOSE h"]);
  assertEquals(
    attributes,
    uint32(0x4 | 0x8) + uint32(0o640) + uint32(6) + uint32(5),
  );
  server.end();
  const { stored, made } = await storing;
  assert(stored?.failure instanceof SessionError);
  assertEquals(made, 1);
});

Deno.test("storeWhole(): makes a file that nobody else has, with the mode it is given", async () => {
  let opened = "";
  const server = serverOf().on("OPEN", ({ rest }) => {
    opened = rest;
    return handle("h");
  });
  await store(server, NOTHING);
  const WRITE_CREAT_EXCL = 0x2 | 0x8 | 0x20;
  assertEquals(opened, uint32(WRITE_CREAT_EXCL) + uint32(0x4) + uint32(0o600));
});

Deno.test("storeWhole(): makes nothing where OPEN is refused, and asks for nothing else", async () => {
  const server = serverOf().on("OPEN", () => DENIED);
  assertEquals(await store(server, FINAL), { stored: undefined, made: 0 });
  assertEquals(server.asked, ["OPEN f"]);
});

Deno.test("storeWhole(): throws where OPEN is answered by something else, or by nothing", async () => {
  const odd = serverOf().on("OPEN", () => OK);
  await assertRejects(() => store(odd, FINAL), ProtocolError);
  const gone = serverOf().on("OPEN", () => {
    gone.end();
    return undefined;
  });
  await assertRejects(() => store(gone, FINAL), SessionError);
});

Deno.test("storeWhole(): throws where the connection is lost once the content is written", async () => {
  const server = serverOf().on("CLOSE", () => {
    server.end();
    return undefined;
  });
  await assertRejects(
    () => store(server, NOTHING),
    SessionError,
    "lost connection",
  );
});

Deno.test("storeWhole(): writes nothing of an empty file", async () => {
  const server = serverOf();
  const { stored } = await store(server, FINAL, new Uint8Array());
  assertEquals(stored, {});
  assertEquals(server.asked, ["OPEN f", "FSETSTAT h", "CLOSE h"]);
});

Deno.test("storeWhole(): sends no FSETSTAT where nothing is to be set", async () => {
  const server = serverOf();
  const { stored } = await store(server, NOTHING);
  assertEquals(stored, {});
  assertEquals(server.asked, ["OPEN f", "WRITE h", "CLOSE h"]);
});

Deno.test("storeWhole(): sets by the path, one by one, what was refused together, and tells the first failure", async () => {
  for (
    const [mode, times, said] of [
      [OK, OK, undefined],
      [OK, DENIED, "scp: f: set times: Permission denied"],
      [DENIED, DENIED, "scp: f: set mode: Permission denied"],
    ] as const
  ) {
    const server = serverOf().on("FSETSTAT", () => DENIED).on(
      "SETSTAT",
      ({ rest }) => rest.startsWith(uint32(0x4)) ? mode : times,
    );
    const { stored } = await store(server, FINAL);
    assertEquals(messagesOf(stored), [undefined, said]);
    assertEquals(server.asked.slice(-2), ["SETSTAT f", "SETSTAT f"]);
  }
});

Deno.test("storeWhole(): tells a write that failed before all else and empties the file by its path, and a close that failed at last", async () => {
  for (
    const [write, said, last] of [
      [status(4, "full"), ["scp: f: full", undefined], "SETSTAT f"],
      [OK, [undefined, "scp: f: close: late"], "CLOSE h"],
    ] as const
  ) {
    let set = "";
    const server = serverOf().on("WRITE", () => write)
      .on("CLOSE", () => status(4, "late"))
      .on("SETSTAT", ({ rest }) => {
        set = rest;
        return DENIED;
      });
    const { stored } = await store(server, FINAL);
    assertEquals(messagesOf(stored), [...said]);
    assertEquals(server.asked.at(-1), last);
    if (last === "SETSTAT f") {
      assertEquals(set, uint32(0x1) + uint32(0) + uint32(0));
    }
  }
});

/** Reads `f` into 8 bytes; gives their number, and the bytes. */
async function read(
  server: SftpServer,
  asked = () => {},
): Promise<[number | undefined, string]> {
  const session = await SftpSession.begin(server.channel);
  const requests = new CheckedRequests(session, "scp: ");
  const buffer = new Uint8Array(8);
  const count = await readWhole(requests, "f", buffer, asked);
  return [count, new TextDecoder().decode(buffer.subarray(0, count ?? 0))];
}

Deno.test("readWhole(): reads a file's beginning and closes it", async () => {
  const server = serverOf().on("READ", () => data("abc"));
  assertEquals(await read(server), [3, "abc"]);
  assertEquals(server.asked, ["OPEN f", "READ h", "CLOSE h"]);
});

Deno.test("readWhole(): sends READ and CLOSE before any answer, and tells so", async () => {
  const server = serverOf();
  for (const name of ["READ", "CLOSE"]) server.on(name, () => undefined);
  let wasAsked = false;
  const reading = read(server, () => wasAsked = true);
  await turn();
  assertEquals(server.asked, ["OPEN f", "READ h", "CLOSE h"]);
  assert(wasAsked);
  server.end();
  await assertRejects(() => reading, SessionError);
});

Deno.test("readWhole(): gives no bytes at the end of a file, and nothing where it is refused or sent no data", async () => {
  const answers = [
    ["READ", status(1), 0],
    ["READ", DENIED, undefined],
    ["READ", data(""), undefined],
    ["OPEN", DENIED, undefined],
  ] as const;
  for (const [name, answer, count] of answers) {
    assertEquals(await read(serverOf().on(name, () => answer)), [count, ""]);
  }
});

Deno.test("readWhole(): throws for an answer of another kind, for more data than there is room, and where the connection is lost", async () => {
  const odd = [
    ["OPEN", OK],
    ["READ", OK],
    ["READ", handle("i")],
    ["READ", data("123456789")],
  ] as const;
  for (const [name, answer] of odd) {
    const server = serverOf().on(name, () => answer);
    await assertRejects(() => read(server), ProtocolError);
  }
  const gone = serverOf().on("READ", () => {
    gone.end();
    return undefined;
  });
  await assertRejects(() => read(gone), SessionError);
});
