import { assertEquals, assertThrows } from "@std/assert";
import { decodeName } from "../../../lib/names/name_bytes.ts";
import { startProcess } from "../../../lib/ssh/posix_process.ts";
import { canSpawn, spawn } from "../../../lib/ssh/posix_spawn.ts";
import { close, makePipe, read } from "../../../lib/system/descriptors.ts";
import { EINVAL, ENOENT, LibcError } from "../../../lib/system/libc.ts";
import { lacksLibrary, testUnless } from "../../support/c_library.ts";

const OWN_STREAMS = { input: 0, output: 1, error: 2 };

testUnless(lacksLibrary, "canSpawn(): is true on Linux and macOS", () => {
  assertEquals(canSpawn(), true);
});

testUnless(lacksLibrary, "spawn(): throws the system's error", () => {
  for (
    const [words, code] of [
      [["/no/such/program"], ENOENT],
      [["sh", "-c", "a\0b"], EINVAL],
    ] as const
  ) {
    const error = assertThrows(() => spawn(words, OWN_STREAMS), LibcError);
    assertEquals(error.code, code);
  }
});

testUnless(
  lacksLibrary,
  "startProcess(): hands on arguments of any bytes, and gives the end",
  async () => {
    const { readEnd, writeEnd } = makePipe(4096);
    const { ended } = startProcess(
      ["sh", "-c", 'printf %s "$1"; kill -KILL $$', "sh", "caf\udce9"],
      { ...OWN_STREAMS, output: writeEnd },
    );
    close(writeEnd);
    assertEquals(await ended, { code: 137, signal: "SIGKILL" });
    const buffer = new Uint8Array(100);
    const count = read(readEnd, buffer)!;
    close(readEnd);
    assertEquals(decodeName(buffer.subarray(0, count)), "caf\udce9");
  },
);
