import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { Turns } from "../../../lib/channel/turns.ts";
import { checkFile } from "../../../lib/server/file_check.ts";
import { RequestRefusal } from "../../../lib/server/sftp_failures.ts";
import type { ClientCheck } from "../../../lib/sftp/wire/client_requests.ts";
import { pattern } from "../../support/fixtures/tree.ts";
import { PURPOSES } from "../../support/file_systems/confined.ts";
import { ServedMemory } from "../../support/file_systems/served_memory.ts";

const CONTENT = pattern(1000);

/** Checks a file of 1,000 bytes, the whole of it by MD5 unless told otherwise. */
async function check(request: Partial<ClientCheck> = {}) {
  const files = new ServedMemory();
  const file = await files.createNew("f", 0o644);
  await file.write(CONTENT, 0);
  await file.close();
  return await checkFile(await files.open("f", PURPOSES["reading"]!, 0), {
    ...{ kind: "check-file", file: "f", hashes: ["md5"] },
    ...{ offset: 0, length: 0, blockBytes: 0, ...request },
  }, new Turns());
}

/** Gives the hashes of parts, one behind the other. */
function hashesOf(algorithm: string, ...parts: readonly Uint8Array[]) {
  const hashes = parts.flatMap((part) => [
    ...createHash(algorithm).update(part).digest(),
  ]);
  return {
    kind: "hashes",
    algorithm,
    hashes: Uint8Array.from(hashes),
  } as const;
}

Deno.test("checkFile() hashes a range as a whole, up to the file's end", async () => {
  const rows: readonly (readonly [Partial<ClientCheck>, number, number])[] = [
    [{}, 0, 1000],
    [{ offset: 300 }, 300, 1000],
    [{ offset: 300, length: 200 }, 300, 500],
    [{ offset: 300, length: 2 ** 53 - 1 }, 300, 1000],
    [{ offset: 1000 }, 1000, 1000],
  ];
  for (const [request, start, end] of rows) {
    assertEquals(
      await check(request),
      hashesOf("md5", CONTENT.subarray(start, end)),
    );
  }
});

Deno.test("checkFile() hashes block by block, the last one shorter", async () => {
  assertEquals(
    await check({ blockBytes: 256, offset: 100, length: 600 }),
    hashesOf(
      "md5",
      CONTENT.subarray(100, 356),
      CONTENT.subarray(356, 612),
      CONTENT.subarray(612, 700),
    ),
  );
});

Deno.test("checkFile() takes the first hash of the client's that it knows", async () => {
  for (
    const [hashes, algorithm] of [
      [["crc32", "sha256", "md5"], "sha256"],
      [["__proto__", "toString", "sha512"], "sha512"],
    ] as const
  ) {
    assertEquals(await check({ hashes }), hashesOf(algorithm, CONTENT));
  }
});

Deno.test("checkFile() refuses what it cannot hash", async () => {
  const rows: readonly (readonly [Partial<ClientCheck>, string])[] = [
    [{ hashes: ["crc32", ""] }, "none of these hashes is known"],
    [{ blockBytes: 255 }, "the blocks are too short"],
    [{ offset: 1001 }, "the range lies behind the end"],
  ];
  for (const [request, reason] of rows) {
    await assertRejects(() => check(request), RequestRefusal, reason);
  }
});
