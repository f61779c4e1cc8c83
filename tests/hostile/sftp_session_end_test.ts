/** Tests of SFTP servers that end early or answer in another order. */

import { assert, assertEquals } from "@std/assert";
import { type Order, ORDERS } from "../support/gate.ts";
import { type Attack, attack } from "../support/hostile/sftp_attack.ts";
import { after } from "../support/hostile/sftp_server.ts";
import { pattern } from "../support/fixtures/tree.ts";
import { turn } from "../support/turn.ts";
import { ALL } from "../support/hostile/sftp_misbehaviours.ts";

/** Little, so that every byte of a session can be the last one. */
const SMALL = [
  { path: "d/f", content: pattern(300) },
  { path: "d/sub/g", content: "g" },
];

for (const way of ALL) {
  Deno.test(`SFTP client: a server that ends at any byte leaves the beginning of ${way}`, async () => {
    const small = {
      entries: SMALL,
      blockBytes: 128,
      ...(way === "a file that comes" ? { source: "d/f" } : {}),
    };
    let cuts = 0;
    for (let saysAtMost = 0;; saysAtMost++) {
      const { server, breach } = await attack(way, { ...small, saysAtMost });
      if (breach === undefined && !server.hasEnded) break;
      if (breach !== undefined) cuts++;
    }
    assert(cuts > 200, `${cuts} cuts`);
  });

  for (const [name, order] of Object.entries(ORDERS)) {
    Deno.test(`SFTP client: a server that answers ${name} does no harm to ${way}`, async () => {
      const { told } = await attack(way, inOrder(order, Infinity));
      assertEquals(told, []);
    });

    Deno.test(`SFTP client: a server that answers ${name} and then ends leaves the beginning of ${way}`, async () => {
      for (let answers = 1;; answers++) {
        const { breach } = await attack(way, inOrder(order, answers));
        if (breach === undefined) return assert(answers > 5);
      }
    });
  }
}

/** Has a server answer in an order, so often. */
function inOrder(order: Order, answers: number): Attack {
  const held: Uint8Array[] = [];
  return {
    hooks: {
      any: ({ name, packet }) => {
        if (name === "INIT") return undefined;
        held.push(packet);
        return "nothing";
      },
    },
    beside: async (server, over) => {
      for (let left = answers; !over.aborted; await turn()) {
        const [next] = held.splice(order(held.length), 1);
        if (next === undefined) continue;
        server.say(next);
        if (--left === 0) server.end();
      }
    },
  };
}

Deno.test("SFTP client: a server that ends leaves nothing of an older file behind what came", async () => {
  for (const answers of [1, 2, 4]) {
    const { breach, arrived } = await attack("a file that comes", {
      prepare: (target) =>
        Deno.writeTextFileSync(`${target}/large`, "old".repeat(10_000)),
      hooks: { READ: after(answers, () => "end") },
    });
    assert(breach !== undefined);
    assertEquals(arrived.get("large")?.length, answers * 4096);
  }
});
