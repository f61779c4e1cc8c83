/** Attributes that a client of SFTP asks for, and those that it sets. */

import {
  after,
  type EntryStatus,
  inTurn,
  type Prompt,
  type ServedFile,
  type ServedFileSystem,
} from "../filesystem/served_file_system.ts";
import {
  isLink,
  type Owners,
  type WireAttributes,
} from "../sftp/wire/attributes.ts";
import { Status } from "../sftp/wire/status.ts";
import { RequestRefusal } from "./sftp_failures.ts";

/** Bits of a mode that can be set. */
const MODE_BITS = 0o7777;

/** Purpose of an open that cuts or extends a file. */
const TO_CUT = {
  reads: false,
  writes: true,
  appends: false,
  makes: false,
  isNew: false,
  empties: false,
};

/** Gives the attributes of an entry as they are sent. */
export function wireAttributes(
  { size, permissions, user, group, modified, accessed }: EntryStatus,
): WireAttributes {
  return {
    size,
    owners: { user, group },
    permissions,
    times: { modified, accessed },
  };
}

/**
 * Sets attributes of an entry, links followed.
 *
 * @throws {EntryError} If one cannot be set; those before it are.
 */
export async function setAttributes(
  files: ServedFileSystem,
  path: string,
  { size, owners, permissions, times }: WireAttributes,
): Promise<void> {
  if (owners !== undefined) {
    checkOwners(owners, await files.look(path, { followsLink: true }));
  }
  if (size !== undefined) {
    using file = await files.open(path, TO_CUT, 0);
    await file.truncate(size);
    await file.close();
  }
  if (permissions !== undefined) {
    await files.setMode(path, permissions & MODE_BITS);
  }
  if (times !== undefined) await files.setTimes(path, times);
}

/**
 * Sets attributes of an entry, of a link itself: it has times alone.
 *
 * @throws {EntryError} As `setAttributes`.
 */
export async function setLinkAttributes(
  files: ServedFileSystem,
  path: string,
  attributes: WireAttributes,
): Promise<void> {
  const status = await files.look(path, { followsLink: false });
  if (!isLink(status)) return await setAttributes(files, path, attributes);
  const { size, owners, permissions, times } = attributes;
  if (owners !== undefined) checkOwners(owners, status);
  if (size !== undefined || permissions !== undefined) {
    throw new RequestRefusal(Status.OP_UNSUPPORTED);
  }
  if (times !== undefined) await files.setLinkTimes(path, times);
}

/**
 * Sets attributes of an open file.
 *
 * @throws {EntryError} As `setAttributes`.
 */
export function setFileAttributes(
  file: ServedFile,
  { size, owners, permissions, times }: WireAttributes,
): Prompt<void> {
  const steps: (() => Prompt<void>)[] = [];
  if (owners !== undefined) {
    steps.push(() => after(file.look(), (there) => checkOwners(owners, there)));
  }
  if (size !== undefined) steps.push(() => file.truncate(size));
  if (permissions !== undefined) {
    steps.push(() => file.setMode(permissions & MODE_BITS));
  }
  if (times !== undefined) steps.push(() => file.setTimes(times));
  return inTurn(steps);
}

/**
 * Refuses to change owners, which no client may; those that are there may be sent.
 *
 * @throws {RequestRefusal} If they are other ones.
 */
function checkOwners(
  { user, group }: Owners,
  there: EntryStatus,
): void {
  if (user === there.user && group === there.group) return;
  throw new RequestRefusal(
    Status.PERMISSION_DENIED,
    "this server changes no owners",
  );
}
