import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { SshSession } from "../../../lib/ssh/session.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { TempDirectory } from "../fixtures/temp_directory.ts";

/** The programs it cannot do without. */
export const SFTP_CHILD_NEEDS: readonly string[] = ["sftp-server"];

export interface SftpChildOptions {
  /** What is put before the server's command, such as another program's. */
  readonly wrapper?: readonly string[];
  /** What messages about a path begin with. */
  readonly label?: string;
  /** The most that is moved at a time, in bytes. */
  readonly blockBytes?: number;
}

/**
 * The system's sftp-server as a child, and its files. It begins in an empty
 * directory of its own, which goes with it.
 */
export class SftpChild implements AsyncDisposable {
  /** The directory, on this disk. */
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
