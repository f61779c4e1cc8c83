import type { Command } from "../build/run.ts";
import { ensurePeers, findProgram, type Packages } from "../peers.ts";

/** The directory that stands for the root of an aarch64 system. */
const SYSROOT = "/usr/aarch64-linux-gnu";

/** Debian's packages that run a program for aarch64 on another processor. */
const EMULATION: Packages = {
  "qemu-aarch64": "qemu-user",
  [`${SYSROOT}/lib/libc.so.6`]: "libc6-arm64-cross",
  [`${SYSROOT}/lib/libgcc_s.so.1`]: "libgcc-s1-arm64-cross",
};

/**
 * Gives the command that runs a program for aarch64 Linux on x86_64 Linux; qemu
 * and the libraries are installed first where that can be done.
 *
 * @param name What the program is called by, if not by its path.
 * @throws {Error} If there is no qemu.
 */
export function emulatedArm64(program: string, name = program): Command {
  ensurePeers({ more: EMULATION });
  const qemu = findProgram("qemu-aarch64");
  if (qemu === undefined) throw new Error("There is no qemu-aarch64 here");
  return [qemu, "-L", SYSROOT, "-0", name, program];
}
