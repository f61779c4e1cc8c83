/** This process's descriptors, on Linux and macOS. */

/** Tells which file, pipe or socket a descriptor is; `undefined` if it is closed. */
export function identityOf(fd: number): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(`/dev/fd/${fd}`);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Gives the open descriptors; the one that lists them may be among them. */
export function openDescriptors(): number[] {
  return Array.from(Deno.readDirSync("/dev/fd"), ({ name }) => Number(name));
}

/** Gives the paths of what this process has open below a directory. */
export function openBelow(directory: string): string[] {
  return openDescriptors().flatMap((fd) => {
    try {
      const path = Deno.readLinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${directory}/`) ? path : [];
    } catch {
      // Another test has closed it meanwhile.
      return [];
    }
  });
}
