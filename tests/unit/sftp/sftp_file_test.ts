/** Requests with which a file on a server is written. */

import { assertEquals, assertRejects } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import { EntryError, NotCutError } from "../../../lib/errors.ts";
import type {
  Attributes,
  OpenFile,
} from "../../../lib/filesystem/file_system.ts";
import { StoredFile } from "../../../lib/filesystem/stored_file.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";
import { uint32, uint64, unwire, wire } from "../../support/sftp/bytes.ts";
import { turn } from "../../support/turn.ts";
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

async function filesOf(
  { channel }: Pick<SftpServer, "channel">,
  blockBytes = 1024,
): Promise<SftpFileSystem> {
  const session = await SftpSession.begin(channel);
  return await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: { bufferBytes: blockBytes },
    blockBytes,
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

/** Channel that takes a part of a file itself, at most so many bytes at a time. */
function takingChannel(channel: Channel, most: number): Channel {
  return Object.assign(channel, {
    writeFrom: async (
      { descriptor }: Pick<OpenFile, "descriptor">,
      at: number,
      length: number,
    ) => {
      assertEquals(descriptor, 7);
      const taken = SOURCE.subarray(at, at + Math.min(most, length));
      await channel.write(taken);
      return taken.length;
    },
  });
}

/** Fewest bytes of a WRITE whose data the channel takes from a file. */
const BLOCK = 64 * 1024;

/** Content of a file of two blocks and a half. */
const SOURCE = Uint8Array.from(
  { length: 2.5 * BLOCK },
  (_, at) => at % 255 + 1,
);

/** Gives a new file whose WRITEs have up to a block. */
async function openedForParts(server: SftpServer): Promise<OpenFile> {
  const files = await filesOf(server, BLOCK);
  return await files.openToWrite("f", 0o644, fileOf(0));
}

/** Gives the source as a file with a descriptor; reads of it fail, where that is told. */
function sourceFile(
  failure?: EntryError,
): Pick<OpenFile, "descriptor" | "read"> {
  const file = new MemoryFile(SOURCE);
  return {
    descriptor: 7,
    read: failure === undefined
      ? (buffer, at) => file.read(buffer, at)
      : () => Promise.reject(failure),
  };
}

/** Gives a server that keeps each WRITE as its offset and its data, and what it kept. */
function keepingServer(): { server: SftpServer; kept: [number, string][] } {
  const kept: [number, string][] = [];
  const server = serverOf(SOURCE.length).on("WRITE", ({ rest }) => {
    const offset = wire(rest.slice(0, 8));
    kept.push([
      Number(new DataView(offset.buffer).getBigUint64(0)),
      rest.slice(12),
    ]);
    return OK;
  });
  return { server, kept };
}

Deno.test("writeFrom(): is absent where the channel takes nothing from a file itself, or WRITEs are short", async () => {
  const file = await openedForParts(serverOf(0));
  assertEquals(file.writeFrom, undefined);
  const server = serverOf(0);
  takingChannel(server.channel, BLOCK);
  const brief = await opened(server, 0);
  assertEquals(brief.writeFrom, undefined);
});

Deno.test("writeFrom(): sends WRITEs of what the channel takes from the file, each as long as the server takes", async () => {
  for (const most of [100, BLOCK - 1, 5 * BLOCK]) {
    const { server, kept } = keepingServer();
    takingChannel(server.channel, most);
    const file = await openedForParts(server);
    assertEquals(
      await file.writeFrom!(sourceFile(), 100, 2 * BLOCK + 50),
      2 * BLOCK + 50,
    );
    assertEquals(kept, [
      [100, unwire(SOURCE.subarray(100, 100 + BLOCK))],
      [100 + BLOCK, unwire(SOURCE.subarray(100 + BLOCK, 100 + 2 * BLOCK))],
      [
        100 + 2 * BLOCK,
        unwire(SOURCE.subarray(100 + 2 * BLOCK, 150 + 2 * BLOCK)),
      ],
    ]);
  }
});

Deno.test("writeFrom(): counts what the server has before the channel tells that it left", async () => {
  const { server } = keepingServer();
  const { writeFrom } = takingChannel(server.channel, 5 * BLOCK);
  Object.assign(server.channel, {
    writeFrom: async (...part: Parameters<NonNullable<typeof writeFrom>>) => {
      const count = await writeFrom!(...part);
      await server.channel.flush();
      await turn();
      return count;
    },
  });
  const file = await openedForParts(server);
  assertEquals(await file.writeFrom!(sourceFile(), 0, BLOCK), BLOCK);
});

Deno.test("writeFrom(): sends zeros for what the file lacks, and tells what was there", async () => {
  const { server, kept } = keepingServer();
  takingChannel(server.channel, 5 * BLOCK);
  const file = await openedForParts(server);
  const at = SOURCE.length - 500;
  assertEquals(await file.writeFrom!(sourceFile(), at, 3 * BLOCK - 24), 500);
  assertEquals(kept, [
    [at, unwire(SOURCE.subarray(at)) + "\0".repeat(BLOCK - 500)],
    [at + BLOCK, "\0".repeat(BLOCK)],
    [at + 2 * BLOCK, "\0".repeat(BLOCK - 24)],
  ]);
  // What the zeros have made longer is cut.
  await file.truncate(SOURCE.length);
  assertEquals(server.asked.at(-2), "FSETSTAT h");
});

Deno.test("writeFrom(): throws what a read of the rest throws, once the server has answered", async () => {
  const failure = new EntryError("f: Input/output error");
  const at = SOURCE.length - 500;
  const { server, kept } = keepingServer();
  takingChannel(server.channel, 5 * BLOCK);
  const file = await openedForParts(server);
  await assertRejects(
    () => file.writeFrom!(sourceFile(failure), at, 1000),
    EntryError,
    failure.message,
  );
  assertEquals(kept, [
    [at, unwire(SOURCE.subarray(at)) + "\0".repeat(500)],
  ]);
});

Deno.test("writeFrom(): throws the reason of a server that refuses a WRITE", async () => {
  const server = serverOf(0).on("WRITE", () => DENIED);
  takingChannel(server.channel, 5 * BLOCK);
  const file = await openedForParts(server);
  await assertRejects(
    () => file.writeFrom!(sourceFile(), 0, 2000),
    EntryError,
    "scp: f: Permission denied",
  );
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
