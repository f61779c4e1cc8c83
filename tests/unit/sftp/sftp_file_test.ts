/** Requests with which a file on a server is written. */

import { assertEquals, assertRejects } from "@std/assert";
import { EntryError, NotCutError } from "../../../lib/errors.ts";
import type {
  Attributes,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { StoredFile } from "../../../lib/filesystem/stored_file.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { uint32, uint64, wire } from "../../support/sftp/bytes.ts";
import {
  type Answer,
  handle,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";

const OK = status(0);
const DENIED = status(3);

function ofSize(size: number): Answer {
  return { type: "\x69", body: uint32(1) + uint64(size) };
}

function fileOf(size: number, kind: Attributes["kind"] = "file"): Attributes {
  return { kind, size, mode: 0o644, modified: 0, accessed: 0 };
}

async function filesOf(server: SftpServer): Promise<SftpFileSystem> {
  const session = await SftpSession.begin(server.channel);
  return await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes: 1024,
  });
}

/** Gives a server on which everything succeeds, and a file has this length. */
function serverOf(size: number): SftpServer {
  return new SftpServer()
    .on("OPEN", () => handle("h"))
    .on("WRITE", () => OK)
    .on("FSETSTAT", () => OK)
    .on("SETSTAT", () => OK)
    .on("FSTAT", () => ofSize(size))
    .on("CLOSE", () => OK);
}

const TRUNC = 0x10;

for (
  const [name, replaced, empties] of [
    ["nothing", undefined, true],
    ["an empty file", fileOf(0), true],
    ["what nobody knows", fileOf(0, "unknown"), true],
    ["a file", fileOf(1), false],
    ["a device", fileOf(0, "other"), false],
  ] as const
) {
  Deno.test(`openToWrite(): ${empties ? "empties" : "keeps"} a file over ${name}`, async () => {
    let flags = 0;
    const server = serverOf(0).on("OPEN", ({ rest }) => {
      flags = new DataView(wire(rest).buffer).getUint32(0);
      return handle("h");
    });
    const files = await filesOf(server);
    await files.openToWrite("f", 0o644, replaced);
    assertEquals((flags & TRUNC) !== 0, empties);
  });
}

/** Writes five bytes to a file, and gives the requests for it. */
async function askedFor(
  replaced: Attributes | undefined,
  server = serverOf(4),
): Promise<readonly string[]> {
  const files = await filesOf(server);
  using stored = await StoredFile.open(
    files,
    { path: "f", mode: 0o644, replaced },
    { preserve: false, modeBits: 0o777 },
  );
  await stored.prepare(5);
  await stored.file.write(new Uint8Array(5), 0);
  assertEquals(await stored.finish(5, undefined), undefined);
  return server.asked;
}

Deno.test("StoredFile: takes OPEN, WRITE and CLOSE for a file that was not longer", async () => {
  for (const replaced of [undefined, fileOf(0), fileOf(3), fileOf(5)]) {
    assertEquals(await askedFor(replaced), ["OPEN f", "WRITE h", "CLOSE h"]);
  }
});

Deno.test("StoredFile: first cuts a longer file below its new length, and checks the length", async () => {
  assertEquals(await askedFor(fileOf(6)), [
    "OPEN f",
    "FSETSTAT h",
    "FSTAT h",
    "WRITE h",
    "CLOSE h",
  ]);
});

Deno.test("StoredFile: cuts a file by SETSTAT where FSETSTAT fails", async () => {
  let size = 6;
  const server = serverOf(0)
    .on("FSETSTAT", () => DENIED)
    .on("SETSTAT", () => {
      size = 4;
      return OK;
    })
    .on("FSTAT", () => ofSize(size));
  assertEquals(await askedFor(fileOf(6), server), [
    "OPEN f",
    "FSETSTAT h",
    "FSTAT h",
    "SETSTAT f",
    "FSTAT h",
    "WRITE h",
    "CLOSE h",
  ]);
});

Deno.test("StoredFile: empties a file that is not known to be cut", async () => {
  for (const told of [ofSize(6), DENIED, { type: "\x69", body: uint32(0) }]) {
    let opened = 0;
    const server = serverOf(0)
      .on("OPEN", () => handle(`${opened++}`))
      .on("FSTAT", ({ subject }) => subject === "0" ? told : ofSize(0));
    assertEquals(await askedFor(fileOf(6), server), [
      "OPEN f",
      "FSETSTAT 0",
      "FSTAT 0",
      "CLOSE 0",
      "OPEN f",
      "FSTAT 1",
      "WRITE 1",
      "CLOSE 1",
    ]);
  }
});

async function opened(server: SftpServer, size: number): Promise<OpenFile> {
  const files = await filesOf(server);
  return await files.openToWrite("f", 0o644, fileOf(size));
}

Deno.test("createNew(): a file and a link have the name in messages that they take at last", async () => {
  const server = serverOf(1);
  for (
    const type of ["WRITE", "FSETSTAT", "SETSTAT", "CLOSE", "SYMLINK"] as const
  ) {
    server.on(type, () => DENIED);
  }
  const files = await filesOf(server);
  const file = await files.createNew(".f.x", 0o600, "f");
  const steps = [
    [() => file.write(new Uint8Array(2), 0), ""],
    [() => file.truncate(5), "truncate: "],
    [() => file.setMode(0o600), "set mode: "],
    [() => file.close(), "close: "],
    [() => files.symlink(".f.x", "g", false, "f"), ""],
  ] as const;
  for (const [step, action] of steps) {
    const message = `scp: f: ${action}Permission denied`;
    assertEquals((await assertRejects(step, EntryError)).message, message);
  }
  server.on("OPEN", () => DENIED);
  await assertRejects(
    () => files.createNew(".f.x", 0o600, "f"),
    EntryError,
    "scp: f: Permission denied",
  );
});

Deno.test("truncate(): throws where FSTAT gives another length", async () => {
  for (const size of [0, 4, 6]) {
    const file = await opened(serverOf(size), 10);
    await assertRejects(
      () => file.truncate(5),
      NotCutError,
      "scp: f: truncate: the server did not do what it says",
    );
  }
  const refusing = serverOf(10).on("FSETSTAT", () => DENIED)
    .on("SETSTAT", () => DENIED);
  await assertRejects(
    async () => await (await opened(refusing, 10)).truncate(5),
    NotCutError,
    "scp: f: truncate: Permission denied",
  );
});

Deno.test("truncate(): goes by the path once the file was closed, as its handle may be another's", async () => {
  const server = serverOf(5).on("SETSTAT", () => OK);
  const file = await opened(server, 5);
  await file.write(new Uint8Array(5), 5);
  await Promise.all([file.close(), file.truncate(0)]);
  assertEquals(server.asked.slice(-2), ["CLOSE h", "SETSTAT f"]);
});

Deno.test("write(): counts towards the length that truncate() sees", async () => {
  const server = serverOf(5);
  const file = await opened(server, 5);
  await file.write(new Uint8Array(5), 5);
  await file.truncate(5);
  assertEquals(server.asked.slice(-2), ["FSETSTAT h", "FSTAT h"]);
});

Deno.test("setMode(), setTimes() and close(): wait for truncate()", async () => {
  const server = serverOf(5).on(
    "FSETSTAT",
    ({ rest }) => rest.startsWith(uint32(0x1)) ? DENIED : OK,
  );
  const file = await opened(server, 10);
  server.on("SETSTAT", () => {
    server.on("FSTAT", () => ofSize(4));
    return OK;
  }).on("FSTAT", () => ofSize(10));
  await Promise.all([
    file.truncate(4),
    file.setMode(0o600),
    file.setTimes({ modified: 0, accessed: 0 }),
    file.close(),
  ]);
  assertEquals(server.asked.slice(1), [
    "FSETSTAT h",
    "FSTAT h",
    "SETSTAT f",
    "FSTAT h",
    "FSETSTAT h",
    "FSETSTAT h",
    "CLOSE h",
  ]);
});

Deno.test("setMode() and setTimes(): send SETSTAT where FSETSTAT fails", async () => {
  const server = serverOf(5).on("FSETSTAT", () => DENIED);
  const file = await opened(server, 5);
  await file.setMode(0o600);
  await file.setTimes({ modified: 0, accessed: 0 });
  assertEquals(server.asked.filter((asked) => asked === "SETSTAT f").length, 2);
  server.on("SETSTAT", () => status(4, "no"));
  const error = await assertRejects(() => file.setMode(0o600), EntryError);
  assertEquals(error.message, "scp: f: set mode: Permission denied");
});

Deno.test("stat(): sends STAT where FSTAT fails", async () => {
  const server = serverOf(0).on("FSTAT", () => DENIED)
    .on("STAT", () => ofSize(7));
  const file = await opened(server, 5);
  assertEquals((await file.stat()).size, 7);
});
