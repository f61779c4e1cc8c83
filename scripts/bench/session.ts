/** Session of ssh, recorded in a directory of its own. */
export interface Session {
  /** Arguments of ssh. */
  readonly words: readonly string[];
  readonly isSftp: boolean;
  /** File with all that was sent. */
  readonly input: string;
}

/**
 * Gives a script that runs ssh, and records each session in a new directory. It
 * ends when ssh does: seacp may keep the input open until then. tee writes to its
 * output first, so that the record holds all that ssh was given.
 *
 * @param ssh The real one, as a command for sh.
 * @param records Directory for the sessions' directories, as a word for sh.
 */
export function recorderScript(ssh: string, records: string): string {
  return `for word; do
  case $word in -G | -V) exec ${ssh} "$@" ;; esac
done
session=$(mktemp -d ${records}/XXXXXX)
printf '%s\\0' "$@" > "$session/words"
mkfifo "$session/requests"
exec 3<&0
tee "$session/requests" <&3 > "$session/input" &
recorder=$!
${ssh} "$@" 3<&- < "$session/requests"
status=$?
kill "$recorder" 2> /dev/null
echo "$status" > "$session/status"
exit "$status"`;
}

/**
 * Reads a session.
 *
 * @returns `undefined` for one that failed: the copy went on without it.
 */
export function readSession(directory: string): Session | undefined {
  const read = (name: string) => Deno.readTextFileSync(`${directory}/${name}`);
  if (read("status") !== "0\n") return undefined;
  const words = read("words").split("\0").slice(0, -1);
  return {
    words,
    isSftp: words.includes("-s"),
    input: `${directory}/input`,
  };
}
