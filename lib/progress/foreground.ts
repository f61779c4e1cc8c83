/**
 * Gives a test for whether this process is in its terminal's foreground, where
 * alone it may draw. Where the system cannot be asked, it counts as there.
 */
export function foregroundTest(): () => boolean {
  let test: (() => boolean) | undefined;
  return () => (test ??= loadedTest())();
}

function loadedTest(): () => boolean {
  const name = {
    linux: "libc.so.6",
    darwin: "libSystem.B.dylib",
  }[Deno.build.os as string];
  if (name === undefined) return () => true;
  try {
    const { symbols } = Deno.dlopen(name, {
      tcgetpgrp: { parameters: ["i32"], result: "i32" },
      getpgrp: { parameters: [], result: "i32" },
    });
    return () => [symbols.getpgrp(), -1].includes(symbols.tcgetpgrp(1));
  } catch {
    return () => true;
  }
}
