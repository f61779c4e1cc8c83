/** Rights of the clients of a server in its directory. */

/** Rights of clients to what is there, and to what is not. */
export type Access = "read-write" | "read-only" | "write-only" | "no-overwrite";

/** Tells whether clients may see entries and read files. */
export function mayRead(access: Access): boolean {
  return access !== "write-only";
}

/** Tells whether clients may make entries. */
export function mayMake(access: Access): boolean {
  return access !== "read-only";
}

/** Tells whether clients may change and replace what others made. */
export function mayReplace(access: Access): boolean {
  return access === "read-write";
}

/** Amounts that a session moved. */
export class Moved {
  /** Files that were opened to be read. */
  filesSent = 0;
  /** Files that were opened to be written. */
  filesReceived = 0;
  /** Content that was read, in bytes. */
  bytesSent = 0;
  /** Content that was written, in bytes. */
  bytesReceived = 0;
}
