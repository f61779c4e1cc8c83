/** Misbehaviours of an SFTP server, and the tests of each. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Attack, attack, type Way, WAYS } from "./sftp_attack.ts";
import type { Hooks } from "./sftp_server.ts";

export const ALL = Object.keys(WAYS) as readonly Way[];
export const FILE_DOWN: readonly Way[] = ["a file that comes"];
export const TREE_DOWN: readonly Way[] = ["a tree that comes"];
export const DOWN = [...FILE_DOWN, ...TREE_DOWN];
export const UP: readonly Way[] = ["a tree that goes"];

export interface Misbehaviour
  extends Pick<Attack, "extensions" | "handleFor" | "blockBytes"> {
  /** Misbehaviour of a server. */
  readonly name: string;
  readonly ways: readonly Way[];
  /** All the ways in which it may do so. */
  readonly hooks: readonly Hooks[];
  /** Expected report; absent if it does no harm: then all arrives. */
  readonly told?: RegExp;
}

/** Registers a test of each misbehaviour in each of its ways. */
export function testMisbehaviours(rows: readonly Misbehaviour[]): void {
  for (const row of rows) {
    for (const way of row.ways) {
      Deno.test(`SFTP server that ${row.name}: does no harm to ${way}`, async () => {
        for (const [index, hooks] of row.hooks.entries()) {
          const { server, told } = await attack(way, { ...row, hooks });
          const text = told.join("\n");
          if (row.told === undefined) assertEquals(told, [], `${index}`);
          else assertMatch(text, row.told, `${index}: ${text}`);
          const isDone = server.misdeeds > 0 || Object.keys(hooks).length === 0;
          assert(isDone, `${index} is another server`);
        }
      });
    }
  }
}
