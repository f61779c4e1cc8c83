import { UsageError } from "../errors.ts";
import type { Access } from "../filesystem/access.ts";
import type { GivenOption } from "./getopt.ts";
import { dashed } from "./option_table.ts";
import { SERVER_GROUP } from "./server_group.ts";

/** Request for a server whose clients stay in a directory. */
export interface DirectoryServer {
  readonly kind: "serveDirectory";
  readonly directory: string;
  readonly access: Access;
  /** Path of the log, or `syslog`; absent where none is kept. */
  readonly log?: string;
  /** True where nobody is served, but what is in force is told. */
  readonly isCheck: boolean;
}

/** Options that each give another access. */
const ACCESSES = ["read-only", "write-only", "no-overwrite"] as const;

/**
 * Reads the options of a server; gives `undefined` where none of them is given.
 *
 * @throws {UsageError} If they make no sense together, or with others.
 */
export function readDirectoryServer(
  given: readonly GivenOption[],
  operands: readonly string[],
): DirectoryServer | undefined {
  const isServers = ({ option }: GivenOption) =>
    SERVER_GROUP.options.some(({ name }) => name === option.name);
  const first = given.find(isServers);
  if (first === undefined) return undefined;
  const valueOf = (name: string) =>
    given.findLast(({ option }) => option.name === name)?.value;
  const directory = valueOf("serve");
  if (directory === undefined) {
    throw wrong(`${dashed(first.option.name)} needs --serve`);
  }
  const other = given.find((each) => !isServers(each));
  if (other !== undefined) {
    throw wrong(`${dashed(other.option.name)} cannot be used with --serve`);
  }
  if (operands.length > 0) {
    throw wrong("--serve takes its directory, and nothing else");
  }
  const accesses = ACCESSES.filter((name) =>
    given.some(({ option }) => option.name === name)
  );
  if (accesses.length > 1) {
    const [one, another] = accesses.map(dashed);
    throw wrong(`${one} cannot be used with ${another}: choose one`);
  }
  const log = valueOf("log");
  return {
    kind: "serveDirectory",
    directory,
    access: accesses[0] ?? "read-write",
    isCheck: given.some(({ option }) => option.name === "check"),
    ...(log === undefined ? {} : { log }),
  };
}

function wrong(message: string): UsageError {
  return new UsageError(message, { status: 255 });
}
