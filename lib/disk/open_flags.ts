import type { OpenPurpose } from "../filesystem/served_file_system.ts";

// Of Linux's <fcntl.h>, the same on x86_64 and aarch64.
const O_RDONLY = 0;
const O_WRONLY = 0o1;
const O_RDWR = 0o2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;

/** Gives Linux's flags of open(2) for a client's purpose. */
export function openFlags(
  { reads, writes, appends, makes, isNew, empties }: OpenPurpose,
): number {
  const access = !writes ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
  return access | (appends ? O_APPEND : 0) | (makes ? O_CREAT : 0) |
    (isNew ? O_EXCL : 0) | (empties ? O_TRUNC : 0);
}
