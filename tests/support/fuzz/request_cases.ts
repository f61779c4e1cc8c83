/** Requests of an SFTP client by an attacker, to a server. */

import { assert, assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import { serveSftp } from "../../../lib/server/sftp_session.ts";
import { WireReader } from "../../../lib/sftp/wire/bytes.ts";
import {
  DATA_HEAD_BYTES,
  readResponse,
  readResponseHead,
  RESPONSE_HEAD_BYTES,
} from "../../../lib/sftp/wire/response_packets.ts";
import { ServedMemory } from "../file_systems/served_memory.ts";
import { packet, string, uint32, uint64, unwire } from "../sftp/bytes.ts";
import { bytesOf, literal } from "./byte_text.ts";
import { assertEnds, type FuzzCase } from "./fuzz_case.ts";
import type { Random } from "./random.ts";
import { anyAttributes, mutatedPacket } from "./sftp_mutations.ts";

const PATHS: readonly string[] = [
  ...[
    "",
    ".",
    "/",
    "f",
    "d",
    "d/g",
    "l",
    "new",
    "d/new",
    "none/x",
    "~",
    "~x/y",
  ],
  ...["../f", "f\0", "\xff\xfe", "n".repeat(300), "//d//..//f"],
];

const EXTENSIONS: readonly string[] = [
  ...["posix-rename", "hardlink", "statvfs", "fstatvfs", "fsync", "lsetstat"]
    .map((name) => `${name}@openssh.com`),
  ...["expand-path@openssh.com", "limits@openssh.com", "copy-data"],
  ...["check-file-name", "check-file-handle", "other@example.com"],
];

const FIRST = unwire(packet("\x01", uint32(3)));

/** A session of requests, most of them with changes that no client makes. */
export function requestCase(random: Random): FuzzCase {
  const requests = Array.from(
    { length: random.below(30) },
    (_, id) => {
      const request = anyRequest(random, id);
      return random.chance(15) ? mutatedPacket(request, random) : request;
    },
  );
  const first = random.chance(3) ? mutatedPacket(FIRST, random) : FIRST;
  const sent = [first, ...requests].join("");
  return {
    described: `the client says\n${literal(sent)}`,
    run: async () => {
      const files = new ServedMemory();
      files.addFile("f", "content");
      files.addDirectory("d");
      files.addFile("d/g", "");
      await files.symlink("l", "d");
      const channel = new ScriptedChannel(bytesOf(sent));
      await assertEnds(() => serveSftp(channel, files), ProtocolError);
      assertEquals(files.opened.size, 0, "a file is left open");
      assertResponses(channel.written);
    },
  };
}

function anyRequest(random: Random, id: number): string {
  const path = () => string(random.pick(PATHS));
  const handle = () => string(uint32(random.below(6)));
  const place = () => uint64(random.pick([0, 0, 1, 5, 300, 2 ** 40]));
  const attributes = () => anyAttributes(random);
  const make = random.pick<() => readonly string[]>([
    () => ["\x03", path(), uint32(random.below(64)), attributes()],
    () => ["\x03", string("f"), uint32(3), attributes()],
    () => ["\x04", handle()],
    () => ["\x05", handle(), place(), uint32(random.below(2 ** 32))],
    () => ["\x06", handle(), place(), string(random.bytes(20))],
    () => ["\x09", path(), attributes()],
    () => ["\x0a", handle(), attributes()],
    () => ["\x0b", path()],
    () => [random.pick(["\x08", "\x0c"]), handle()],
    () => ["\x0e", path(), attributes()],
    () => [random.pick([..."\x07\x0d\x0f\x10\x11\x13"]), path()],
    () => [random.pick(["\x12", "\x14"]), path(), path()],
    () => ["\xc8", string(random.pick(EXTENSIONS)), path(), path()],
    () => ["\xc8", string(random.pick(EXTENSIONS)), handle(), attributes()],
    () => [
      "\xc8",
      ...[string("copy-data"), handle(), place(), place(), handle(), place()],
    ],
    () => [
      "\xc8",
      ...[string("check-file-name"), path(), string("none,sha256")],
      ...[place(), place(), uint32(random.pick([0, 1, 256, 2 ** 31]))],
    ],
  ]);
  const [type, ...fields] = make();
  return unwire(packet(type!, uint32(id), ...fields));
}

/** Expects whole packets, each of which a client understands. */
function assertResponses(written: readonly Uint8Array[]): void {
  written.forEach((bytes, at) => {
    const length = new DataView(bytes.buffer).getUint32(0);
    assertEquals(length, bytes.length - 4);
    if (at === 0) return assertEquals(bytes[4], 2);
    const head = readResponseHead(
      new WireReader(bytes.subarray(0, RESPONSE_HEAD_BYTES)),
    );
    const isData = head.type === 103;
    const end = RESPONSE_HEAD_BYTES + (isData ? DATA_HEAD_BYTES : head.left);
    readResponse(
      head,
      new WireReader(bytes.subarray(RESPONSE_HEAD_BYTES, end)),
    );
    assert(bytes.length <= 256 * 1024 + 4);
  });
}

/** Client that has said all, and keeps what it is told. */
class ScriptedChannel implements Channel {
  readonly blockBytes = 64;
  readonly written: Uint8Array[] = [];
  #left: Uint8Array;

  constructor(said: Uint8Array) {
    this.#left = said;
  }

  async read(limit: number): Promise<Uint8Array> {
    const part = this.#left.subarray(0, Math.min(limit, this.blockBytes));
    this.#left = this.#left.subarray(part.length);
    return part;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes.slice());
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
