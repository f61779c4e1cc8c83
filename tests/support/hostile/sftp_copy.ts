/** Copies by the way of an SFTP session over any channel, as the program does. */

import type { Channel } from "../../../lib/channel/channel.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Platform } from "../../../lib/names/names.ts";
import type { Observer } from "../../../lib/events/copy_event.ts";
import { namedEntries, targetPath } from "../../../lib/sftp/operand_paths.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import type { TransferOptions } from "../../../lib/tree/options.ts";
import { copyTree } from "../../../lib/tree/copy_tree.ts";

export interface SftpCopy {
  readonly way: "down" | "up";
  /** A path, or for the way down a pattern too. */
  readonly source: string;
  readonly target: string;
  /** The disk here; the local one if absent. */
  readonly files?: FileSystem;
  readonly preserve?: boolean;
  /** The most that is moved at a time, in bytes. */
  readonly blockBytes?: number;
  readonly platform?: Platform;
  /** Mode bits that downloads take. */
  readonly umask?: number;
}

/** Longer than a shell talks that has said all it says, in milliseconds. */
const PATIENCE_MILLISECONDS = 5;

/** Bits that no peer is trusted with: set-id. */
const MODE_BITS = 0o1777;

/**
 * Copies a file or a tree.
 *
 * @throws {EntryError} If the source or the target is none.
 * @throws {ProtocolError} If the server broke the protocol.
 * @throws {SessionError} If its stream ended.
 */
export async function copyOverSftp(
  channel: Channel,
  copy: SftpCopy,
  observer: Observer,
): Promise<void> {
  const { files: local = new LocalFileSystem(), blockBytes = 4096 } = copy;
  const session = await SftpSession.begin(channel, {
    patience: PATIENCE_MILLISECONDS,
  });
  const remote = await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes,
  });
  const options = optionsFor(copy);
  if (copy.way === "down") {
    const entries = await namedEntries(remote, copy.source);
    await copyTree(
      { files: remote, entries },
      { files: local, path: copy.target, mustBeDirectory: false },
      { options, observer },
    );
  } else {
    const path = await targetPath(remote, copy.target);
    await copyTree(
      { files: local, entries: [{ path: copy.source }] },
      { files: remote, path, mustBeDirectory: false },
      { options, observer },
    );
  }
}

function optionsFor(
  { way, preserve = false, platform = "posix", umask = 0o022 }: SftpCopy,
): TransferOptions {
  const isDown = way === "down";
  return {
    recursive: true,
    store: {
      preserve,
      modeBits: MODE_BITS,
      ...(isDown ? { umask } : {}),
    },
    links: "followed",
    platform: isDown ? platform : "posix",
    isWatched: true,
    namedBy: isDown ? "target" : "source",
    interrupted: new AbortController().signal,
  };
}
