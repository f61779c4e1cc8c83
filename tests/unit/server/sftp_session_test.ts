import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { openBelow } from "../../support/process/descriptors.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import {
  packet,
  string,
  uint32,
  uint64,
  wire,
} from "../../support/sftp/bytes.ts";
import {
  FIRST,
  INIT,
  NONE,
  responsesTo,
  ServerDialogue,
  sessionTest,
  statusOf,
} from "../../support/sftp/server_dialogue.ts";

/** Flags of an open that makes a file to read and write it. */
const READ_WRITE_CREAT = "\x00\x00\x00\x0b";

sessionTest("a client that ends at once is told nothing", async () => {
  const dialogue = new ServerDialogue();
  await dialogue.serve();
  assertEquals(dialogue.heard, "");
});

sessionTest("tells version 3 and its extensions", async () => {
  const dialogue = new ServerDialogue();
  await dialogue.serve(packet("\x01", "\x00\x00\x00\x06"));
  assertEquals(
    dialogue.heard.slice(4),
    [
      "\x02\x00\x00\x00\x03",
      "\x00\x00\x00\x18posix-rename@openssh.com\x00\x00\x00\x011",
      "\x00\x00\x00\x13statvfs@openssh.com\x00\x00\x00\x012",
      "\x00\x00\x00\x14fstatvfs@openssh.com\x00\x00\x00\x012",
      "\x00\x00\x00\x14hardlink@openssh.com\x00\x00\x00\x011",
      "\x00\x00\x00\x11fsync@openssh.com\x00\x00\x00\x011",
      "\x00\x00\x00\x14lsetstat@openssh.com\x00\x00\x00\x011",
      "\x00\x00\x00\x12limits@openssh.com\x00\x00\x00\x011",
      "\x00\x00\x00\x17expand-path@openssh.com\x00\x00\x00\x011",
      "\x00\x00\x00\x09copy-data\x00\x00\x00\x011",
      "\x00\x00\x00\x0acheck-file\x00\x00\x00\x011",
    ].join(""),
  );
});

sessionTest(
  "makes, writes, reads and closes a file, in pieces of any length",
  async () => {
    using place = new TempDirectory();
    const path = `${place.path}/a b'"\n`;
    for (const grain of [1, 7, Infinity]) {
      const dialogue = new ServerDialogue(grain);
      await dialogue.serve(
        INIT,
        packet("\x03", uint32(1), string(path), READ_WRITE_CREAT, NONE),
        packet("\x06", uint32(2), FIRST, uint64(2), string("cd")),
        packet("\x06", uint32(3), FIRST, uint64(0), string("ab")),
        packet("\x05", uint32(4), FIRST, uint64(1), uint32(9)),
        packet("\x05", uint32(5), FIRST, uint64(4), uint32(9)),
        packet("\x04", uint32(6), FIRST),
        packet("\x04", uint32(7), FIRST),
        packet("\x05", uint32(8), FIRST, uint64(0), uint32(9)),
      );
      assertEquals(dialogue.responses, [
        `\x66\x00\x00\x00\x01${FIRST}`,
        statusOf(2, 0, "Success"),
        statusOf(3, 0, "Success"),
        "\x67\x00\x00\x00\x04\x00\x00\x00\x03bcd",
        statusOf(5, 1, "End of file"),
        statusOf(6, 0, "Success"),
        statusOf(7, 4, "this handle is not open"),
        statusOf(8, 4, "this handle is not open"),
      ]);
      assertEquals(Deno.readTextFileSync(path), "abcd");
    }
  },
);

sessionTest("a read of 4 GiB gives 255 KiB", async () => {
  using place = new TempDirectory();
  const path = `${place.path}/f`;
  Deno.writeFileSync(path, new Uint8Array(300 * 1024));
  const [, data] = await responsesTo(
    packet("\x03", uint32(1), string(path), uint32(1), NONE),
    packet("\x05", uint32(2), FIRST, uint64(0), "\xff\xff\xff\xff"),
  );
  assertEquals(data!.slice(0, 9), "\x67\x00\x00\x00\x02\x00\x03\xfc\x00");
  assertEquals(data!.length, 9 + 255 * 1024);
});

sessionTest(
  "answers requests that it does not know, and a second INIT, as unsupported",
  async () => {
    assertEquals(
      await responsesTo(
        packet("\xff", uint32(1)),
        packet("\xc8", uint32(2), string("vendor@example.org"), "whatever"),
        INIT,
        packet("\x10", uint32(4), string("/")),
      ),
      [
        statusOf(1, 8, "Operation unsupported"),
        statusOf(2, 8, "Operation unsupported"),
        // Its version stands where a request has its number.
        statusOf(3, 8, "Operation unsupported"),
        "\x68" + uint32(4) + uint32(1) + string("/") + string("/") + NONE,
      ],
    );
  },
);

/** Ends of sessions that break the protocol, each with its reason. */
const BROKEN: readonly (readonly [string, string, Uint8Array])[] = [
  ["of no bytes", "a packet of 0 bytes", wire("\x00\x00\x00\x00")],
  [
    "of 256 KiB and a byte",
    "a packet of 262145 bytes",
    wire("\x00\x04\x00\x01"),
  ],
  ["of 4 GiB", "a packet of 4294967295 bytes", wire("\xff\xff\xff\xff")],
  ["without its fields", "packet too short", packet("\x05", uint32(1))],
  [
    "with an offset of 2^53",
    "number out of range",
    packet("\x05", uint32(1), FIRST, uint64(2 ** 53), uint32(1)),
  ],
];

for (const [what, reason, bytes] of BROKEN) {
  sessionTest(
    `a packet ${what} ends the session, and nothing stays open`,
    async () => {
      using place = new TempDirectory();
      const file = `${place.path}/f`;
      Deno.writeTextFileSync(file, "");
      const dialogue = new ServerDialogue();
      await assertRejects(
        () =>
          dialogue.serve(
            INIT,
            packet("\x03", uint32(1), string(file), uint32(1), NONE),
            bytes,
            packet("\x0e", uint32(2), string(`${place.path}/made`), NONE),
          ),
        ProtocolError,
        reason,
      );
      assertEquals(dialogue.responses, [`\x66\x00\x00\x00\x01${FIRST}`]);
      assertEquals(listing(place.path), ['f = ""']);
      assertEquals(openBelow(place.path), []);
    },
  );
}

sessionTest(
  "a request that is cut by the client's end is not carried out",
  async () => {
    using place = new TempDirectory();
    const mkdir = packet("\x0e", uint32(1), string(`${place.path}/made`), NONE);
    for (let length = 0; length < mkdir.length; length++) {
      assertEquals(await responsesTo(mkdir.subarray(0, length)), []);
    }
    assertEquals([...Deno.readDirSync(place.path)], []);
  },
);

sessionTest(
  "a session that begins with a request carries nothing out",
  async () => {
    using place = new TempDirectory();
    const dialogue = new ServerDialogue();
    await assertRejects(
      () =>
        dialogue.serve(
          packet("\x0e", uint32(1), string(`${place.path}/made`), NONE),
        ),
      ProtocolError,
      "protocol error: a session begins otherwise",
    );
    assertEquals(dialogue.heard, "");
    assertEquals([...Deno.readDirSync(place.path)], []);
  },
);
