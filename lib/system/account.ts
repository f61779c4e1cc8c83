import { type Calls, libcCalls } from "./libc.ts";

const FUNCTIONS = {
  getuid: { parameters: [], result: "u32" },
  getpwuid: { parameters: ["u32"], result: "pointer" },
} as const;

/** Account that this process runs as. */
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly home: string;
}

/** Places of `pw_name` and `pw_dir` in glibc's `struct passwd`, in bytes. */
const NAME_OFFSET = 0;
const HOME_OFFSET = 32;

/**
 * Gives the account by the system's table, whatever the environment says;
 * `undefined` where the table has none.
 *
 * @throws {Error} If the library may not be used.
 */
export function ownAccount(): Account | undefined {
  const libc: Calls<typeof FUNCTIONS> = libcCalls(FUNCTIONS);
  const id = libc.getuid();
  const entry = libc.getpwuid(id);
  if (entry === null) return undefined;
  const fields = new Deno.UnsafePointerView(entry);
  const textAt = (offset: number) =>
    Deno.UnsafePointerView.getCString(fields.getPointer(offset)!);
  return { id, name: textAt(NAME_OFFSET), home: textAt(HOME_OFFSET) };
}
