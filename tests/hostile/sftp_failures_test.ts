/**
 * Tests of SFTP requests that fail while many are in flight, and of modes
 * that a server makes up.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Channel } from "../../lib/channel/channel.ts";
import { Fields } from "../support/hostile/sftp_fields.ts";
import { attack } from "../support/hostile/sftp_attack.ts";
import { after, instead, packetFor } from "../support/hostile/sftp_server.ts";
import { changed, modesSaid, readIn } from "../support/hostile/sftp_hooks.ts";
import { unwire } from "../support/sftp/bytes.ts";
import { attributes, status } from "../support/sftp/server.ts";
import { turn } from "../support/turn.ts";

/** A line on which it takes a while until bytes have left. */
function slowLine(server: Channel): Channel {
  return {
    blockBytes: server.blockBytes,
    read: (limit) => server.read(limit),
    write: async (bytes) => {
      await turn();
      await server.write(bytes);
      await server.flush();
    },
    flush: () => server.flush(),
    close: () => server.close(),
  };
}

Deno.test("SFTP client: what is in flight when a server breaks the protocol is what the files hold", async () => {
  const breach = unwire(packetFor(0, status(0)));
  for (const writes of [0, 1, 5, 20]) {
    const { told } = await attack("a tree that goes", {
      entries: Array.from({ length: 40 }, (_, index) => ({
        path: `d/${index}`,
        content: String.fromCharCode(0x30 + index).repeat(50_000),
      })),
      line: slowLine,
      // It goes on writing what comes.
      hooks: { WRITE: after(writes, changed(() => breach)) },
    });
    assertMatch(told.join("\n"), /protocol error: an answer to request 0/);
  }
});

Deno.test("SFTP client: a write that fails among many cuts that file, is told once, and keeps no other", async () => {
  const { told, arrived } = await attack("a tree that goes", {
    hooks: {
      WRITE: ({ id, fields }) => {
        const write = new Fields(fields.rest);
        write.string();
        return write.uint64() === 8192
          ? packetFor(id, status(4, "Quota exceeded"))
          : undefined;
      },
    },
  });
  assertEquals(told, ["scp: in/d/large: Quota exceeded"]);
  const lengths = [...arrived].toSorted()
    .map(([path, { length }]) => `${path} ${length}`);
  assertEquals(lengths, [
    "d/ 0",
    "d/a 6",
    "d/empty 0",
    "d/large 8192",
    "d/none/ 0",
    "d/sub/ 0",
    "d/sub/b 5",
    "d/sub/deep/ 0",
    "d/sub/deep/c 5000",
  ]);
});

Deno.test("SFTP client: a read that fails among many cuts that file, is told once, and keeps no other", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: {
      READ: ({ id, fields }) =>
        readIn(fields).at === 8192
          ? packetFor(id, status(4, "Input/output error"))
          : undefined,
    },
  });
  assertEquals(told, ["scp: d/large: Input/output error"]);
  assertEquals(arrived.get("d/large")?.length, 8192);
  assertEquals(arrived.get("d/sub/deep/c")?.length, 5000);
});

Deno.test("SFTP client: modes and times that are not taken are told, of each entry once", async () => {
  const denied = instead(status(3, "Permission denied"));
  const { told, arrived } = await attack("a tree that goes", {
    entries: [{ path: "d/f", content: "f" }, { path: "d/g", content: "g" }],
    preserve: true,
    hooks: { FSETSTAT: denied, SETSTAT: denied },
  });
  assertEquals(told.toSorted(), [
    "scp: in/d/f: set mode: Permission denied",
    "scp: in/d/g: set mode: Permission denied",
    "scp: in/d: set times: Permission denied",
  ]);
  assertEquals(arrived.size, 3);
});

Deno.test("SFTP client: modes that a server makes up give nobody another one's rights", async () => {
  for (const preserve of [false, true]) {
    const { told, modes } = await attack("a tree that comes", {
      preserve,
      hooks: {
        STAT: instead(attributes(0o047777)),
        READDIR: modesSaid(0o7777),
      },
    });
    assertEquals(told, []);
    assert(modes.size > 5);
    for (const [path, mode] of modes) {
      const most = preserve ? 0o1777 : 0o1755;
      assertEquals(mode & ~most, 0, `${path} has mode ${mode.toString(8)}`);
    }
  }
});
