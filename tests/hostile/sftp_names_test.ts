/** Tests of SFTP servers that list entries under names that lead elsewhere. */

import { assert, assertEquals } from "@std/assert";
import { attack } from "../support/hostile/sftp_attack.ts";
import {
  DIRECTORY,
  FILE,
  luring,
  said,
} from "../support/hostile/sftp_hooks.ts";
import { uint32 } from "../support/sftp/bytes.ts";

const ODD_NAMES: readonly string[] = [
  "",
  "/",
  "//",
  "../x",
  "../../beside",
  "a/b",
  "./a",
  "sub/..",
  "/etc/x",
  "x\0y",
  "..\0",
  "\0",
  "x/",
  "../\x1b[2J",
];

const WINDOWS_NAMES: readonly string[] = [
  "a\\b",
  "..\\x",
  "\\",
  "C:x",
  "C:\\x",
  "nul",
  "NUL.txt",
  "com1",
  "x.",
  "x ",
  "a:b",
  "x\ty",
];

function refusalOnWindows(path: string): string {
  return `${path}: Windows does not allow this name`;
}

/** Reported failures, by paths from the target on. */
function fromTarget(told: readonly string[]): string[] {
  return told.map((text) => text.replace(/^.*\/in\//, ""));
}

for (
  const [what, saidOfIt] of [
    ["file", said({ size: 4, permissions: FILE })],
    ["directory", said({ permissions: DIRECTORY })],
    ["link", said({ permissions: 0o120777 })],
    ["thing", uint32(0)],
  ] as const
) {
  for (const name of ODD_NAMES) {
    Deno.test(`SFTP client: a directory that holds a ${what} ${JSON.stringify(name)} is copied without`, async () => {
      const { told, arrived } = await attack("a tree that comes", {
        hooks: luring(name, saidOfIt),
      });
      assertEquals(told, [`scp: d: error: unexpected filename: ${name}`]);
      assert(arrived.has("d/sub/deep/c"), "the rest arrives");
    });
  }

  for (const name of WINDOWS_NAMES) {
    Deno.test(`SFTP client: a directory that holds a ${what} ${JSON.stringify(name)} is copied to Windows without`, async () => {
      const { told, arrived } = await attack("a tree that comes", {
        platform: "windows",
        hooks: luring(name, saidOfIt),
      });
      assertEquals(fromTarget(told), [refusalOnWindows(`d/${name}`)]);
      assert(arrived.has("d/sub/deep/c"), "the rest arrives");
    });
  }

  for (const name of [".", ".."]) {
    Deno.test(`SFTP client: a directory that holds ${name} as a ${what} is copied without`, async () => {
      const { told } = await attack("a tree that comes", {
        hooks: luring(name, saidOfIt),
      });
      assertEquals(told, []);
    });
  }
}

for (const name of [...ODD_NAMES, ".", ".."]) {
  Deno.test(`SFTP client: a pattern matches all in a directory but ${JSON.stringify(name)}`, async () => {
    const saidOfIt = said({ permissions: DIRECTORY });
    const { arrived } = await attack("a tree that comes", {
      source: "d/*",
      hooks: luring(name, saidOfIt),
    });
    assert(arrived.has("sub/deep/c"), "the rest arrives");
    const { told } = await attack("a tree that comes", {
      source: "d/.*",
      hooks: luring(name, saidOfIt),
    });
    assertEquals(told, ["scp: d/.*: No such file or directory"]);
  });
}

for (const name of WINDOWS_NAMES.filter((name) => !name.startsWith("."))) {
  Deno.test(`SFTP client: a pattern that matches ${JSON.stringify(name)} gives Windows all but that`, async () => {
    const { told, arrived } = await attack("a tree that comes", {
      source: "d/*",
      platform: "windows",
      hooks: luring(name, said({ size: 4, permissions: FILE })),
    });
    assertEquals(fromTarget(told), [refusalOnWindows(name)]);
    assert(arrived.has("sub/deep/c"), "the rest arrives");
  });
}
