/** Kind of this system, by which names are read and errors worded. */
export const ownPlatform: "posix" | "windows" = Deno.build.os === "windows"
  ? "windows"
  : "posix";
