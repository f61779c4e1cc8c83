/**
 * Tests of SFTP servers whose directories have no end, and of copies onto
 * themselves.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Fields } from "../support/hostile/sftp_fields.ts";
import { attack } from "../support/hostile/sftp_attack.ts";
import { instead, packetFor } from "../support/hostile/sftp_server.ts";
import { endless } from "../support/hostile/sftp_hooks.ts";
import { namesAnswer } from "../support/hostile/sftp_tree.ts";
import { uint32 } from "../support/sftp/bytes.ts";
import { attributes } from "../support/sftp/server.ts";

/** Content of a directory of that kind. */
function directories(name: string, depth: number): Map<string, string> {
  return new Map(
    Array.from(
      { length: depth },
      (_, index) => [`d/${`${name}/`.repeat(index)}`, ""],
    ),
  );
}

Deno.test("SFTP client: directories in directories without end are copied a thousand deep, and that is told", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: endless("n"),
    expected: directories("n", 1000),
  });
  assertEquals(told, [
    `scp: d${"/n".repeat(1000)}: directories are more than 1000 deep`,
  ]);
  assertEquals(arrived.size, 1000);
});

Deno.test("SFTP client: directories in directories without end are copied as deep as the system lets us", async () => {
  const name = "n".repeat(200);
  const { told, arrived } = await attack("a tree that comes", {
    hooks: endless(name),
    expected: directories(name, 25),
  });
  assertMatch(told.join("\n"), /^\/[^\n]*: File name too long$/);
  assert(arrived.size > 10 && arrived.size < 25, `${arrived.size}`);
});

Deno.test("SFTP client: a directory that is in itself, as the server says, is copied once", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: {
      ...endless("n"),
      REALPATH: instead(namesAnswer([["/d", uint32(0)]])),
    },
    expected: directories("n", 1000),
  });
  assertEquals(told, [
    "scp: d/n: Too many levels of symbolic links: it is d again",
  ]);
  assertEquals([...arrived.keys()], ["d/"]);
});

Deno.test("SFTP client: two directories that are in each other, as the server says, are copied once", async () => {
  const { told, arrived } = await attack("a tree that comes", {
    hooks: {
      ...endless("n"),
      REALPATH: ({ id, index }) =>
        packetFor(id, namesAnswer([[`/${index % 2}`, uint32(0)]])),
    },
    expected: directories("n", 1000),
  });
  assertEquals(told, [
    "scp: d/n/n: Too many levels of symbolic links: it is d again",
  ]);
  assertEquals([...arrived.keys()], ["d/", "d/n/"]);
});

/** The way up for a directory in a directory of its name. */
const TWICE = [{ path: "d/d/f", content: "text" }];

Deno.test("SFTP client: a directory that is where it goes to, as the server says, does not keep a copy waiting", async () => {
  for (const path of ["/in", "/", "/in/d", "/in/d/d", ""]) {
    const { told } = await attack("a tree that goes", {
      entries: TWICE,
      hooks: { REALPATH: instead(namesAnswer([[path, uint32(0)]])) },
    });
    assertEquals(told, [], path);
  }
});

Deno.test("SFTP client: directories that are where each other go to, as the server says, do not keep a copy waiting", async () => {
  const { told } = await attack("a tree that goes", {
    entries: [
      { path: "d/one/other/f", content: "1" },
      { path: "d/other/one/f", content: "2" },
    ],
    hooks: {
      REALPATH: ({ id, fields }) =>
        /\/d\/(one|other)$/.test(fields.rest)
          ? packetFor(id, namesAnswer([["/in/d", uint32(0)]]))
          : undefined,
    },
  });
  assertEquals(told, []);
});

Deno.test("SFTP client: a link of the user's that leads back does not keep a copy waiting", async () => {
  const { arrived } = await attack("a tree that comes", {
    entries: TWICE,
    prepare: (target) => Deno.symlinkSync(".", `${target}/d`),
    expected: new Map([["d", "-> ."], ["f", "text"]]),
  });
  assertEquals(arrived.get("d"), "-> .");
});

Deno.test("SFTP client: links that lead to each other, as the server says, do not keep a copy waiting", async () => {
  const { told } = await attack("a tree that goes", {
    entries: [
      { path: "d/one", content: "1" },
      { path: "d/other", content: "2" },
    ],
    held: [
      { path: "in/d/one", content: "" },
      { path: "in/d/other", content: "" },
    ],
    hooks: {
      LSTAT: ({ id, fields }) =>
        /\/o/.test(fields.rest)
          ? packetFor(id, attributes(0o120777))
          : undefined,
      REALPATH: ({ id, fields }) => {
        const path = `/${new Fields(fields.rest).string()}`;
        const [, name] = /\/(one|other)$/.exec(path) ?? [];
        if (name === undefined) return undefined;
        const behind = name === "one" ? "/in/d/other" : "/in/d/one";
        return packetFor(id, namesAnswer([[behind, uint32(0)]]));
      },
    },
  });
  assertEquals(told, []);
});
