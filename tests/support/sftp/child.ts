import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { SshSession } from "../../../lib/ssh/session.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";

/** Programs that it needs. */
export const SFTP_CHILD_NEEDS: readonly string[] = ["sftp-server"];

/** Settings of a child. */
export interface SftpChildOptions {
  /** Words before the server's command, such as another program's. */
  readonly wrapper?: readonly string[];
  /** Prefix of each message about a path. */
  readonly label?: string;
  /** Preferred length of a READ or WRITE, in bytes. */
  readonly blockBytes?: number;
}

/**
 * System's sftp-server as a child, and its files. The session begins in an empty
 * directory of its own, which is removed at the end.
 */
export class SftpChild implements AsyncDisposable {
  /** Path of the directory on the local disk. */
  readonly path: string;
  readonly files: SftpFileSystem;
  readonly session: SftpSession;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    { path }: TempDirectory,
    session: SftpSession,
    { files, owned }: { files: SftpFileSystem; owned: AsyncDisposableStack },
  ) {
    this.path = path;
    this.session = session;
    this.files = files;
    this.#owned = owned;
  }

  /** Starts the server. */
  static async start(
    { wrapper = [], label = "scp: ", blockBytes = 256 * 1024 }:
      SftpChildOptions = {},
  ): Promise<SftpChild> {
    await using stack = new AsyncDisposableStack();
    const directory = stack.use(new TempDirectory());
    const server = findProgram("sftp-server")!;
    const [program, ...args] = [...wrapper, server, "-d", directory.path];
    const ssh = stack.use(SshSession.start(program!, args, {
      interrupted: new AbortController().signal,
      service: "SFTP server",
      onStderr: () => {},
    }));
    const session = await SftpSession.begin(ssh.channel);
    stack.defer(async () => {
      await ssh.channel.close();
      await session.ended;
    });
    const files = await SftpFileSystem.of(session, {
      label,
      tuning: {},
      blockBytes,
    });
    return new SftpChild(directory, session, { files, owned: stack.move() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]();
  }
}
