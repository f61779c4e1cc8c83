import type { OpenPurpose } from "../filesystem/served_file_system.ts";
import {
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from "../system/fcntl.ts";

/** Gives Linux's flags of open(2) for a client's purpose. */
export function openFlags(
  { reads, writes, appends, makes, isNew, empties }: OpenPurpose,
): number {
  const access = !writes ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
  return access | (appends ? O_APPEND : 0) | (makes ? O_CREAT : 0) |
    (isNew ? O_EXCL : 0) | (empties ? O_TRUNC : 0);
}
