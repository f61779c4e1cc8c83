import { assert, assertEquals, assertThrows } from "@std/assert";
import { EntryError, ProtocolError } from "../../../../lib/errors.ts";
import {
  formatRecord,
  MAX_RECORD_BYTES,
  needsEncoding,
  parseRecord,
  type ScpRecord,
  type SentRecord,
} from "../../../../lib/scp/wire/records.ts";

/** The bytes of a line, a character for each. */
function wire(line: string): Uint8Array {
  return Uint8Array.from(line, (char) => char.charCodeAt(0));
}

/** Bytes as text, a character for each. */
function unwire(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Lines without their newline, and the records they are: both ways. */
const RECORDS: readonly (readonly [string, SentRecord])[] = [
  ["C0644 3 a", { kind: "file", mode: 0o644, size: 3, name: "a" }],
  ["C0000 0 empty", { kind: "file", mode: 0, size: 0, name: "empty" }],
  ["C6755 12 x", { kind: "file", mode: 0o6755, size: 12, name: "x" }],
  [
    "C0600 9007199254740991 big",
    { kind: "file", mode: 0o600, size: 2 ** 53 - 1, name: "big" },
  ],
  ["C0644 1 a b  c", { kind: "file", mode: 0o644, size: 1, name: "a b  c" }],
  ["C0644 1  a", { kind: "file", mode: 0o644, size: 1, name: " a" }],
  ["C0644 1 a ", { kind: "file", mode: 0o644, size: 1, name: "a " }],
  ["C0644 1 -rf", { kind: "file", mode: 0o644, size: 1, name: "-rf" }],
  ["C0644 1 a\r", { kind: "file", mode: 0o644, size: 1, name: "a\r" }],
  [
    "C0644 1 \t\x1b[2J\\n\"'$`\x7f",
    { kind: "file", mode: 0o644, size: 1, name: "\t\x1b[2J\\n\"'$`\x7f" },
  ],
  [
    "C0644 1 \xc3\xa9\xf0\x9f\xa6\x95",
    { kind: "file", mode: 0o644, size: 1, name: "é🦕" },
  ],
  [
    "C0644 1 a\xff\xc3b",
    { kind: "file", mode: 0o644, size: 1, name: "a\udcff\udcc3b" },
  ],
  ["D0755 0 d", { kind: "directory", mode: 0o755, name: "d" }],
  ["D2777 0 .ssh", { kind: "directory", mode: 0o2777, name: ".ssh" }],
  ["E", { kind: "end" }],
  [
    "T1000000000 0 1000000001 0",
    { kind: "times", modified: 1e12, accessed: 1_000_000_001_000 },
  ],
  ["T0 0 0 0", { kind: "times", modified: 0, accessed: 0 }],
  [
    "T1 500000 2 999999",
    { kind: "times", modified: 1500, accessed: 2999.999 },
  ],
  [
    "T253402300799 0 4294967296 0",
    {
      kind: "times",
      modified: 253_402_300_799_000,
      accessed: 4_294_967_296_000,
    },
  ],
  [
    "\x01scp: a: No such file or directory",
    { kind: "warning", text: "scp: a: No such file or directory" },
  ],
  ["\x01", { kind: "warning", text: "" }],
  ["\x02bye", { kind: "fatal", text: "bye" }],
];

Deno.test("parseRecord(): reads every kind of line", () => {
  for (const [line, record] of RECORDS) {
    assertEquals<ScpRecord>(
      parseRecord(wire(line)),
      record,
      JSON.stringify(line),
    );
  }
});

Deno.test("formatRecord(): writes every kind of line", () => {
  for (const [line, record] of RECORDS) {
    assertEquals(
      unwire(formatRecord(record)),
      `${line}\n`,
      JSON.stringify(record),
    );
  }
});

/** Lines nobody sends any more, or that were never a record. */
const READ_ONLY: readonly (readonly [string, ScpRecord])[] = [
  ["C1777 1 a", { kind: "file", mode: 0o1777, size: 1, name: "a" }],
  ["C0644 007 a", { kind: "file", mode: 0o644, size: 7, name: "a" }],
  ["C0644 1 ", { kind: "file", mode: 0o644, size: 1, name: "" }],
  ["C0644 1 ../a", { kind: "file", mode: 0o644, size: 1, name: "../a" }],
  ["D0755 4096 d", { kind: "directory", mode: 0o755, name: "d" }],
  ["E of the directory", { kind: "end" }],
  ["Welcome to far", { kind: "unknown", text: "Welcome to far" }],
  ["c0644 1 a", { kind: "unknown", text: "c0644 1 a" }],
  ["\x00", { kind: "unknown", text: "\x00" }],
  ["\x03", { kind: "unknown", text: "\x03" }],
  ["\xc3\xa9t\xe9", { kind: "unknown", text: "ét\udce9" }],
];

Deno.test("parseRecord(): reads records that are never sent", () => {
  for (const [line, record] of READ_ONLY) {
    assertEquals(parseRecord(wire(line)), record, JSON.stringify(line));
  }
});

/** Malformed lines, and OpenSSH's words for each after `protocol error: `. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["", "unexpected <newline>"],
  ["C", "bad mode"],
  ["C 3 a", "bad mode"],
  ["C644 3 a", "bad mode"],
  ["C0648 3 a", "bad mode"],
  ["C-644 3 a", "bad mode"],
  ["C+644 3 a", "bad mode"],
  ["C 644 3 a", "bad mode"],
  ["D755 0 d", "bad mode"],
  ["C0644", "mode not delimited"],
  ["C00644 3 a", "mode not delimited"],
  ["C0644\t3 a", "mode not delimited"],
  ["D07555 0 d", "mode not delimited"],
  ["C0644 ", "size not present"],
  ["C0644 a", "size not present"],
  ["C0644  3 a", "size not present"],
  ["C0644 -3 a", "size not present"],
  ["C0644 +3 a", "size not present"],
  ["C0644 \xd9\xa3 a", "size not present"],
  ["C0644 3", "size not delimited"],
  ["C0644 3\ta", "size not delimited"],
  ["C0644 0x10 a", "size not delimited"],
  ["C0644 1e3 a", "size not delimited"],
  ["C0644 3.0 a", "size not delimited"],
  ["C0644 9007199254740992 a", "size out of range"],
  ["C0644 9223372036854775808 a", "size out of range"],
  ["C0644 18446744073709551617 a", "size out of range"],
  [`C0644 ${"9".repeat(400)} a`, "size out of range"],
  ["D0755 9223372036854775808 d", "size out of range"],
  ["T", "mtime.sec not present"],
  ["T 1 0 1 0", "mtime.sec not present"],
  ["T-1 0 1 0", "mtime.sec not present"],
  ["Tick", "mtime.sec not present"],
  ["T1", "mtime.sec not delimited"],
  ["T1.5 0 1 0", "mtime.sec not delimited"],
  ["T1 0", "mtime.usec not delimited"],
  ["T1 -1 1 0", "mtime.usec not delimited"],
  ["T1 0x0 1 0", "mtime.usec not delimited"],
  ["T1 1000000 1 0", "mtime.usec not delimited"],
  ["T1 0 ", "atime.sec not present"],
  ["T1 0 -1 0", "atime.sec not present"],
  ["T1 0  1 0", "atime.sec not present"],
  ["T1 0 1", "atime.sec not delimited"],
  ["T1 0 1x 0", "atime.sec not delimited"],
  ["T1 0 1 0x", "atime.usec not delimited"],
  ["T1 0 1 0 ", "atime.usec not delimited"],
  ["T1 0 1 -1", "atime.usec not delimited"],
  ["T1 0 1 1000000", "atime.usec not delimited"],
];

/** Gives the record of a line, or the refusal of `parseRecord()`. */
function reading(line: Uint8Array): ScpRecord | string {
  try {
    return parseRecord(line);
  } catch (error) {
    if (error instanceof ProtocolError) return error.message;
    throw error;
  }
}

Deno.test("parseRecord(): refuses a malformed line in OpenSSH's words", () => {
  for (const [line, words] of REFUSED) {
    assertEquals(
      reading(wire(line)),
      `protocol error: ${words}`,
      JSON.stringify(line),
    );
  }
});

const OPENSSH_WORDS = new Set(
  REFUSED.map(([, words]) => `protocol error: ${words}`),
);

/** Tells if a cut line does nothing that the whole line could not do. */
function isSafeToSpeculate(cut: ScpRecord, whole: SentRecord): boolean {
  switch (cut.kind) {
    case "file":
      return whole.kind === "file" && cut.mode === whole.mode &&
        cut.size === whole.size;
    case "directory":
      return whole.kind === "directory" && cut.mode === whole.mode;
    case "times":
      return whole.kind === "times" && cut.modified === whole.modified;
    default:
      return cut.kind === whole.kind;
  }
}

Deno.test("parseRecord(): refuses a line cut anywhere, or finds it harmless", () => {
  for (const [line, record] of RECORDS) {
    for (let length = 0; length < line.length; length++) {
      const cut = line.slice(0, length);
      const read = reading(wire(cut));
      assert(
        typeof read === "string"
          ? OPENSSH_WORDS.has(read)
          : isSafeToSpeculate(read, record),
        `${JSON.stringify(cut)}: ${JSON.stringify(read)}`,
      );
    }
  }
});

Deno.test("parseRecord(): throws nothing but a ProtocolError for a changed byte", () => {
  for (const [line] of RECORDS) {
    const bytes = wire(line);
    for (const [at, byte] of bytes.entries()) {
      for (const other of wire("\0\x01\x02\t\n -+./09aCDET\x7f\x80\xc3\xff")) {
        bytes[at] = other;
        reading(bytes);
      }
      bytes[at] = byte;
    }
  }
});

Deno.test("formatRecord(): sends set-id bits and never the sticky bit", () => {
  for (
    const [mode, digits] of [
      [0o1777, "0777"],
      [0o7777, "6777"],
      [0o100644, "0644"],
      [0, "0000"],
    ] as const
  ) {
    const directory = formatRecord({ kind: "directory", mode, name: "d" });
    assertEquals(unwire(directory), `D${digits} 0 d\n`);
    const file = formatRecord({ kind: "file", mode, size: 1, name: "f" });
    assertEquals(unwire(file), `C${digits} 1 f\n`);
  }
});

Deno.test("formatRecord(): sends 1970 for times before it", () => {
  const record = { kind: "times", modified: -1, accessed: -1e12 } as const;
  assertEquals(unwire(formatRecord(record)), "T0 0 0 0\n");
});

/** Names and the way they travel: by vis(3) once there is a newline in them. */
const ENCODED: readonly (readonly [string, string])[] = [
  ["a\nb", "a\\^Jb"],
  ["\n", "\\^J"],
  ["\n\x1b[1m", "\\^J\\^[[1m"],
  ["\n\x01\r\x1f", "\\^J\\^A\\^M\\^_"],
  ["\n\x7f", "\\^J\\^?"],
  ["\n\\", "\\^J\\\\"],
  ["\n\t a", "\\^J\t a"],
  ["\n'\"*?~", "\\^J'\"*?~"],
  ["\né", "\\^J\\M-C\\M-)"],
  ["\n\u00a0", "\\^J\\M-B\\240"],
  ["\n\udc80\udcff", "\\^J\\M^@\\M^?"],
  ["\\^J", "\\^J"],
  ["\x1b\\\x7fé", "\x1b\\\x7f\xc3\xa9"],
];

Deno.test("formatRecord(): writes a name with a newline by vis(3), and no other", () => {
  for (const [name, sent] of ENCODED) {
    const row = JSON.stringify(name);
    assertEquals(needsEncoding(name), name.includes("\n"), row);
    assertEquals(
      unwire(formatRecord({ kind: "file", mode: 0o644, size: 1, name })),
      `C0644 1 ${sent}\n`,
      row,
    );
    assertEquals(
      unwire(formatRecord({ kind: "directory", mode: 0o755, name })),
      `D0755 0 ${sent}\n`,
      row,
    );
  }
});

Deno.test("formatRecord(): keeps an error text to one line", () => {
  assertEquals(
    unwire(formatRecord({ kind: "warning", text: "scp: a\nC0644 1 b: no" })),
    "\x01scp: a\\^JC0644 1 b: no\n",
  );
  assertEquals(
    unwire(formatRecord({ kind: "fatal", text: "\nE" })),
    "\x02\\^JE\n",
  );
});

Deno.test("formatRecord(): writes an error text whatever is in it", () => {
  assertEquals(
    unwire(formatRecord({ kind: "warning", text: "\ud800 \udcff é 🦕" })),
    "\x01\xef\xbf\xbd \xff \xc3\xa9 \xf0\x9f\xa6\x95\n",
  );
});

Deno.test("formatRecord(): cuts an error text to what a peer reads", () => {
  const fits = MAX_RECORD_BYTES - "\x01\n".length;
  for (const length of [fits - 1, fits, fits + 1, 100_000]) {
    assertEquals(
      unwire(formatRecord({ kind: "warning", text: "a".repeat(length) })),
      `\x01${"a".repeat(Math.min(length, fits))}\n`,
      `${length} characters`,
    );
  }
});

Deno.test("formatRecord(): refuses a name that makes the line too long", () => {
  const fits = MAX_RECORD_BYTES - "C0644 1 \n".length;
  const record = (name: string) =>
    formatRecord({ kind: "file", mode: 0o644, size: 1, name });
  assertEquals(record("a".repeat(fits)).length, MAX_RECORD_BYTES);
  for (const name of ["a".repeat(fits + 1), "é".repeat(fits / 2 + 1)]) {
    assertThrows(() => record(name), EntryError, "name too long");
  }
  assertThrows(
    () => record("\n" + "é".repeat(fits / 7)),
    EntryError,
    "name too long",
  );
});

Deno.test("formatRecord(): refuses a name that no bytes stand for", () => {
  assertThrows(
    () => formatRecord({ kind: "directory", mode: 0o755, name: "\ud800" }),
    EntryError,
  );
});
