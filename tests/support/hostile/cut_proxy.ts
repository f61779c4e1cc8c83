/** To the server, or from it. */
export type Direction = "up" | "down";

/** Point at which a connection ends, or halts. */
export interface Cut {
  /** Whose bytes are counted. */
  readonly direction: Direction;
  /** Number of bytes that pass. */
  readonly after: number;
  /** True where it is only halted: nothing passes until it is released. */
  readonly isHeld?: boolean;
}

/**
 * A proxy on loopback for one connection to a server there. It can cut the
 * connection, or halt it both ways, once an exact number of bytes has passed.
 */
export class CutProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly port = this.#listener.addr.port;
  readonly #serverPort: number;
  readonly #cut: Cut | undefined;
  readonly #moved = { up: 0, down: 0 };
  readonly #reached = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #isTaken = false;
  #isDropped = false;
  /** Promise that is awaited before anything passes. */
  #gate = Promise.resolve();

  constructor(serverPort: number, cut?: Cut) {
    this.#serverPort = serverPort;
    this.#cut = cut;
    this.#ended = this.#serve();
  }

  /** Number of bytes that have passed. */
  get moved(): Readonly<Record<Direction, number>> {
    return this.#moved;
  }

  /** Resolves once it has cut, or halted, the connection. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Lets all the rest pass that was held. */
  release(): void {
    this.#released.resolve();
  }

  /** Drops what was held: the connection is cut. */
  drop(): void {
    this.#isDropped = true;
    this.#released.resolve();
  }

  async #serve(): Promise<void> {
    try {
      const near = await this.#listener.accept();
      this.#isTaken = true;
      this.#listener.close();
      const far = await Deno.connect({
        hostname: "127.0.0.1",
        port: this.#serverPort,
      });
      const ways = [
        this.#forward("up", near, far),
        this.#forward("down", far, near),
      ];
      await Promise.race(ways);
      near.close();
      far.close();
      await Promise.all(ways);
    } catch (error) {
      if (!isClosed(error)) throw error;
    }
  }

  /** Passes on what comes until the stream ends or is cut. */
  async #forward(
    direction: Direction,
    from: Deno.Conn,
    to: Deno.Conn,
  ): Promise<void> {
    const cut = this.#cut?.direction === direction ? this.#cut : undefined;
    const block = new Uint8Array(64 * 1024);
    let left = cut?.after ?? Infinity;
    try {
      for (let count; (count = await from.read(block)) !== null;) {
        await this.#gate;
        if (this.#isDropped) return;
        await this.#pass(
          direction,
          block.subarray(0, Math.min(count, left)),
          to,
        );
        if (count >= left) {
          if (cut?.isHeld) this.#gate = this.#released.promise;
          this.#reached.resolve();
          if (!cut?.isHeld) return;
          await this.#gate;
          if (this.#isDropped) return;
          await this.#pass(direction, block.subarray(left, count), to);
          left = Infinity;
        } else left -= count;
      }
    } catch (error) {
      if (!isClosed(error)) throw error;
    }
  }

  async #pass(
    direction: Direction,
    bytes: Uint8Array,
    to: Deno.Conn,
  ): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = await to.write(bytes.subarray(at));
      at += count;
      this.#moved[direction] += count;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    if (!this.#isTaken) this.#listener.close();
    await this.#ended;
  }
}

function isClosed(error: unknown): boolean {
  return [
    Deno.errors.BadResource,
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionReset,
    Deno.errors.Interrupted,
  ].some((kind) => error instanceof kind);
}
