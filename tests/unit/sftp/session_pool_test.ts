import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  LostFileError,
  ProtocolError,
  SessionError,
} from "../../../lib/errors.ts";
import { receiverInto } from "../../../lib/sftp/data_receiver.ts";
import { FilePart } from "../../../lib/sftp/file_part.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { SessionPool } from "../../../lib/sftp/session_pool.ts";
import type { Handle } from "../../../lib/sftp/wire/handle_packets.ts";
import type { Response } from "../../../lib/sftp/wire/response_packets.ts";
import { MemoryFile } from "../../support/file_systems/memory_file.ts";
import { wire } from "../../support/sftp/bytes.ts";
import {
  attributes,
  data,
  handle,
  type Handler,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";
import { turn } from "../../support/turn.ts";

const OK = { kind: "status", code: 0, message: "" } as const;

/** A pool of sessions, each with a server in memory. */
class Stage {
  readonly servers: readonly SftpServer[];
  readonly demands: number[] = [];
  readonly lost: SftpSession[] = [];
  readonly #sessions: SftpSession[] = [];
  #pool: SessionPool | undefined;

  /** @param handlers Handlers of each server's requests. */
  constructor(...handlers: readonly Readonly<Record<string, Handler>>[]) {
    this.servers = handlers.map((each, at) => {
      let name = `h${at}`;
      const server = new SftpServer().on("CLOSE", () => status(0))
        .on("OPEN", () => {
          const opened = handle(name);
          name += "'";
          return opened;
        });
      for (const [name, handler] of Object.entries(each)) {
        server.on(name, handler);
      }
      return server;
    });
  }

  /** Begins the first so many sessions, all if absent. */
  async begin(count = this.servers.length): Promise<SessionPool> {
    for (const { channel } of this.servers) {
      this.#sessions.push(await SftpSession.begin(channel));
    }
    const pool = new SessionPool(this.#sessions[0]!, {
      width: this.servers.length,
      onDemand: (sessions) => this.demands.push(sessions),
      onLost: (session) => this.lost.push(session),
    });
    this.#pool = pool;
    for (let at = 1; at < count; at++) this.add(at);
    return pool;
  }

  add(at: number): void {
    this.#pool!.add(this.#sessions[at]!);
  }

  /** Gives the requests that each server was asked. */
  get asked(): readonly (readonly string[])[] {
    return this.servers.map(({ asked }) => asked);
  }

  async end(at: number): Promise<void> {
    this.servers[at]!.end();
    await this.#sessions[at]!.ended;
  }

  session(at: number): SftpSession {
    return this.#sessions[at]!;
  }
}

async function open(pool: SessionPool, path: string): Promise<Handle> {
  const response = await pool.request({
    kind: "open",
    path,
    access: "read",
    attributes: {},
  });
  assert(response.kind === "handle");
  return response.handle;
}

function mkdir(pool: SessionPool, path: string): Promise<Response> {
  return pool.request({ kind: "mkdir", path, attributes: {} });
}

const never: Handler = () => undefined;

Deno.test("SessionPool: opens each file in the session with the fewest open, and asks of paths in the first", async () => {
  const stage = new Stage({ MKDIR: () => status(0) }, {});
  const pool = await stage.begin();
  const first = await open(pool, "a");
  await open(pool, "b");
  await mkdir(pool, "d");
  assertEquals(await pool.request({ kind: "close", handle: first }), OK);
  await open(pool, "c");
  assertEquals(stage.asked, [
    ["OPEN a", "MKDIR d", "CLOSE h0", "OPEN c"],
    ["OPEN b"],
  ]);
  assertEquals(pool.handles.count, 2);
});

Deno.test("SessionPool: demands a session for each file that has to share one", async () => {
  const stage = new Stage({}, {}, {});
  const pool = await stage.begin(1);
  await open(pool, "a");
  assertEquals(stage.demands, []);
  await open(pool, "b");
  assertEquals(stage.demands, [2]);
  stage.add(1);
  await open(pool, "c");
  assertEquals(stage.demands, [2]);
  await open(pool, "d");
  assertEquals(stage.demands, [2, 3]);
});

Deno.test("SessionPool: opens nothing in another session before the names ahead of it are made", async () => {
  const stage = new Stage({ MKDIR: never }, {});
  const pool = await stage.begin();
  await open(pool, "a");
  mkdir(pool, "d").catch(() => {});
  const opening = open(pool, "d/b");
  await turn();
  assertEquals(stage.asked[1], []);
  await stage.end(0);
  await opening;
  // The request that was lost goes over the session that is left.
  assertEquals(stage.asked[1], ["MKDIR d", "STAT d", "OPEN d/b"]);
});

Deno.test("SessionPool: repeats a lost request over another session", async () => {
  const stage = new Stage({ STAT: never, OPEN: never }, {
    STAT: () => attributes(0o100644),
  });
  const pool = await stage.begin();
  const found = pool.request({ kind: "stat", path: "f" });
  const opened = open(pool, "f");
  await turn();
  await stage.end(0);
  assertEquals((await found).kind, "attributes");
  await opened;
  assertEquals(stage.asked[1], ["STAT f", "OPEN f"]);
  assertEquals(stage.lost, [stage.session(0)]);
  assertEquals(pool.size, 1);
});

/** Lost requests, later looks at the entry, and what a repetition comes to. */
const REPEATED: readonly (readonly [
  Parameters<SessionPool["request"]>[0],
  Readonly<Record<string, Handler>>,
  number,
])[] = [
  [
    { kind: "mkdir", path: "d", attributes: {} },
    { MKDIR: () => status(4), STAT: () => attributes(0o040755) },
    0,
  ],
  [
    { kind: "mkdir", path: "d", attributes: {} },
    { MKDIR: () => status(4), STAT: () => attributes(0o100644) },
    4,
  ],
  [
    { kind: "remove", path: "f" },
    { REMOVE: () => status(2), LSTAT: () => status(2) },
    0,
  ],
  [
    { kind: "remove", path: "f" },
    { REMOVE: () => status(3), LSTAT: () => attributes(0o100644) },
    3,
  ],
  [
    { kind: "posix-rename", from: ".f", path: "f" },
    {
      "posix-rename@openssh.com": () => status(2),
      LSTAT: ({ subject }) =>
        subject === "f" ? attributes(0o100644) : status(2),
    },
    0,
  ],
  [
    { kind: "posix-rename", from: ".f", path: "f" },
    { "posix-rename@openssh.com": () => status(2), LSTAT: () => status(2) },
    2,
  ],
];

Deno.test("SessionPool: takes a repetition for done where the lost request was", async () => {
  for (const [request, handlers, code] of REPEATED) {
    const name = Object.keys(handlers)[0]!;
    const stage = new Stage({ [name]: never }, handlers);
    const pool = await stage.begin();
    const outcome = pool.request(request);
    await turn();
    await stage.end(0);
    const response = await outcome;
    assert(response.kind === "status");
    assertEquals(response.code, code, request.kind);
  }
});

Deno.test("SessionPool: tells that a file is lost while another session is left, and then the failure", async () => {
  const stage = new Stage({}, {});
  const pool = await stage.begin();
  const handles = [await open(pool, "a"), await open(pool, "b")];
  await stage.end(0);
  await assertRejects(
    () => pool.request({ kind: "fstat", handle: handles[0]! }),
    LostFileError,
  );
  assert(pool.isAlive);
  await stage.end(1);
  await assertRejects(
    () => pool.request({ kind: "fstat", handle: handles[1]! }),
    SessionError,
  );
  await assertRejects(
    () => pool.request({ kind: "stat", path: "f" }),
    SessionError,
  );
  assert(!pool.isAlive);
  assertEquals(stage.lost, [stage.session(0)]);
});

Deno.test("SessionPool: is ended whole by a server that breaks the protocol", async () => {
  const stage = new Stage({ STAT: () => data("x") }, {});
  const pool = await stage.begin();
  await assertRejects(
    () => pool.request({ kind: "stat", path: "f" }),
    ProtocolError,
  );
  const response = { kind: "data", length: 1 } as const;
  assert(pool.violation(response) instanceof ProtocolError);
  assert(!pool.isAlive);
});

Deno.test("SessionPool: refuses a server's own copy between files of two sessions", async () => {
  const stage = new Stage({ "copy-data": () => status(0) }, {});
  const pool = await stage.begin();
  const [from, to] = [await open(pool, "a"), await open(pool, "b")];
  const copy = (to: Handle) =>
    pool.request({ kind: "copy-data", from, to, offset: 0, length: 0 });
  assertEquals(await copy(to), { kind: "status", code: 8, message: "" });
  const response = await copy(from);
  assert(response.kind === "status" && response.code === 0);
});

/** A file that is spread, of one length and time in each session. */
const SAME: Readonly<Record<string, Handler>> = {
  FSTAT: () => attributes(0o100644),
  READ: () => data("x"),
};

function spread(
  pool: SessionPool,
  handle: Handle,
  interrupted: AbortSignal = new AbortController().signal,
): void {
  pool.spread(handle, { path: "f", access: "read", blocks: 2, interrupted });
}

function read(pool: SessionPool, handle: Handle): Promise<Response> {
  return pool.read(handle, receiverInto(new Uint8Array(1)), 0);
}

Deno.test("SessionPool: spreads a file over the sessions that are there and those that join", async () => {
  const waiting = { ...SAME, READ: never };
  const stage = new Stage(waiting, waiting, waiting);
  const pool = await stage.begin(2);
  const opened = await open(pool, "f");
  spread(pool, opened);
  assertEquals(stage.demands, [3]);
  await turn();
  stage.add(2);
  await turn();
  for (let count = 0; count < 8; count++) {
    read(pool, opened).catch(() => {});
  }
  await turn();
  const reads = stage.asked.map((asked) =>
    asked.filter((each) => each.startsWith("READ ")).length
  );
  // At most two are in flight in each.
  assertEquals(reads, [2, 2, 2]);
  assertEquals(stage.asked[2]!.slice(0, 2), ["OPEN f", "FSTAT h2"]);
});

Deno.test("SessionPool: closes a file that is spread in each session", async () => {
  const stage = new Stage(SAME, SAME);
  const pool = await stage.begin();
  const opened = await open(pool, "f");
  spread(pool, opened);
  await turn();
  await read(pool, opened);
  assertEquals(await pool.request({ kind: "close", handle: opened }), OK);
  assertEquals(stage.asked.map((asked) => asked.at(-1)), [
    "CLOSE h0",
    "CLOSE h1",
  ]);
});

Deno.test("SessionPool: does not spread a file that another session finds changed", async () => {
  const stage = new Stage(SAME, { ...SAME, FSTAT: () => status(4) });
  const pool = await stage.begin();
  const opened = await open(pool, "f");
  spread(pool, opened);
  await turn();
  await Promise.all([read(pool, opened), read(pool, opened)]);
  assertEquals(stage.asked[1], ["OPEN f", "FSTAT h1", "CLOSE h1"]);
});

Deno.test("SessionPool: moves the blocks of a lost session over those that are left", async () => {
  const stage = new Stage({ ...SAME, READ: never }, SAME);
  const pool = await stage.begin();
  const opened = await open(pool, "f");
  spread(pool, opened);
  await turn();
  const reads = [read(pool, opened), read(pool, opened), read(pool, opened)];
  await turn();
  await stage.end(0);
  for (const { kind } of await Promise.all(reads)) assertEquals(kind, "data");
  assertEquals(await pool.request({ kind: "close", handle: opened }), OK);
});

Deno.test("SessionPool: sends the part of a lost session once more, over one that is left", async () => {
  const written: string[] = [];
  const stage = new Stage({ ...SAME, WRITE: never }, {
    ...SAME,
    WRITE: ({ rest }) => {
      written.push(rest.slice(12));
      return status(0);
    },
  });
  const pool = await stage.begin();
  const opened = await open(pool, "f");
  spread(pool, opened);
  await turn();
  const file = new MemoryFile(wire("0123456789"));
  const parts = [new FilePart(file, 0, 4), new FilePart(file, 7, 4)];
  const writes = parts.map((part) =>
    pool.request({ kind: "write-from", handle: opened, offset: 0, part })
  );
  await turn();
  assertEquals(stage.asked[0]!.at(-1), "WRITE h0");
  await stage.end(0);
  assertEquals(await Promise.all(writes), [OK, OK]);
  assertEquals(written.toSorted(), ["0123", "789\0"]);
  const sent = parts.map((part) => part.sentBytes());
  assertEquals(await Promise.all(sent), [4, 3]);
});

Deno.test("SessionPool: ends the reads that wait for a session when it is interrupted", async () => {
  const stage = new Stage({ ...SAME, READ: never });
  const pool = await stage.begin();
  const opened = await open(pool, "f");
  const interruption = new AbortController();
  spread(pool, opened, interruption.signal);
  const reads = [1, 2, 3, 4].map(() => read(pool, opened));
  const outcomes = Promise.allSettled(reads.slice(2));
  await turn();
  interruption.abort("stop");
  assertEquals(
    (await outcomes).map((each) =>
      each.status === "rejected" ? each.reason : each.value
    ),
    ["stop", "stop"],
  );
  await stage.end(0);
  await Promise.allSettled(reads);
});

Deno.test("requestFor(): gives a listener the outcome of a request, or the error in place of one", async () => {
  const stage = new Stage({ REMOVE: () => status(0) }, {});
  const pool = await stage.begin();
  const settled: (readonly [number, unknown])[] = [];
  const listener = {
    settle: (outcome: unknown, place: number) =>
      void settled.push([place, outcome]),
  };
  pool.requestFor(listener, 7, { kind: "remove", path: "a" });
  await turn();
  assertEquals(settled, [[7, OK]]);
  for (const server of stage.servers) server.end();
  await turn();
  pool.requestFor(listener, 8, { kind: "remove", path: "b" });
  await turn();
  assertEquals(settled.length, 2);
  const [place, lost] = settled[1]!;
  assertEquals([place, lost instanceof SessionError], [8, true]);
});
