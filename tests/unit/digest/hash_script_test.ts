import { assert, assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import {
  checkPath,
  formatRequests,
  HASH_SCRIPT,
  hashCommand,
  type HashRequest,
  parseAnswerLine,
  parseTool,
  takeRequests,
} from "../../../lib/digest/hash_script.ts";

const HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/** Request for the hash of a file. */
const A = { path: "a" } as const;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("HASH_SCRIPT: holds no character that a shell reads in single quotes", () => {
  assert(!/['\\!\n]/.test(HASH_SCRIPT));
});

Deno.test("hashCommand(): has /bin/sh run the script, with the key for its name", () => {
  assertEquals(hashCommand("key"), `exec /bin/sh -c '${HASH_SCRIPT}' key`);
  assertEquals(
    hashCommand("key", "~/a"),
    `exec /bin/sh -c '${HASH_SCRIPT}' key ~/a`,
  );
});

for (
  const [request, line] of [
    [{ path: "a" }, " a\n"],
    [{ path: "a b'$(c)\"" }, " a b'$(c)\"\n"],
    [{ path: "-n", length: 0 }, "0 -n\n"],
    [{ path: "a", length: 8388608 }, "8388608l a\n"],
    [{ path: "a", size: 8388608 }, "l a\n"],
    [{ path: "a", size: 8388607 }, " a\n"],
    [{ path: "a\\b" }, " a\\b\n"],
    [{ path: "a b", asks: "size" }, "s a b\n"],
    [{ path: "a\n", asks: "size" }, "se a\\0012\n"],
    [{ path: "a", asks: { mode: 0o755 } }, "a:0755:: a\n"],
    [
      { path: "a\n", asks: { times: { modified: 1999, accessed: -1 } } },
      "a::196912312359.59:197001010000.01e a\\0012\n",
    ],
    // Years that touch cannot be told.
    [
      { path: "a", asks: { times: { modified: 1e15, accessed: 1e18 } } },
      "a::: a\n",
    ],
    [{ path: "a\\\n12", length: 5 }, "5e a\\0134\\001212\n"],
  ] as const
) {
  Deno.test(`formatRequests(): writes ${JSON.stringify(request)} as ${JSON.stringify(line)}`, () => {
    assertEquals(text(formatRequests([request])), line);
  });
}

Deno.test("formatRequests(): writes bytes that are no UTF-8 as they are", () => {
  assertEquals(
    formatRequests([{ path: "\udcff" }]),
    Uint8Array.of(0x20, 0xff, 0x0a),
  );
});

Deno.test("checkPath(): refuses a path that no file can have", () => {
  assertThrows(() => checkPath("a\0b"), EntryError);
  assertThrows(() => checkPath("\ud800"), EntryError);
});

Deno.test("formatRequests(): writes the paths of several behind their number", () => {
  const requests = [{ path: "a b" }, { path: "-n" }];
  assertEquals(text(formatRequests(requests)), "+2\na b\n-n\n");
});

Deno.test("formatRequests(): sets the base of the paths where it changes", () => {
  const base = { kind: "source", name: "a\n", count: 2 } as const;
  const request = { path: "f", base };
  assertEquals(text(formatRequests([request])), "=2e a\\0012\n f\n");
  assertEquals(text(formatRequests([request], base)), " f\n");
  assertEquals(
    text(formatRequests([{ path: "f", base: { kind: "target" } }], base)),
    "=t\n f\n",
  );
  assertEquals(text(formatRequests([{ path: "f" }], base)), "=\n f\n");
});

Deno.test("takeRequests(): takes files of one base together", () => {
  const base = { kind: "target" } as const;
  const queue = [{ path: "a", base }, { path: "b", base }, { path: "c" }];
  assertEquals(takeRequests(queue).length, 2);
});

Deno.test("takeRequests(): takes small files together, at most 64, and any other alone", () => {
  const small = Array.from({ length: 65 }, (_, at) => ({ path: `${at}` }));
  const queue = [
    { path: "a" },
    { path: "b", size: 9 },
    { path: "c", length: 1 },
    { path: "d", size: 1 << 30 },
    { path: "e\n" },
    { path: "f".repeat(40_000) },
    ...small,
  ];
  const taken: number[] = [];
  while (queue.length > 0) taken.push(takeRequests(queue).length);
  assertEquals(taken, [2, 1, 1, 1, 1, 64, 1]);
});

for (
  const said of [
    `${HASH}  -`,
    `${HASH} *stdin`,
    `\\${HASH}  a\\nb`,
    HASH.toUpperCase(),
  ]
) {
  Deno.test(`parseAnswerLine(): finds the hash in "${said}"`, () => {
    assertEquals(parseAnswerLine(said, [], [A]), undefined);
    assertEquals(parseAnswerLine(".0", [said], [A]), [HASH]);
    assertEquals(parseAnswerLine(".0\r", [said, said], [A, { path: "b" }]), [
      HASH,
      HASH,
    ]);
  });
}

for (
  const [lines, end] of [
    [[`${HASH}  -`], ".1"],
    [[], ".0"],
    [[`${HASH}  a`, `${HASH}  b`], ".0"],
    [[`${HASH}a  -`], ".0"],
    [[`SHA256 (${HASH}) = 1`], ".0"],
    [[HASH.slice(1)], ".0\r"],
  ] as const
) {
  Deno.test(`parseAnswerLine(): finds no hash in ${JSON.stringify([...lines, end])}`, () => {
    assertEquals(parseAnswerLine(end, lines, [A]), [undefined]);
  });
}

Deno.test("parseTool(): knows the tools of the script, and nothing else", () => {
  assertEquals(parseTool("shasum -a 256\r"), "shasum -a 256");
  assertEquals(parseTool("none"), undefined);
  assertEquals(parseTool("rm"), undefined);
});

Deno.test("formatRequests(): asks for the lengths of several by their number", () => {
  const requests = [{ path: "a", asks: "size" }, { path: "b", asks: "size" }];
  assertEquals(text(formatRequests(requests as HashRequest[])), "s+2\na\nb\n");
});

Deno.test("takeRequests(): takes questions of one kind together", () => {
  const queue: HashRequest[] = [
    { path: "a", asks: "size" },
    { path: "b", asks: "size" },
    { path: "c" },
    { path: "d", asks: { mode: 0o644 } },
    { path: "e", asks: { mode: 0o644 } },
  ];
  const taken: number[] = [];
  while (queue.length > 0) taken.push(takeRequests(queue).length);
  assertEquals(taken, [2, 1, 1, 1]);
});

/** Requests for the lengths of three files. */
const SIZES: readonly HashRequest[] = ["a", "b", "c"]
  .map((path) => ({ path, asks: "size" }));

for (
  const [lines, answers] of [
    [["+", "-", "+", " 12 ./a", "3 ./c", "15 total"], ["12", "-", "3"]],
    [["-", "-", "-"], ["-", "-", "-"]],
    [["-", "-", "+", "7 ./c"], ["-", "-", "7"]],
    // A file that vanished meanwhile leaves no line.
    [["+", "-", "+", "3 ./c"], [
      undefined,
      undefined,
      undefined,
    ]],
    [["+", "-"], [undefined, undefined, undefined]],
  ] as const
) {
  Deno.test(`parseAnswerLine(): finds lengths in ${JSON.stringify(lines)}`, () => {
    assertEquals(parseAnswerLine(".0", lines, SIZES), answers);
    assertEquals(parseAnswerLine(lines.at(-1)!, lines, SIZES), undefined);
  });
}

for (
  const [line, size] of [
    ["12", "12"],
    ["     12", "12"],
    ["-", "-"],
    ["12x", undefined],
    ["9999999999999999", undefined],
    ["-1", undefined],
  ] as const
) {
  Deno.test(`parseAnswerLine(): reads the length in "${line}"`, () => {
    assertEquals(parseAnswerLine(".0", [line], SIZES.slice(1)), [
      undefined,
      undefined,
    ]);
    assertEquals(parseAnswerLine(".0", [line], SIZES.slice(2)), [size]);
    assertEquals(parseAnswerLine(".1", [line], SIZES.slice(2)), [undefined]);
  });
}
