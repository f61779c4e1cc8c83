import { ConfinedDisk } from "../disk/confined_disk.ts";
import { LocalFileSystem } from "../disk/local_file_system.ts";
import { ownersOf } from "../disk/owner.ts";
import { EntryError } from "../errors.ts";
import { decodeName } from "../names/name_bytes.ts";
import { printable } from "../names/printable.ts";
import type { DirectoryServer } from "../options/serve_options.ts";
import { checkText } from "../server/check_text.ts";
import { serveConfined, type Verdict } from "../server/confined_server.ts";
import { checkServed } from "../server/served_directory.ts";
import { requestLine, sessionLine } from "../server/session_line.ts";
import { ownAccount } from "../system/account.ts";
import {
  clearEnvironment,
  environmentVariable,
  homeDirectory,
  variableBytes,
} from "../system/environment.ts";
import { ignore } from "../system/ignored_signals.ts";
import { LibcError } from "../system/libc.ts";
import {
  openLogFile,
  openSystemLog,
  type SessionLog,
} from "../system/session_log.ts";
import {
  isInputTerminal,
  standardChannel,
} from "../system/standard_channel.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Value of `--log` for the system's log. */
const SYSTEM_LOG = "syslog";

/**
 * Serves the client of this process in a directory, or tells what would be in
 * force. Refuses to start where the directory cannot be kept apart from the rest.
 *
 * @param interruption As in `Surroundings`.
 * @returns The exit status.
 */
export async function runDirectoryServer(
  server: DirectoryServer,
  terminal: Terminal,
  interruption: (last: () => void) => AbortSignal,
): Promise<number> {
  try {
    using opened = new DisposableStack();
    const disk = opened.use(ConfinedDisk.open(server.directory, server.access));
    const account = await checkDirectory(server, disk);
    const log = opened.use(openLog(server));
    if (server.isCheck) {
      const hasLandlock = disk.confine();
      const owners = account.owners;
      terminal.write(
        checkText({ ...server, account, owners, hasLandlock }) + "\n",
      );
      return 0;
    }
    return await serveClient(disk, {
      user: account.name,
      log,
      terminal,
      interruption,
    });
  } catch (error) {
    if (!(error instanceof EntryError)) throw error;
    terminal.say(`seacp: --serve: ${printable(error.message)}`);
    return 1;
  }
}

/** Checks the directory; gives the account, and the owners of the directory. */
async function checkDirectory(
  { directory: path, log }: DirectoryServer,
  { identity }: ConfinedDisk,
): Promise<{
  id: number;
  name: string;
  owners: ReturnType<typeof ownersOf>;
}> {
  const account = ownAccount();
  const homes = [account?.home ?? "", homeDirectory()]
    .filter((home) => home !== "");
  const file = log === SYSTEM_LOG ? undefined : log;
  await checkServed(new LocalFileSystem(), { path, identity }, {
    homes,
    ...(file === undefined ? {} : { log: file }),
  });
  const { id = -1, name = "unknown" } = account ?? {};
  return { id, name, owners: ownersOf(path) };
}

/** @throws {EntryError} If the log cannot be written to. */
function openLog({ log }: DirectoryServer): SessionLog | undefined {
  if (log === undefined) return undefined;
  try {
    return log === SYSTEM_LOG ? openSystemLog() : openLogFile(log);
  } catch (error) {
    if (!(error instanceof LibcError)) throw error;
    throw new EntryError(`${log}: ${error.message}`, { cause: error });
  }
}

async function serveClient(
  disk: ConfinedDisk,
  { user, log, terminal, interruption }: {
    user: string;
    log: SessionLog | undefined;
    terminal: Terminal;
    interruption: (last: () => void) => AbortSignal;
  },
): Promise<number> {
  const { files, access, moved } = disk;
  // A file that grows beyond the system's limit is a failure, not the end.
  ignore("SIGXFSZ");
  const bytes = variableBytes("SSH_ORIGINAL_COMMAND");
  const command = bytes === undefined ? undefined : decodeName(bytes);
  const connection = environmentVariable("SSH_CONNECTION");
  clearEnvironment();
  const say = (line: string) => terminal.say(line);
  const write = (line: string) => {
    try {
      log?.write(line);
    } catch (error) {
      say(`seacp: the log could not be written: ${(error as Error).message}`);
    }
  };
  const note = (verdict?: Verdict) => {
    const facts = { user, connection, command, access, moved, verdict };
    write(sessionLine(facts));
  };
  const interrupted = interruption(note);
  const channel = standardChannel(interrupted);
  // From here on the client's bytes are read, and no path of the system is opened.
  disk.confine();
  const verdict = await serveConfined(command, {
    channel,
    files,
    access,
    isTerminal: isInputTerminal(),
    say,
    note: (failure, leftOut) =>
      write(requestLine({ user, connection }, failure, leftOut)),
  });
  note(interrupted.aborted ? undefined : verdict);
  return interrupted.aborted ? Number(interrupted.reason) : verdict.status;
}
