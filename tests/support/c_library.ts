/** The C library, which a run of the tests may have to do without. */

/**
 * False where neither the tests nor the program under test may call it, as
 * `SEACP_WITHOUT_FFI` tells.
 */
export const mayCallLibrary: boolean =
  Deno.env.get("SEACP_WITHOUT_FFI") === undefined;

/**
 * Why a test of what Linux's C library gives is ignored; `undefined` where it
 * is called.
 */
export const lacksLibrary: string | undefined = Deno.build.os !== "linux"
  ? "Linux's C library is not here"
  : mayCallLibrary
  ? undefined
  : "the C library may not be called";

/** The same for devices but `/dev/null`, and for what is in `/proc`. */
export const lacksDevices: string | undefined = lacksLibrary &&
  `${lacksLibrary}, and the runtime refuses devices`;

/** Registers a test, shown as ignored with the reason where it lacks something. */
export function testUnless(
  lacks: string | undefined,
  name: string,
  fn: (context: Deno.TestContext) => void | Promise<void>,
): void {
  if (lacks === undefined) Deno.test(name, fn);
  else Deno.test.ignore(`${name} (${lacks})`, fn);
}
