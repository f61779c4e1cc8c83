import { assert, assertEquals } from "@std/assert";
import { SessionError } from "../../../lib/errors.ts";
import { EarlyConnections } from "../../../lib/routes/early_connections.ts";
import type { BegunConnection } from "../../../lib/routes/sftp_start.ts";
import type { SshSession } from "../../../lib/ssh/session.ts";

/** Connections that begin, and what became of them. */
class Beginnings {
  readonly signals: AbortSignal[] = [];
  readonly disposed: number[] = [];
  /** Number of those that begin; ssh does not start for more. */
  most = Infinity;

  readonly begin = (ended: AbortSignal): BegunConnection => {
    const at = this.signals.length;
    if (at === this.most) throw new SessionError("ssh: not found");
    this.signals.push(ended);
    const dispose = async () => {
      this.disposed.push(at);
    };
    return {
      ssh: { [Symbol.asyncDispose]: dispose } as SshSession,
      starting: Promise.resolve(new SessionError(`${at}`)),
    };
  };
}

Deno.test("EarlyConnections: give each connection once, to whoever ends it from then on", async () => {
  const beginnings = new Beginnings();
  const early = new EarlyConnections();
  early.begin(2, beginnings.begin);
  const ending = new AbortController();
  const first = early.take(ending.signal);
  assertEquals(`${await first?.starting}`, "SessionError: 0");
  assert(!beginnings.signals[0]!.aborted);
  ending.abort();
  assert(beginnings.signals[0]!.aborted);
  assert(early.take(ending.signal) !== undefined);
  assert(beginnings.signals[1]!.aborted);
  assertEquals(early.take(ending.signal), undefined);
  await early[Symbol.asyncDispose]();
  assertEquals(beginnings.disposed, []);
});

Deno.test("EarlyConnections: end those that nobody took", async () => {
  const beginnings = new Beginnings();
  const early = new EarlyConnections();
  early.begin(3, beginnings.begin);
  early.take(new AbortController().signal);
  await early[Symbol.asyncDispose]();
  assertEquals(
    beginnings.signals.map(({ aborted }) => aborted),
    [false, true, true],
  );
  assertEquals(beginnings.disposed, [1, 2]);
  await early[Symbol.asyncDispose]();
  assertEquals(beginnings.disposed, [1, 2]);
});

Deno.test("EarlyConnections: begin as many as ssh starts", () => {
  const beginnings = new Beginnings();
  beginnings.most = 1;
  const early = new EarlyConnections();
  early.begin(3, beginnings.begin);
  const { signal } = new AbortController();
  assert(early.take(signal) !== undefined);
  assertEquals(early.take(signal), undefined);
});
