import type { Door } from "../doors.ts";
import type { Sshd } from "../ssh/sshd.ts";
import type { Cut, Direction } from "./cut_proxy.ts";

/** Fate of a connection: it is refused, cut, falls silent, or is passed on to its end. */
export type Fate = "refused" | Cut | "whole";

/**
 * Line to an sshd that fails as a test says: a proxy on loopback for any number of
 * connections, each with a fate of its own.
 */
export class UnsteadyLine implements Door {
  readonly options: readonly string[];
  readonly home: string;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serverPort: number;
  readonly #fateOf: (connection: number) => Fate;
  readonly #moved = { up: 0, down: 0 };
  readonly #open = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;
  /** Resolves once what was held is dropped. */
  readonly #dropped = Promise.withResolvers<void>();
  #connections = 0;

  /** @param fateOf Gives the fate of each connection, by its number from 0 on. */
  constructor(sshd: Sshd, fateOf: (connection: number) => Fate) {
    this.home = sshd.home;
    this.#serverPort = sshd.port;
    this.#fateOf = fateOf;
    this.options = [
      ...["-F", sshd.config, "-P", String(this.#listener.addr.port)],
      ...["-o", `HostKeyAlias=[127.0.0.1]:${sshd.port}`],
    ];
    this.#serving = this.#serve();
  }

  /** Number of connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Bytes that have passed over all connections. */
  get moved(): Readonly<Record<Direction, number>> {
    return this.#moved;
  }

  async #serve(): Promise<void> {
    const running: Promise<void>[] = [];
    for await (const near of this.#listener) {
      running.push(this.#carry(near, this.#fateOf(this.#connections++)));
    }
    await Promise.all(running);
  }

  async #carry(near: Deno.Conn, fate: Fate): Promise<void> {
    if (fate === "refused") return near.close();
    const port = this.#serverPort;
    const far = await Deno.connect({ hostname: "127.0.0.1", port });
    this.#open.add(near).add(far);
    const cut = fate === "whole" ? undefined : fate;
    const silence: Silence = { isHeld: false };
    const ways = [
      this.#forward("up", near, far, { cut, silence }),
      this.#forward("down", far, near, { cut, silence }),
    ];
    await Promise.race(ways);
    for (const side of [near, far]) {
      this.#open.delete(side);
      closeQuietly(side);
    }
    await Promise.all(ways);
  }

  /** Passes on what comes, until the stream ends, is cut or falls silent. */
  async #forward(
    direction: Direction,
    from: Deno.Conn,
    to: Deno.Conn,
    { cut, silence }: { cut: Cut | undefined; silence: Silence },
  ): Promise<void> {
    let left = cut?.direction === direction ? cut.after : Infinity;
    const block = new Uint8Array(64 * 1024);
    try {
      for (let count; (count = await from.read(block)) !== null;) {
        if (silence.isHeld) return await this.#dropped.promise;
        for (let at = 0, end = Math.min(count, left); at < end;) {
          const passed = await to.write(block.subarray(at, end));
          at += passed;
          this.#moved[direction] += passed;
        }
        left -= count;
        if (left > 0) continue;
        silence.isHeld = cut?.isHeld === true;
        return silence.isHeld ? await this.#dropped.promise : undefined;
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // A side was closed.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#dropped.resolve();
    for (const side of this.#open) closeQuietly(side);
    await this.#serving;
  }
}

/** State that both directions of a connection share. */
interface Silence {
  /** True once nothing passes any more. */
  isHeld: boolean;
}

function closeQuietly(side: Deno.Conn): void {
  try {
    side.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
