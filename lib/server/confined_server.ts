/** One session of a server whose clients stay in its directory. */

import type { Channel } from "../channel/channel.ts";
import {
  asConnectionFailure,
  asEntryError,
  EntryError,
  isConnectionFailure,
} from "../errors.ts";
import type { CopyEvent } from "../events/copy_event.ts";
import { type Access, mayMake, mayRead } from "../filesystem/access.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import type { ServedFileSystem } from "../filesystem/served_file_system.ts";
import { matchesBelow, MAX_MATCHES } from "../filesystem/path_pattern.ts";
import { isPattern } from "../names/remote_path.ts";
import { textOf, type Word } from "../names/shell_word.ts";
import { formatRecord } from "../scp/wire/records.ts";
import { type FailedRequest, FailedRequests } from "./failed_requests.ts";
import { serve } from "./serve.ts";
import { ONLY_COPIES, readCommand, type ServedScp } from "./served_command.ts";
import { serveSftp } from "./sftp_session.ts";

/** Tools of a session. */
export interface ConfinedSurroundings {
  /** Channel to the client. */
  readonly channel: Channel;
  /** Files of the server's directory. */
  readonly files: ServedFileSystem;
  readonly access: Access;
  /** True where the client's input is a terminal. */
  readonly isTerminal: boolean;
  /** Writes a line to standard error, which the client's user sees. */
  say(line: string): void;
  /**
   * Notes a request of SFTP that failed, and how many before it were left out because
   * there were too many; absent where no log is kept.
   */
  note?(failure: FailedRequest, leftOut: number): void;
}

/** End of a session. */
export interface Verdict {
  /** The exit status. */
  readonly status: 0 | 1;
  readonly outcome: "ok" | "failed" | "refused";
  /** Number of failures; absent where the whole session was refused. */
  readonly failures?: number;
  /** The first failure, or the reason of the refusal; raw text. */
  readonly reason?: string;
}

/**
 * Answers a client's command, or refuses it in one sentence.
 *
 * @param text Command as `readCommand` takes it.
 */
export async function serveConfined(
  text: string | undefined,
  surroundings: ConfinedSurroundings,
): Promise<Verdict> {
  const { access, isTerminal, say } = surroundings;
  const command = readCommand(text);
  switch (command.kind) {
    case "refused":
      if (command.speaksScp) {
        return await refuseScp(command.reason, surroundings);
      }
      say(`seacp: ${command.reason}`);
      return { status: 1, outcome: "refused", reason: command.reason };
    case "sftp":
      if (!isTerminal) return await serveSftpClient(surroundings);
      // A login without a command is no subsystem's.
      say(`seacp: ${ONLY_COPIES}`);
      return { status: 1, outcome: "refused", reason: ONLY_COPIES };
    case "scp": {
      const isSink = command.role === "sink";
      if (isSink && !mayMake(access)) {
        return await refuseScp("this server is read-only", surroundings);
      }
      if (!isSink && !mayRead(access)) {
        return await refuseScp(
          "this server only takes files, and shows none",
          surroundings,
        );
      }
      return await serveScp(command, surroundings);
    }
    default:
      return command satisfies never;
  }
}

/** Refuses an SCP client, which shows its user the reason. */
async function refuseScp(
  reason: string,
  { channel }: ConfinedSurroundings,
): Promise<Verdict> {
  const text = `seacp: ${reason}`;
  try {
    await channel.write(formatRecord({ kind: "fatal", text }));
    await channel.close();
  } catch (error) {
    // The client may be gone.
    if (!isConnectionFailure(error)) throw error;
  }
  return { status: 1, outcome: "refused", reason };
}

async function serveSftpClient(
  { channel, files, note = () => {} }: ConfinedSurroundings,
): Promise<Verdict> {
  const failed = new FailedRequests(note);
  try {
    await serveSftp(channel, files, failed);
    await channel.flush();
    const { count: failures, first: reason } = failed;
    // The client was told of each failure, and the session is none.
    return reason === undefined
      ? { status: 0, outcome: "ok", failures }
      : { status: 0, outcome: "failed", failures, reason };
  } catch (error) {
    const { message } = asConnectionFailure(error);
    const failures = failed.count + 1;
    return { status: 1, outcome: "failed", failures, reason: message };
  } finally {
    await channel.close();
  }
}

async function serveScp(
  { kind: _, ...command }: ServedScp,
  { channel, files, say }: ConfinedSurroundings,
): Promise<Verdict> {
  let failures = 0;
  let reason: string | undefined;
  const observer = {
    report: (event: CopyEvent) => {
      if (event.kind !== "failure") return;
      failures++;
      reason ??= event.message;
    },
  };
  const isSource = command.role === "source";
  const paths = isSource
    ? await pathsOf(command.paths, files)
    : command.paths.map(textOf);
  const status = await serve({ ...command, paths }, {
    channel,
    files,
    platform: "posix",
    say,
    observer,
  });
  if (status === 0) return { status, outcome: "ok", failures };
  return {
    status,
    outcome: "failed",
    failures,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Gives the paths that words name: a pattern without a match stays as it is. */
async function pathsOf(
  words: readonly Word[],
  files: FileSystem,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const word of words) {
    const found = isPattern(word)
      ? await matchesBelow(files, "", word, { most: MAX_MATCHES })
        .catch(asEntryError)
      : [];
    if (found instanceof EntryError || found.length === 0) {
      paths.push(textOf(word));
    } else for (const { path } of found) paths.push(path);
  }
  return paths;
}
