import { startProcess } from "../../lib/ssh/raw_process.ts";
import { close, makePipe, makeSocketPair } from "../../lib/system/libc.ts";

/** Zeros that another process says, more of them than are held on the way. */
export interface Zeros {
  /** Where they come out; to be closed. */
  readonly socket: number;
  /** Resolves when all were said. */
  readonly ended: Promise<unknown>;
}

/** Has so many zero bytes said. */
export function sayZeros(count: number): Zeros {
  const { readEnd, writeEnd } = makeSocketPair(4096);
  const input = makePipe(4096);
  const { ended } = startProcess(["head", "-c", `${count}`, "/dev/zero"], {
    input: input.readEnd,
    output: writeEnd,
    error: 2,
  });
  for (const fd of [input.readEnd, input.writeEnd, writeEnd]) close(fd);
  return { socket: readEnd, ended };
}
