/** The C library, which a run of the tests may have to do without. */

/**
 * False where neither the tests nor the program under test may call it, as
 * `SEACP_WITHOUT_FFI` tells.
 */
export const mayCallLibrary: boolean =
  Deno.env.get("SEACP_WITHOUT_FFI") === undefined;

/**
 * Why a test of what the C library gives of descriptors, processes and terminals
 * is ignored; `undefined` where it is called, on Linux and macOS.
 */
export const lacksLibrary: string | undefined =
  !["linux", "darwin"].includes(Deno.build.os)
    ? "its C library is not called"
    : mayCallLibrary
    ? undefined
    : "the C library may not be called";

/** The same for what is had from Linux's alone: files by their bytes, `/proc`. */
export const lacksLinuxLibrary: string | undefined = lacksLibrary ??
  (Deno.build.os === "linux" ? undefined : "Linux's C library is not here");

/** The same for devices but `/dev/null`, and for what is in `/proc`. */
export const lacksDevices: string | undefined = lacksLinuxLibrary &&
  `${lacksLinuxLibrary}, and the runtime refuses devices`;

/** Registers a test, shown as ignored with the reason where it lacks something. */
export function testUnless(
  lacks: string | undefined,
  name: string,
  fn: (context: Deno.TestContext) => void | Promise<void>,
): void {
  if (lacks === undefined) Deno.test(name, fn);
  else Deno.test.ignore(`${name} (${lacks})`, fn);
}
