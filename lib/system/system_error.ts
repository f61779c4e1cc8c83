import type { Platform } from "../names/names.ts";

/** The runtime's message of an error: `Text (os error N): call`. */
const MESSAGE =
  /^(?:Failed to spawn '.*?': )?(.*?)(?:\.? \(os error \d+\).*)?$/s;

/**
 * Gives the reason of a failed call in the system's words, those of `strerror`;
 * else the error's message.
 *
 * @param platform System that the call was made on.
 */
export function systemReason(error: unknown, platform: Platform): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "NotCapable") return "refused by the runtime";
  const text = platform === "windows" ? windowsReason(error) : undefined;
  return text ?? MESSAGE.exec(error.message)![1]!;
}

/**
 * Texts of `strerror` by the numbers of winerror.h, put together as Microsoft's
 * scp (`errno_from_Win32Error`) and libuv (`uv_translate_sys_error`) do.
 */
const TEXTS: Readonly<Record<number, string>> = {
  1: "Is a directory", // ERROR_INVALID_FUNCTION: it is read or written.
  2: "No such file or directory", // ERROR_FILE_NOT_FOUND
  3: "No such file or directory", // ERROR_PATH_NOT_FOUND
  4: "Too many open files", // ERROR_TOO_MANY_OPEN_FILES
  5: "Permission denied", // ERROR_ACCESS_DENIED
  19: "Read-only file system", // ERROR_WRITE_PROTECT
  80: "File exists", // ERROR_FILE_EXISTS
  87: "Invalid argument", // ERROR_INVALID_PARAMETER
  112: "No space left on device", // ERROR_DISK_FULL
  123: "No such file or directory", // ERROR_INVALID_NAME
  183: "File exists", // ERROR_ALREADY_EXISTS
  206: "File name too long", // ERROR_FILENAME_EXCED_RANGE
  267: "Not a directory", // ERROR_DIRECTORY
  1314: "Permission denied", // ERROR_PRIVILEGE_NOT_HELD
};

/**
 * Gives the text of other systems for a failure on Windows, whose own text is in
 * its user's language: a peer looks for some of them.
 *
 * @returns `undefined` where Windows' own text is the better one.
 */
function windowsReason({ message }: Error): string | undefined {
  return TEXTS[Number(/\(os error (\d+)\)/.exec(message)?.[1])];
}
