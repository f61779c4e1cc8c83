/**
 * Floor of a copy: the time that OpenSSH's server takes for the very requests of
 * this copy where nobody waits for its replies, after the start of the program.
 */

import { findProgram } from "../peers.ts";
import type { Field } from "./field.ts";
import type { Program } from "./program.ts";
import { take, type Turn } from "./rounds.ts";
import { shellCommand, writeScript } from "./shell.ts";

/** Name of the floor among the contenders. */
export const FLOOR = "floor";

/** A session of ssh as it was recorded. */
interface Session {
  readonly arguments: readonly string[];
  /** File with the requests. */
  readonly input: string;
  /** Length of the replies. */
  readonly outputBytes: number;
}

/** Longest time of a replay, in seconds: replies that lack bytes never end. */
const MOST_SECONDS = 600;

/**
 * Records seacp's copy and gives a turn that replays it.
 *
 * @param own The turn of seacp.
 * @throws {Error} If the copy fails, or if it used no session.
 */
export async function floorTurn(
  own: Turn,
  { command }: Program,
  field: Field,
): Promise<Turn> {
  const directory = Deno.makeTempDirSync({
    dir: field.directory,
    prefix: "floor-",
  });
  const sessions = await recordSessions(own, directory, field);
  if (sessions.length === 0) {
    throw new Error(`${own.command.join(" ")}: it ran no ssh to record`);
  }
  const script = `${directory}/replay`;
  writeScript(script, replayScript([...command, "--version"], sessions));
  const isUpload = own.copy?.direction === "up";
  return {
    contender: FLOOR,
    // Ends all processes of the replay with it, if it is ended early.
    command: ["timeout", String(MOST_SECONDS), script],
    isWatched: false,
    ...(isUpload ? { copy: own.copy } : {}),
  };
}

/** Makes the copy with an ssh in the PATH that records, and reads the records. */
async function recordSessions(
  own: Turn,
  directory: string,
  field: Field,
): Promise<Session[]> {
  const [bin, records] = [`${directory}/bin`, `${directory}/sessions`];
  Deno.mkdirSync(bin);
  Deno.mkdirSync(records);
  writeScript(`${bin}/ssh`, recorderScript(records));
  const PATH = `${bin}:${Deno.env.get("PATH")}`;
  await take({ ...own, environment: { PATH } }, field);
  return Deno.readDirSync(records).toArray()
    .map(({ name }) => readSession(`${records}/${name}`))
    .filter((session) => session !== undefined);
}

/**
 * Gives a script that runs ssh; a session leaves a directory of files. The
 * script ends when ssh does: seacp may keep the input open until then.
 */
function recorderScript(records: string): string {
  const ssh = shellCommand([findProgram("ssh")!]);
  return `for word; do
  case $word in -G | -V) exec ${ssh} "$@" ;; esac
done
session=$(mktemp -d ${shellCommand([records])}/XXXXXX)
printf '%s\\0' "$@" > "$session/arguments"
mkfifo "$session/requests" "$session/replies"
wc -c < "$session/replies" > "$session/bytes" &
counter=$!
exec 3<&0
tee "$session/input" <&3 > "$session/requests" &
recorder=$!
exec 3<&- < "$session/requests"
{ ${ssh} "$@"; echo $? > "$session/status"; } | tee "$session/replies"
kill "$recorder" 2> /dev/null
wait "$counter"
exit "$(cat "$session/status")"`;
}

/** @returns `undefined` for a session that failed: the copy went on without it. */
function readSession(directory: string): Session | undefined {
  const read = (name: string) =>
    Deno.readTextFileSync(`${directory}/${name}`).trim();
  if (read("status") !== "0") return undefined;
  return {
    arguments: read("arguments").split("\0").slice(0, -1),
    input: `${directory}/input`,
    outputBytes: Number(read("bytes")),
  };
}

/**
 * Gives a script that starts the program, then sends all requests of all sessions
 * at once. OpenSSH's SFTP server drops what it has not answered when its input
 * ends, so that the input stays open until the last byte of the replies. Fewer
 * bytes than recorded are a failure.
 */
function replayScript(
  start: readonly string[],
  sessions: readonly Session[],
): string {
  const ssh = shellCommand([findProgram("ssh")!]);
  const calls = sessions.map(({ arguments: words, input, outputBytes }) =>
    `replay ${shellCommand([input, String(outputBytes - 1), ...words])} &
replays="$replays $!"`
  );
  return `replay() {
  input=$1 bytes=$2
  shift 2
  done=$(mktemp -u "$input.XXXXXX")
  mkfifo "$done"
  { cat "$input"; cat "$done"; } | ${ssh} "$@" | {
    head -c "$bytes" > /dev/null
    last=$(head -c 1 | wc -c)
    : > "$done"
    cat > /dev/null
    rm "$done"
    [ "$last" -eq 1 ]
  }
}
${shellCommand(start)} > /dev/null || exit
${calls.join("\n")}
for each in $replays; do
  wait "$each" || exit
done`;
}
