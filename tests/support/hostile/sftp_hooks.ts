/** Replies of hostile servers in place of the right ones. */

import { assert } from "@std/assert";
import { Fields } from "./sftp_fields.ts";
import { type Hook, type Hooks, instead, packetFor } from "./sftp_server.ts";
import { namesAnswer } from "./sftp_tree.ts";
import { packet, string, uint32, uint64, unwire, wire } from "../sftp/bytes.ts";
import {
  type Answer,
  attributes,
  data,
  handle,
  status,
} from "../sftp/server.ts";

export const FILE = 0o100644;
export const DIRECTORY = 0o040755;

/** Attributes of an entry, on the wire. */
export function said(
  { size, permissions }: { size?: number | bigint; permissions?: number },
): string {
  return uint32((size === undefined ? 0 : 1) | (permissions ? 4 : 0)) +
    (size === undefined ? "" : uint64(size)) +
    (permissions ? uint32(permissions) : "");
}

/** A hook that has the right answer changed, as text. */
export function changed(change: (text: string) => string): Hook {
  return ({ packet }) => wire(change(unwire(packet)));
}

/** The same for what follows the id. */
export function changedBody(change: (body: string) => string): Hook {
  return ({ id, packet: right }) =>
    packet(String.fromCharCode(right[4]!), uint32(id), change(bodyOf(right)));
}

export function bodyOf(right: Uint8Array): string {
  return unwire(right.subarray(9));
}

/** A hook for what is answered with a name: then one more is. */
export function withName(name: string, attributes: string): Hook {
  return ({ id, packet: right }) => {
    const fields = new Fields(bodyOf(right));
    const count = fields.uint32();
    const more = uint32(count + 1) + fields.rest + string(name) +
      string(name) + attributes;
    return packetFor(id, { type: "\x68", body: more });
  };
}

/** Range of a READ. */
export function readIn({ rest }: Fields): { at: number; length: number } {
  const fields = new Fields(rest);
  fields.string();
  return { at: fields.uint64(), length: fields.uint32() };
}

/** A hook for STAT: what is said of each file is this. */
export function fileSaid(text: string): Hook {
  return changedBody((body) => isDirectorySaid(body) ? body : text);
}

/** Length of the attributes that a good server sends, in bytes. */
const SAID_BYTES = 24;

function isDirectorySaid(text: string): boolean {
  const fields = new Fields(text.slice(12));
  return (fields.uint32() & 0o170000) === 0o040000;
}

/** A hook for READDIR: what is said of each file is this. */
export function filesSaid(text: string): Hook {
  return listed((right) => isDirectorySaid(right) ? right : text);
}

/** A hook for READDIR that changes what is said of each entry. */
function listed(change: (right: string) => string): Hook {
  return ({ id, packet }) => {
    if (packet[4] !== 0x68) return undefined;
    const fields = new Fields(bodyOf(packet));
    const entries = Array.from({ length: fields.uint32() }, () => {
      const name = fields.string();
      fields.string();
      return [name, change(fields.take(SAID_BYTES))] as const;
    });
    return packetFor(id, namesAnswer(entries));
  };
}

/**
 * Hooks that have a directory hold a name, and something be there whatever is
 * asked for; but nobody may ask for what that name leads to.
 */
export function luring(name: string, saidOfIt: string): Hooks {
  let isListed = false;
  const lured = (answer: Answer): Hook => ({ id, packet }) => {
    // What the tree does not have is there all the same.
    const isThere = packet[4] !== 0x65 || packet[12] === 1;
    return isThere ? undefined : packetFor(id, answer);
  };
  const luredTo = (answer: Answer): Hook => (exchange) => {
    const path = new Fields(exchange.fields.rest).string();
    assert(path !== `d/${name}`, `${path} is asked for`);
    return lured(answer)(exchange);
  };
  return {
    STAT: luredTo({ type: "\x69", body: saidOfIt }),
    OPEN: luredTo(handle("lure")),
    READ: (exchange) => {
      const { at } = readIn(exchange.fields);
      return lured(at === 0 ? data("evil") : status(1))(exchange);
    },
    OPENDIR: luredTo(handle("lure")),
    READDIR: (exchange) => {
      if (exchange.index === 0) return withName(name, saidOfIt)(exchange);
      const reply = lured(
        isListed
          ? status(1)
          : namesAnswer([["leaf", said({ size: 4, permissions: FILE })]]),
      )(exchange);
      isListed ||= reply !== undefined;
      return reply;
    },
  };
}

/** A directory in which there is another one of its kind, and so on. */
export function endless(name: string): Hooks {
  const told = new Set<string>();
  return {
    STAT: instead(attributes(DIRECTORY)),
    OPENDIR: ({ id, index }) => packetFor(id, handle(`${index}`)),
    READDIR: ({ id, fields }) => {
      const open = new Fields(fields.rest).string();
      const answer = told.has(open)
        ? status(1)
        : namesAnswer([[name, said({ permissions: DIRECTORY })]]);
      told.add(open);
      return packetFor(id, answer);
    },
    CLOSE: instead(status(0)),
  };
}

/** A hook for READDIR: all entries have this mode. */
export function modesSaid(mode: number): Hook {
  return listed((text) => {
    const kind = isDirectorySaid(text) ? 0o040000 : 0o100000;
    return said({ permissions: kind | mode });
  });
}
