import type { Platform } from "../names/names.ts";

/** Kind of this system, by which names are read and errors worded. */
export const ownPlatform: Platform = Deno.build.os === "windows"
  ? "windows"
  : "posix";

/** True where this system is Windows. */
export const onWindows: boolean = ownPlatform === "windows";
