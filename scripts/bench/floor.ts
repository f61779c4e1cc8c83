/**
 * Floor of a copy: the time that OpenSSH's server takes for the very requests of
 * this copy where nobody waits for its replies, with the start of a program.
 */

import { pathToFileURL } from "node:url";
import { removeIfThere } from "../build/files.ts";
import { findProgram } from "../peers.ts";
import type { Field } from "./field.ts";
import type { Program } from "./program.ts";
import { take, type Turn } from "./rounds.ts";
import { readSession, recorderScript, type Session } from "./session.ts";
import { shellCommand, writeScript } from "./shell.ts";

/** Name of the floor among the contenders. */
export const FLOOR = "floor";

const MEBIBYTE = 1024 ** 2;

/**
 * Most bytes of unanswered SFTP requests: what an ssh channel holds where there is
 * latency, and near by, where the server has enough to do with less, a quarter.
 */
const UNANSWERED_BYTES = { distant: 2 * MEBIBYTE, near: MEBIBYTE / 2 };

/**
 * Records seacp's copy and gives a turn that replays it.
 *
 * @param own The turn of seacp.
 * @param roundTrip The round-trip time that is added, in milliseconds.
 * @throws {Error} If the copy fails, or if it used no session.
 */
export async function floorTurn(
  own: Turn,
  roundTrip: number,
  { program: { replay }, field }: { program: Program; field: Field },
): Promise<Turn> {
  const sessions = await recordSessions(own, field);
  if (sessions.length === 0) {
    throw new Error(`${own.command.join(" ")}: it ran no ssh to record`);
  }
  const unansweredBytes = UNANSWERED_BYTES[roundTrip > 0 ? "distant" : "near"];
  // Nothing stores the replies of a download.
  const isUpload = own.copy?.direction === "up";
  return {
    contender: FLOOR,
    command: [
      ...replay,
      ...sessions.map((each) => JSON.stringify({ ...each, unansweredBytes })),
    ],
    isWatched: false,
    ...(isUpload ? { copy: own.copy } : {}),
  };
}

/** Makes the copy with an ssh in the PATH that records it. */
async function recordSessions(own: Turn, field: Field): Promise<Session[]> {
  const bin = `${field.directory}/recorder`;
  const records = `${field.directory}/sessions`;
  for (const directory of [bin, records]) {
    removeIfThere(pathToFileURL(directory));
    Deno.mkdirSync(directory);
  }
  const [ssh, place] = [findProgram("ssh")!, records].map((word) =>
    shellCommand([word])
  );
  writeScript(`${bin}/ssh`, recorderScript(ssh!, place!));
  const PATH = `${bin}:${Deno.env.get("PATH")}`;
  await take({ ...own, environment: { PATH } }, field);
  return Deno.readDirSync(records).toArray()
    .map(({ name }) => readSession(`${records}/${name}`))
    .filter((session) => session !== undefined);
}
