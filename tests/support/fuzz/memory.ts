import v8 from "node:v8";
import vm from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

/** How much memory is in use, in bytes, what could be collected included. */
export function usedBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** How much memory is needed, in bytes: what can be collected is, before. */
export function neededBytes(): number {
  collectGarbage();
  return usedBytes();
}
