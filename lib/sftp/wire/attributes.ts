/** File attributes on the wire (draft-ietf-secsh-filexfer-02, section 5). */

import { ProtocolError } from "../../errors.ts";
import type {
  Attributes,
  EntryKind,
  Times,
} from "../../filesystem/file_system.ts";
import type { WireReader, WireWriter } from "./bytes.ts";

/** Owners of an entry, by their numbers. */
export interface Owners {
  readonly user: number;
  readonly group: number;
}

/** Attributes of an entry in one packet; those that it lacks are absent. */
export interface WireAttributes {
  /** In bytes. */
  readonly size?: number;
  /** Numbers of the owners; a client is not told them. */
  readonly owners?: Owners;
  /** Kind of the entry (`S_IFMT`) and its permission bits. */
  readonly permissions?: number;
  /** In milliseconds since 1970 UTC; the wire has whole seconds. */
  readonly times?: Times;
}

const Flag = {
  SIZE: 0x1,
  UIDGID: 0x2,
  PERMISSIONS: 0x4,
  ACMODTIME: 0x8,
  EXTENDED: 0x80000000,
} as const;

const KNOWN_FLAGS = Flag.SIZE | Flag.UIDGID | Flag.PERMISSIONS |
  Flag.ACMODTIME | Flag.EXTENDED;

/** Last second that the wire can carry: in 2106. */
const LAST_SECOND = 0xffff_ffff;

/**
 * Reads attributes.
 *
 * @param options `owners`: true where the owners are read, too.
 * @throws {ProtocolError} If they are cut, or have flags that version 3 lacks.
 */
export function readAttributes(
  reader: WireReader,
  { owners: readsOwners = false } = {},
): WireAttributes {
  const flags = reader.uint32();
  if ((flags & ~KNOWN_FLAGS) !== 0) {
    throw new ProtocolError("protocol error: unknown file attributes");
  }
  const read: {
    -readonly [Name in keyof WireAttributes]: WireAttributes[Name];
  } = {};
  if ((flags & Flag.SIZE) !== 0) read.size = reader.uint64();
  if ((flags & Flag.UIDGID) !== 0) {
    const owners = readOwners(reader);
    if (readsOwners) read.owners = owners;
  }
  if ((flags & Flag.PERMISSIONS) !== 0) read.permissions = reader.uint32();
  if ((flags & Flag.ACMODTIME) !== 0) read.times = readTimes(reader);
  if ((flags & Flag.EXTENDED) !== 0) skipExtensions(reader);
  return read;
}

function readOwners(reader: WireReader): Owners {
  const user = reader.uint32();
  return { user, group: reader.uint32() };
}

function readTimes(reader: WireReader): Times {
  const accessed = reader.uint32() * 1000;
  return { accessed, modified: reader.uint32() * 1000 };
}

function skipExtensions(reader: WireReader): void {
  for (let left = reader.uint32(); left > 0; left--) {
    reader.string();
    reader.string();
  }
}

/**
 * Writes attributes. Times before 1970 become 1970, those after 2106 the last
 * second that the wire can carry.
 */
export function writeAttributes(
  writer: WireWriter,
  { size, owners, permissions, times }: WireAttributes,
): void {
  writer.uint32(
    (size === undefined ? 0 : Flag.SIZE) |
      (owners === undefined ? 0 : Flag.UIDGID) |
      (permissions === undefined ? 0 : Flag.PERMISSIONS) |
      (times === undefined ? 0 : Flag.ACMODTIME),
  );
  if (size !== undefined) writer.uint64(size);
  if (owners !== undefined) writer.uint32(owners.user).uint32(owners.group);
  if (permissions !== undefined) writer.uint32(permissions);
  if (times !== undefined) {
    writer.uint32(wireSeconds(times.accessed));
    writer.uint32(wireSeconds(times.modified));
  }
}

function wireSeconds(milliseconds: number): number {
  return Math.min(Math.max(0, Math.floor(milliseconds / 1000)), LAST_SECOND);
}

const KIND_BITS = 0o170000;

const KINDS: Readonly<Record<number, EntryKind>> = {
  0o100000: "file",
  0o040000: "directory",
};

const LINK = 0o120000;

/** Tells whether attributes are those of a symbolic link itself. */
export function isLink({ permissions = 0 }: WireAttributes): boolean {
  return (permissions & KIND_BITS) === LINK;
}

/** Tells whether attributes include the kind of the entry. */
export function tellsKind({ permissions = 0 }: WireAttributes): boolean {
  return (permissions & KIND_BITS) !== 0;
}

/** Kind and mode assumed where a server tells none. */
const USUAL_PERMISSIONS = 0o100644;

/** Gives the attributes of an entry, with defaults for those that are absent. */
export function attributesFrom(
  { size = 0, permissions = USUAL_PERMISSIONS, times }: WireAttributes,
): Attributes {
  return {
    kind: KINDS[permissions & KIND_BITS] ?? "other",
    size,
    mode: permissions & 0o7777,
    modified: times?.modified ?? 0,
    accessed: times?.accessed ?? 0,
  };
}
