import type { OpenFile } from "../../../lib/filesystem/file_system.ts";

/** Gives an open file with the calls of `faults` in place of its own. */
export function withFaults(
  file: OpenFile,
  faults: Partial<OpenFile>,
): OpenFile {
  return {
    stat: () => file.stat(),
    identify: () => file.identify(),
    read: (buffer, at) => file.read(buffer, at),
    write: (bytes, at) => file.write(bytes, at),
    truncate: (size) => file.truncate(size),
    setMode: (mode) => file.setMode(mode),
    setTimes: (times) => file.setTimes(times),
    close: () => file.close(),
    [Symbol.dispose]: () => file[Symbol.dispose](),
    ...faults,
  };
}
