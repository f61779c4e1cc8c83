import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import {
  attributesFrom,
  readAttributes,
  type WireAttributes,
  writeAttributes,
} from "../../../lib/sftp/wire/attributes.ts";
import {
  parseLimits,
  parseStatvfs,
} from "../../../lib/sftp/wire/extended_packets.ts";
import { findVersionPacket } from "../../../lib/sftp/wire/banner.ts";
import {
  DATA_HEAD_BYTES,
  readResponse,
  readResponseHead,
  type Response,
  RESPONSE_HEAD_BYTES,
} from "../../../lib/sftp/wire/response_packets.ts";
import { WireReader, WireWriter } from "../../../lib/sftp/wire/bytes.ts";
import { namesAnswer } from "../hostile/sftp_tree.ts";
import { packet, uint32, unwire, versionPacket } from "../sftp/bytes.ts";
import { type Answer, data, handle, status } from "../sftp/server.ts";
import { bytesOf, literal } from "./byte_text.ts";
import { type FuzzCase, resultOf } from "./fuzz_case.ts";
import type { Random } from "./random.ts";
import { NAMES } from "./sessions.ts";
import { anyAttributes, mutatedPacket } from "./sftp_mutations.ts";

/** Input of a client: a server's packets, or parts of them. */
export function sftpPacketCase(random: Random): FuzzCase {
  const make = random.pick([
    responseCase,
    responseCase,
    attributesCase,
    nameCase,
    greetingCase,
  ]);
  return make(random);
}

function responseCase(random: Random): FuzzCase {
  const { type, body } = anyAnswer(random);
  let text = unwire(packet(type, uint32(random.below(2 ** 32)), body));
  for (let left = random.pick([0, 1, 1, 2, 5]); left > 0; left--) {
    if (text !== "") text = mutatedPacket(text, random);
  }
  return {
    described: `the packet\n${literal(text)}`,
    run: async () => {
      const response = resultOf(() => responseIn(text), ProtocolError);
      if (response !== undefined) assertSound(response);
    },
  };
}

function anyAnswer(random: Random): Answer {
  return random.pick([
    status(random.below(10), random.bytes(random.below(20))),
    handle(random.bytes(random.below(300))),
    data(random.bytes(random.below(100))),
    namesAnswer(
      Array.from(
        { length: random.below(5) },
        () => [random.pick(NAMES), anyAttributes(random)],
      ),
    ),
    { type: "\x69", body: anyAttributes(random) },
    { type: "\xc9", body: random.bytes(random.below(120)) },
  ]);
}

/**
 * Gives the meaning of a packet to a session; nothing if it ends too early.
 */
function responseIn(text: string): Response | undefined {
  const bytes = bytesOf(text);
  if (bytes.length < RESPONSE_HEAD_BYTES) return undefined;
  const head = readResponseHead(
    new WireReader(bytes.subarray(0, RESPONSE_HEAD_BYTES)),
  );
  const isData = head.type === 103;
  const length = isData ? Math.min(DATA_HEAD_BYTES, head.left) : head.left;
  const body = bytes.subarray(RESPONSE_HEAD_BYTES).subarray(0, length);
  return body.length < length
    ? undefined
    : readResponse(head, new WireReader(body));
}

function assertSound(response: Response): void {
  switch (response.kind) {
    case "status":
      return assert(isUint32(response.code));
    case "handle":
      return assert(response.handle.length <= 256);
    case "data":
      return assert(response.length < 2 ** 20, `${response.length} bytes`);
    case "name":
      for (const { name, attributes } of response.entries) {
        assertEquals(typeof name, "string");
        assertSoundAttributes(attributes);
      }
      return;
    case "attributes":
      return assertSoundAttributes(response.attributes);
    case "extended": {
      const limits = resultOf(() => parseLimits(response.body), ProtocolError);
      for (const limit of Object.values(limits ?? {})) {
        assert(Number.isSafeInteger(limit) && limit >= 0);
      }
      const { free } =
        resultOf(() => parseStatvfs(response.body), ProtocolError) ??
          { free: 0 };
      return assert(free >= 0 && free < Infinity);
    }
    default:
      return response satisfies never;
  }
}

function assertSoundAttributes(read: WireAttributes): void {
  const { size, mode, modified, accessed } = attributesFrom(read);
  assert(Number.isSafeInteger(size) && size >= 0, `size ${size}`);
  assert(mode >= 0 && mode <= 0o7777, `mode ${mode}`);
  for (const time of [modified, accessed]) assert(isUint32(time / 1000));
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

/** Attributes are read as they were written, and not if they are cut. */
function attributesCase(random: Random): FuzzCase {
  const attributes = wireAttributes(random);
  const cut = random.below(40);
  return {
    described: `${JSON.stringify(attributes)}, cut by ${cut}`,
    run: async () => {
      const writer = new WireWriter();
      writeAttributes(writer, attributes);
      const bytes = writer.packet().subarray(4);
      const { times, ...others } = attributes;
      const expected = times === undefined ? others : {
        ...others,
        times: {
          accessed: onWire(times.accessed),
          modified: onWire(times.modified),
        },
      };
      assertEquals<WireAttributes>(
        readAttributes(new WireReader(bytes)),
        expected,
      );
      if (cut === 0 || cut > bytes.length) return;
      const part = new WireReader(bytes.subarray(0, -cut));
      assertEquals(
        resultOf(() => readAttributes(part), ProtocolError),
        undefined,
      );
    },
  };
}

function wireAttributes(random: Random): WireAttributes {
  const moment = () =>
    random.pick([0, -1, 999.9, -1e15, 1e15, 4294967295999, 4294967296000]) +
    random.pick([0, random.below(2 ** 32)]);
  const size = random.pick([0, 1, random.below(2 ** 32), 2 ** 53 - 1]);
  return {
    ...(random.chance(50) ? { size } : {}),
    ...(random.chance(50) ? { permissions: random.below(2 ** 32) } : {}),
    ...(random.chance(50)
      ? { times: { accessed: moment(), modified: moment() } }
      : {}),
  };
}

/** A moment as it comes back: in whole seconds, those that the wire has. */
function onWire(milliseconds: number): number {
  const seconds = Math.floor(milliseconds / 1000);
  return Math.min(Math.max(seconds, 0), 2 ** 32 - 1) * 1000;
}

/** A name is written as it was read, whatever bytes it is. */
function nameCase(random: Random): FuzzCase {
  const bytes = random.chance(50)
    ? random.bytes(random.below(30))
    : random.pick(NAMES) + random.bytes(random.below(3));
  return {
    described: `the name ${literal(bytes)}`,
    run: async () => {
      const written = new WireWriter().string(bytesOf(bytes)).packet();
      const name = new WireReader(written.subarray(4)).text();
      assertEquals(new WireWriter().text(name).packet(), written);
    },
  };
}

/** A first packet is found behind whatever a shell said. */
function greetingCase(random: Random): FuzzCase {
  const banner = random.chance(30) ? "" : random.bytes(random.below(60)) +
    random.pick(["", "\n", "\0\0\0\x05\x02"]);
  const right = unwire(versionPacket(
    random.chance(50) ? {} : { [random.pick(NAMES)]: random.bytes(5) },
  ));
  const isRight = random.chance(50);
  const first = isRight ? right : mutatedPacket(right, random);
  return {
    described: `the server says\n${literal(banner + first)}`,
    run: async () => {
      const bytes = bytesOf(banner + first);
      const beginning = findVersionPacket(bytes);
      assert(beginning !== undefined || !isRight, "it is not found");
      if (beginning === undefined) return;
      assert(isUint32(beginning.server.version));
      assert(beginning.banner.length < bytes.length);
    },
  };
}
