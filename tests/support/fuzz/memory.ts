import v8 from "node:v8";
import vm from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

/** Gives the memory in use, in bytes, garbage included. */
export function usedBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Gives the memory in use after a garbage collection, in bytes. */
export function neededBytes(): number {
  collectGarbage();
  return usedBytes();
}
