/** Whole sessions with a server of SFTP that shows the disk. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import { linuxServerCalls } from "../../../lib/disk/linux_server_calls.ts";
import { ServedDisk } from "../../../lib/disk/served_disk.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import { serveSftp } from "../../../lib/server/sftp_session.ts";
import { lacksLinuxLibrary, testUnless } from "../../support/c_library.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { exists } from "../../support/fixtures/tree.ts";
import { openBelow } from "../../support/process/descriptors.ts";
import { packet, string, uint32, unwire } from "../../support/sftp/bytes.ts";

/** Client that has sent all it is going to send. */
class SentChannel implements Channel {
  readonly blockBytes = 1024;
  readonly #sent: Uint8Array;
  #taken = 0;
  /** All that the server wrote, a character for each byte. */
  received = "";

  constructor(packets: readonly Uint8Array[]) {
    this.#sent = Uint8Array.from(packets.flatMap((each) => [...each]));
  }

  // deno-lint-ignore require-await -- the bytes are there
  async read(limit: number): Promise<Uint8Array> {
    const start = this.#taken;
    this.#taken = Math.min(this.#sent.length, start + limit);
    return this.#sent.subarray(start, this.#taken);
  }

  // deno-lint-ignore require-await -- it has room
  async write(bytes: Uint8Array): Promise<void> {
    this.received += unwire(bytes);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}

const INIT = packet("\x01", uint32(3));

/** Gives the bodies of the packets in a text, which holds whole ones alone. */
function bodiesOf(text: string): string[] {
  const bodies: string[] = [];
  for (let rest = text; rest !== "";) {
    const length = Array.from(rest.slice(0, 4)).reduce(
      (sum, char) => sum * 256 + char.charCodeAt(0),
      0,
    );
    bodies.push(rest.slice(4, 4 + length));
    rest = rest.slice(4 + length);
  }
  return bodies;
}

/** A response without its number: the type, then the fields. */
const short = (body: string) => body.charAt(0) + body.slice(5);

/** Serves requests, numbered from 1 on; gives the responses, checked for order. */
async function answers(
  requests: readonly (readonly [type: string, ...fields: string[]])[],
): Promise<string[]> {
  const channel = new SentChannel([
    INIT,
    ...requests.map(([type, ...fields], at) =>
      packet(type, uint32(at + 1), ...fields)
    ),
  ]);
  await serveSftp(channel, new ServedDisk(linuxServerCalls));
  const [version, ...bodies] = bodiesOf(channel.received);
  assert(version!.startsWith("\x02\x00\x00\x00\x03"));
  assertEquals(
    bodies.map((body) => body.slice(1, 5)),
    requests.map((_, at) => uint32(at + 1)),
  );
  return bodies.map(short);
}

function status(code: number, message: string): string {
  return `\x65${uint32(code)}${string(message)}${string("en")}`;
}

const OK = status(0, "Success");
const NO_ATTRIBUTES = uint32(0);
const FIRST = string(uint32(1));
const SECOND = string(uint32(2));

function serverTest(
  name: string,
  run: (directory: string) => Promise<void>,
): void {
  testUnless(lacksLinuxLibrary, `serveSftp(): ${name}`, async () => {
    using directory = new TempDirectory();
    await run(directory.path);
  });
}

serverTest(
  "writes, reads and closes a file, each in its turn",
  async (directory) => {
    const start = "\0".repeat(8);
    assertEquals(
      await answers([
        ["\x03", string(`${directory}/f`), uint32(0x1b), NO_ATTRIBUTES],
        ["\x06", FIRST, start, string("abc")],
        ["\x05", FIRST, "\0\0\0\0\0\0\0\x01", uint32(100)],
        ["\x05", FIRST, "\0\0\0\0\0\0\0\x03", uint32(100)],
        ["\x04", FIRST],
      ]),
      [
        `\x66${FIRST}`,
        OK,
        `\x67${string("bc")}`,
        status(1, "End of file"),
        OK,
      ],
    );
    assertEquals(Deno.readTextFileSync(`${directory}/f`), "abc");
  },
);

serverTest(
  "gives a handle once, and refuses one that was closed or invented",
  async (directory) => {
    const open = ["\x03", string(`${directory}/f`), uint32(0xa), NO_ATTRIBUTES];
    const closed = status(4, "this handle is not open");
    assertEquals(
      await answers([
        open as [string],
        ["\x04", FIRST],
        open as [string],
        ["\x06", FIRST, "\0".repeat(8), string("x")],
        ["\x04", FIRST],
        ["\x04", string("\0\0\0\x02\0")],
        ["\x04", string("")],
        ["\x0c", SECOND],
        ["\x04", SECOND],
      ]),
      [
        `\x66${FIRST}`,
        OK,
        `\x66${SECOND}`,
        ...Array(5).fill(closed),
        OK,
      ],
    );
    assertEquals(Deno.readTextFileSync(`${directory}/f`), "");
  },
);

serverTest(
  "answers failures with OpenSSH's codes, and names no path",
  async (directory) => {
    Deno.writeTextFileSync(`${directory}/f`, "");
    const rows: readonly (readonly [[string, ...string[]], string])[] = [
      [["\x11", string(`${directory}/none`)], status(2, "No such file")],
      [["\x11", string(`${directory}/f/x`)], status(2, "No such file")],
      [["\x11", string("a\0b")], status(5, "Bad message")],
      [
        ["\x0e", string(`${directory}/f`), NO_ATTRIBUTES],
        status(4, "File exists"),
      ],
      [["\x0d", string(directory)], status(4, "Is a directory")],
      [["\x0f", string(`${directory}/f`)], status(2, "No such file")],
      [
        ["\x13", string(`${directory}/f`)],
        status(5, "this is no symbolic link"),
      ],
      [
        ["\x12", string(`${directory}/f`), string(`${directory}/f`)],
        status(4, "File exists"),
      ],
      [["\x15", "anything"], status(8, "Operation unsupported")],
      [["\xc8", string("foo@bar")], status(8, "Operation unsupported")],
    ];
    assertEquals(
      await answers(rows.map(([request]) => request)),
      rows.map(([, response]) => response),
    );
  },
);

serverTest(
  "changes no owner, and takes those that are there",
  async (directory) => {
    Deno.writeTextFileSync(`${directory}/f`, "");
    const { uid, gid } = Deno.statSync(`${directory}/f`);
    const setOwners = (user: number, group: number): [string, ...string[]] => [
      "\x09",
      ...[string(`${directory}/f`), uint32(2), uint32(user), uint32(group)],
    ];
    assertEquals(
      await answers([setOwners(uid!, gid!), setOwners(uid! + 1, gid!)]),
      [OK, status(3, "this server changes no owners")],
    );
  },
);

serverTest("lists a directory in parts until its end", async (directory) => {
  for (let at = 0; at < 101; at++) Deno.mkdirSync(`${directory}/${at}`);
  const [, first, second, third] = await answers([
    ["\x0b", string(directory)],
    ["\x0c", FIRST],
    ["\x0c", FIRST],
    ["\x0c", FIRST],
  ]);
  assertEquals(first!.slice(0, 5), `\x68${uint32(100)}`);
  assertEquals(second!.slice(0, 5), `\x68${uint32(1)}`);
  assertEquals(third, status(1, "End of file"));
});

serverTest(
  "hashes a file, a block of it and nothing by a hash that it lacks",
  async (directory) => {
    Deno.writeTextFileSync(`${directory}/f`, "abc");
    const check = (hashes: string, block: number): [string, ...string[]] => [
      "\xc8",
      ...[string("check-file-name"), string(`${directory}/f`), string(hashes)],
      ...["\0".repeat(16), uint32(block)],
    ];
    const [known, unknown, short] = await answers([
      check("crc32,md5", 0),
      check("crc32", 0),
      check("md5", 255),
    ]);
    const digest =
      "\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72";
    assertEquals(known, `\xc9${string("check-file")}${string("md5")}${digest}`);
    assertEquals(unknown, status(4, "none of these hashes is known"));
    assertEquals(short, status(5, "the blocks are too short"));
  },
);

serverTest(
  "opens no more than its limit, and closes all at the end",
  async (directory) => {
    const open: [string, ...string[]] = [
      "\x03",
      ...[string(`${directory}/f`), uint32(0xa), NO_ATTRIBUTES],
    ];
    const given = await answers(Array(962).fill(open));
    assertEquals(given.at(959), `\x66${string(uint32(960))}`);
    assertEquals(
      given.slice(960),
      Array(2).fill(status(4, "too many open handles")),
    );
    assertEquals(openBelow(directory), []);
  },
);

serverTest(
  "ends a session with a packet that is none, and does nothing of it",
  async (directory) => {
    const mkdir = packet(
      "\x0e",
      uint32(1),
      string(`${directory}/d`),
      NO_ATTRIBUTES,
    );
    const rows: readonly (readonly Uint8Array[])[] = [
      [mkdir],
      [packet("\x02", uint32(3)), mkdir],
      [INIT, packet(""), mkdir],
      [INIT, packet("\x0e", uint32(1), uint32(2 ** 31), "x"), mkdir],
      [INIT, Uint8Array.of(0, 4, 0, 1), new Uint8Array(2 ** 18 + 1), mkdir],
      [INIT, Uint8Array.of(255, 255, 255, 255), mkdir],
    ];
    for (const packets of rows) {
      await assertRejects(
        () =>
          serveSftp(new SentChannel(packets), new ServedDisk(linuxServerCalls)),
        ProtocolError,
      );
      assert(!exists(`${directory}/d`));
    }
  },
);

serverTest(
  "ends where the client ends, also in the middle of a packet",
  async (directory) => {
    const mkdir = packet(
      "\x0e",
      uint32(1),
      string(`${directory}/d`),
      NO_ATTRIBUTES,
    );
    for (const packets of [[], [INIT], [INIT, mkdir.subarray(0, -1)]]) {
      await serveSftp(
        new SentChannel(packets),
        new ServedDisk(linuxServerCalls),
      );
    }
    assert(!exists(`${directory}/d`));
  },
);
