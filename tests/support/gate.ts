import { turn } from "./turn.ts";

/** Gives the index of the next one of many that wait. */
export type Order = (count: number) => number;

/** Orders in which nothing may go wrong. */
export const ORDERS = {
  "first come": () => 0,
  "last come": (count) => count - 1,
  "in the middle": (count) => Math.floor(count / 2),
  "to and fro": (count) => count % 2 === 0 ? 0 : count - 1,
} as const satisfies Readonly<Record<string, Order>>;

/** Has whoever comes wait until it is let go. */
export class Gate {
  /** Most waiters at once. */
  most = 0;
  readonly #waiting: (() => void)[] = [];

  async pass(): Promise<void> {
    await new Promise<void>((go) => {
      this.#waiting.push(go);
      this.most = Math.max(this.most, this.#waiting.length);
    });
  }

  /** Lets one after the other go, until nobody comes any more. */
  async open(order: Order): Promise<void> {
    for (await turn(); this.#waiting.length > 0; await turn()) {
      const [go] = this.#waiting.splice(order(this.#waiting.length), 1);
      go!();
    }
  }
}
