import { delay } from "@std/async/delay";

/** Length of a read, in bytes. */
const BLOCK_BYTES = 64 * 1024;

/** Bytes on their way, and when they arrive, by `performance.now()`. */
interface Flight {
  readonly bytes: Uint8Array;
  readonly due: number;
}

/**
 * A proxy on loopback in front of a server there, which adds a round-trip time:
 * what passes takes half of it each way, and is never slowed down otherwise.
 */
export class LatencyProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly port = this.#listener.addr.port;
  readonly #serverPort: number;
  readonly #halfMilliseconds: number;
  readonly #served: Promise<void>;

  /** @param milliseconds The round-trip time that is added. */
  constructor(serverPort: number, milliseconds: number) {
    this.#serverPort = serverPort;
    this.#halfMilliseconds = milliseconds / 2;
    this.#served = this.#serve();
  }

  async #serve(): Promise<void> {
    const connections: Promise<void>[] = [];
    for await (const near of this.#listener) {
      connections.push(this.#connect(near));
    }
    await Promise.all(connections);
  }

  async #connect(near: Deno.TcpConn): Promise<void> {
    const far = await Deno.connect({
      hostname: "127.0.0.1",
      port: this.#serverPort,
    });
    near.setNoDelay();
    far.setNoDelay();
    await Promise.all([this.#forward(near, far), this.#forward(far, near)]);
    near.close();
    far.close();
  }

  /** Reads and writes at the same time: what is on its way holds nothing up. */
  async #forward(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const flights: Flight[] = [];
    let came = Promise.withResolvers<void>();
    let hasEnded = false;
    const read = async () => {
      const block = new Uint8Array(BLOCK_BYTES);
      for (let count; (count = await from.read(block).catch(() => null));) {
        const due = performance.now() + this.#halfMilliseconds;
        flights.push({ bytes: block.slice(0, count), due });
        came.resolve();
      }
      hasEnded = true;
      came.resolve();
    };
    const write = async () => {
      for (;;) {
        const flight = flights.shift();
        if (flight !== undefined) await land(flight, to);
        else if (hasEnded) break;
        else {
          came = Promise.withResolvers();
          await came.promise;
        }
      }
      await to.closeWrite();
    };
    // Whoever closes early is told so by the other side.
    await Promise.allSettled([read(), write()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#served;
  }
}

async function land({ bytes, due }: Flight, to: Deno.TcpConn): Promise<void> {
  const early = due - performance.now();
  if (early > 0) await delay(early);
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}
