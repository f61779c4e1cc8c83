import { assertEquals, assertRejects } from "@std/assert";
import { EMPTY_HASH } from "../../../lib/digest/hash_script.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { Digest } from "../../../lib/filesystem/digest.ts";
import { ServerDigester } from "../../../lib/sftp/check_file.ts";
import { CheckedRequests } from "../../../lib/sftp/checked_requests.ts";
import type { RequestSender } from "../../../lib/sftp/request_sender.ts";
import type { Request } from "../../../lib/sftp/wire/requests.ts";
import type { Response } from "../../../lib/sftp/wire/response_packets.ts";

const RIGHT = "ab".repeat(32);
const WRONG = "cd".repeat(32);

const NONE: Digest = { kind: "unavailable", reason: "no commands" };

/** Reply with a hash, as ProFTPD's server writes it. */
function reply(hash: string): Response {
  const head = "\0\0\0\x06sha256";
  const bytes = hash.match(/../g)!.map((hex) => parseInt(hex, 16));
  const body = [...head].map((char) => char.charCodeAt(0)).concat(bytes);
  return { kind: "extended", body: Uint8Array.from(body) };
}

const UNSUPPORTED: Response = { kind: "status", code: 8, message: "" };
const FAILURE: Response = { kind: "status", code: 4, message: "Failure" };

/** Gives a hasher of a server, and what it was asked. */
function digesterOf(
  { announces = true, answer, other }: {
    announces?: boolean;
    answer: Response;
    other: Digest | EntryError;
  },
): { digester: ServerDigester; asked: string[] } {
  const asked: string[] = [];
  const session: Partial<RequestSender> = {
    extensions: new Map(announces ? [["check-file", ""]] : []),
    request: async (request: Request) => {
      asked.push(request.kind);
      return request.kind === "stat"
        ? { kind: "attributes", attributes: { size: 0 } }
        : answer;
    },
  };
  const requests = new CheckedRequests(session as RequestSender, "far: ");
  const digester = new ServerDigester(requests, {
    digest: async () => {
      asked.push("other");
      if (other instanceof EntryError) throw other;
      return other;
    },
  });
  return { digester, asked };
}

const hash = (hash: string): Digest => ({ kind: "hash", hash });

Deno.test("ServerDigester: asks a server that announces it, and nobody else", async () => {
  const { digester, asked } = digesterOf({ answer: reply(RIGHT), other: NONE });
  assertEquals(await digester.digest("f"), hash(RIGHT));
  assertEquals(await digester.digest("f", { expected: RIGHT }), hash(RIGHT));
  assertEquals(asked, ["check-file", "check-file"]);
});

Deno.test("ServerDigester: drops a way that was wrong once another one was right", async () => {
  const { digester, asked } = digesterOf({
    answer: reply(WRONG),
    other: hash(RIGHT),
  });
  assertEquals(await digester.digest("f", { expected: RIGHT }), hash(RIGHT));
  assertEquals(await digester.digest("f"), hash(RIGHT));
  assertEquals(asked, ["check-file", "other", "other"]);
});

Deno.test("ServerDigester: keeps both ways where both tell another hash", async () => {
  const { digester, asked } = digesterOf({
    answer: reply(WRONG),
    other: hash(WRONG),
  });
  const options = { expected: RIGHT };
  assertEquals(await digester.digest("f", options), hash(WRONG));
  assertEquals(await digester.digest("f", options), hash(WRONG));
  assertEquals(asked.length, 4);
});

Deno.test("ServerDigester: asks a server that announces nothing once there is no other way", async () => {
  const { digester, asked } = digesterOf({
    announces: false,
    answer: reply(RIGHT),
    other: NONE,
  });
  assertEquals(await digester.digest("f", { expected: RIGHT }), hash(RIGHT));
  assertEquals(asked, ["other", "check-file"]);
});

Deno.test("ServerDigester: asks no more once the server does not know the request", async () => {
  const { digester, asked } = digesterOf({
    answer: UNSUPPORTED,
    other: NONE,
  });
  assertEquals(await digester.digest("f"), NONE);
  assertEquals(await digester.digest("f"), NONE);
  assertEquals(asked, ["check-file", "other", "other"]);
});

Deno.test("ServerDigester: takes the next way where a server fails", async () => {
  const { digester } = digesterOf({ answer: FAILURE, other: hash(RIGHT) });
  assertEquals(await digester.digest("f"), hash(RIGHT));
});

Deno.test("ServerDigester: fails as the other way does where no hash is told", async () => {
  const { digester } = digesterOf({
    answer: FAILURE,
    other: new EntryError("far: f: it cannot be read"),
  });
  await assertRejects(() => digester.digest("f"), EntryError);
});

Deno.test("ServerDigester: asks for no hash of nothing", async () => {
  const { digester, asked } = digesterOf({ answer: FAILURE, other: NONE });
  assertEquals(await digester.digest("f", { size: 0 }), hash(EMPTY_HASH));
  assertEquals(await digester.digest("f", { length: 0 }), hash(EMPTY_HASH));
  assertEquals(asked, ["stat"]);
});
