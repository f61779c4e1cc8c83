/** Accounts by the system's table, whatever the environment says. */

import { encodeName } from "../names/name_bytes.ts";
import { bytesOf, type Calls, libcCalls } from "./libc.ts";

const FUNCTIONS = {
  getuid: { parameters: [], result: "u32" },
  getpwuid: { parameters: ["u32"], result: "pointer" },
  getpwnam: { parameters: ["buffer"], result: "pointer" },
} as const;

/** Account of the system. */
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly home: string;
}

/** Places of fields in glibc's `struct passwd`, in bytes. */
const NAME_OFFSET = 0;
const ID_OFFSET = 16;
const HOME_OFFSET = 32;

function libc(): Calls<typeof FUNCTIONS> {
  return libcCalls(FUNCTIONS);
}

/**
 * Gives the account that this process runs as; `undefined` where the table has none.
 *
 * @throws {Error} If the library may not be used.
 */
export function ownAccount(): Account | undefined {
  const { getuid, getpwuid } = libc();
  return read(getpwuid(getuid()));
}

/**
 * Gives the account of a user; `undefined` where the table has none.
 *
 * @throws {Error} If the library may not be used.
 */
export function accountOf(user: string): Account | undefined {
  // C would cut the name at a NUL.
  if (user.includes("\0")) return undefined;
  return read(libc().getpwnam(bytesOf(encodeName(`${user}\0`))));
}

function read(entry: Deno.PointerValue): Account | undefined {
  if (entry === null) return undefined;
  const fields = new Deno.UnsafePointerView(entry);
  const textAt = (offset: number) =>
    Deno.UnsafePointerView.getCString(fields.getPointer(offset)!);
  return {
    id: fields.getUint32(ID_OFFSET),
    name: textAt(NAME_OFFSET),
    home: textAt(HOME_OFFSET),
  };
}
