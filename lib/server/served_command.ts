/** Commands that a server answers, as clients have a login's shell run them. */

import { expandBraces } from "../names/braces.ts";
import { homeIn } from "../names/remote_path.ts";
import {
  isActive,
  shellWords,
  textOf,
  type Word,
} from "../names/shell_word.ts";

/** Request of a client for one side of an SCP copy. */
export interface ServedScp {
  readonly kind: "scp";
  readonly role: "sink" | "source";
  /** Paths to send, whose active characters are patterns; a sink's one target. */
  readonly paths: readonly Word[];
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly targetIsDirectory: boolean;
  readonly verbose: boolean;
}

/** Command that is not answered. */
export interface RefusedCommand {
  readonly kind: "refused";
  /** One sentence for the user. */
  readonly reason: string;
  /** True where the client reads SCP's messages. */
  readonly speaksScp: boolean;
}

/** Command of a client. */
export type ServedCommand =
  | ServedScp
  | { readonly kind: "sftp" }
  | RefusedCommand;

/** Longest command that is read, in UTF-16 code units. */
const MAX_COMMAND = 8192;

/** Characters that make a shell do more than start one program. */
const SHELL_CHARACTERS = [..."$`;&|<>()"];

/** Name of OpenSSH's SFTP server, and the one that sshd itself is. */
const SFTP_SERVERS = /(?:^|\/)sftp-server$|^internal-sftp$/;

/**
 * Reads the command that a client asked for. It is taken apart into words, and
 * never given to a shell or a program.
 *
 * @param text Command as `decodeName` gives it; `undefined` where the client asked
 * for none, as for a subsystem.
 */
export function readCommand(text: string | undefined): ServedCommand {
  if (text === undefined || text === "") return { kind: "sftp" };
  const words = shellWords(text.slice(0, MAX_COMMAND));
  const [first, ...others] = words;
  const program = first === undefined ? "" : textOf(first);
  const speaksScp = /(?:^|\/)scp$/.test(program);
  const refuse = (reason: string): RefusedCommand => ({
    kind: "refused",
    reason,
    speaksScp,
  });
  if (text.length > MAX_COMMAND) return refuse("this command is too long");
  if (/[\n\r\0]/.test(text)) {
    return refuse("this server takes no line breaks in a command: use SFTP");
  }
  const isPlain = !words.some((word) =>
    word.some((char) => SHELL_CHARACTERS.some((one) => isActive(char, one)))
  );
  if (!isPlain) return refuse(ONLY_COPIES);
  if (SFTP_SERVERS.test(program)) return { kind: "sftp" };
  if (!speaksScp) return refuse(ONLY_COPIES);
  const request = readScp(others);
  return typeof request === "string" ? refuse(request) : request;
}

/** Sentence for whoever asks for a shell or another program. */
export const ONLY_COPIES = "this server only takes copies by SCP or SFTP";

/** Reads the words behind `scp`; gives the reason where they are refused. */
function readScp(words: readonly Word[]): ServedScp | string {
  const letters = new Set<string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = textOf(words[at]!);
    if (!/^-./.test(word)) break;
    if (word === "--") {
      at++;
      break;
    }
    const unknown = /[^vrpdqtf]/.exec(word.slice(1))?.[0];
    if (unknown !== undefined) {
      return "this server takes no other options of scp than -v -r -p -d -q";
    }
    for (const letter of word.slice(1)) letters.add(letter);
  }
  if (letters.has("t") === letters.has("f")) {
    return "this server takes scp with one of -t and -f alone";
  }
  const role = letters.has("t") ? "sink" : "source";
  const operands = words.slice(at);
  const paths = role === "sink" ? operands : operands.flatMap(expandBraces);
  if (paths.length === 0) return "this server was given no path";
  if (role === "sink" && paths.length > 1) return "ambiguous target";
  if (paths.some(isOthersHome)) return "this server knows no home directories";
  return {
    kind: "scp",
    role,
    paths: paths.map(withoutHome),
    recursive: letters.has("r"),
    preserve: letters.has("p"),
    targetIsDirectory: letters.has("d"),
    verbose: letters.has("v"),
  };
}

/** Gives the leading `~` or `~user` that a shell would read. */
function activeHome(word: Word): string {
  return isActive(word[0], "~") ? homeIn(textOf(word)) : "";
}

function isOthersHome(word: Word): boolean {
  return activeHome(word).length > 1;
}

/** Gives a path in which the home directory is the server's own one: `.`. */
function withoutHome(word: Word): Word {
  if (activeHome(word) === "") return word;
  return [{ char: ".", quoted: true }, ...word.slice(1)];
}
