/**
 * Words of `strerror` by the numbers of winerror.h, put together as Microsoft's
 * scp (`errno_from_Win32Error`) and libuv (`uv_translate_sys_error`) do.
 */
const WORDS: Readonly<Record<number, string>> = {
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
 * Gives the words that other systems have for what failed on Windows, which
 * speaks its user's language: a peer looks for some of them.
 *
 * @returns `undefined` where Windows' own words are the better ones.
 */
export function windowsReason({ message }: Error): string | undefined {
  return WORDS[Number(/\(os error (\d+)\)/.exec(message)?.[1])];
}
