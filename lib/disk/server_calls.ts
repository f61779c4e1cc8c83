import type { Times } from "../filesystem/file_system.ts";
import type {
  DiskSpace,
  EntryStatus,
  OpenPurpose,
} from "../filesystem/served_file_system.ts";
import type { SystemCalls, SystemFile } from "./system_calls.ts";

/**
 * Calls of one system for paths that a server of SFTP needs. Each throws the system's
 * own error, or an `Error` whose message is a sentence for the client.
 */
export interface ServerCalls extends SystemCalls {
  /** Gives a user's home directory, as in `ServedFileSystem`. */
  homeOf(user: string): string | undefined;
  look(path: string, options: { readonly followsLink: boolean }): EntryStatus;
  open(path: string, purpose: OpenPurpose, mode: number): ServerFile;
  rmdir(path: string): void;
  /** Renames an entry; fails where something has the new name. */
  renameNew(from: string, to: string): void;
  /** Gives a file one more name. Absent where no client may do that. */
  link?(from: string, to: string): void;
  /** Sets both times of an entry, of a link itself. */
  setLinkTimes(path: string, times: Times): void;
  /** Gives the path from the root; its last component may be missing. */
  canonical(path: string): string;
  space(path: string): DiskSpace;
}

/** Calls of one system for a file that a client has open. */
export interface ServerFile extends SystemFile {
  look(): EntryStatus;
  /** Waits until the file is on the disk. */
  sync(): void;
}
