/** The programs that make the same copies, and how each is told to. */

import { findProgram } from "../peers.ts";
import { COPIES, type Copy, type Direction, HOST } from "./copy.ts";

/** Protocol that seacp is told to speak: `-O`, `-s`, or none. */
export type Protocol = "scp" | "sftp" | "default";

const OPTIONS: Readonly<Record<Protocol, readonly string[]>> = {
  scp: ["-O"],
  sftp: ["-s"],
  default: [],
};

/** Makes a copy of a source, below its own name, in the directory for copies. */
export interface Contender {
  readonly name: string;
  /** The programs of the system that it needs. */
  readonly programs: readonly string[];
  /** That it moves one file only: of a tree, all the bytes in one file. */
  readonly isOneFile?: true;
  /** Directories above a file, in a tree, up to which it copies. */
  readonly mostLevels?: number;
  /** That its CPU time and memory are measured. */
  readonly isWatched?: true;
  readonly command: (copy: Copy) => readonly string[];
}

export type PeerName =
  | "scp-O"
  | "scp"
  | "rsync"
  | "tar"
  | "limit"
  | "limit-8";

/** The peer that does no more than has to be done. */
export const LIMIT: PeerName = "limit";

const PEERS: Readonly<Record<PeerName, Contender>> = {
  "scp-O": {
    name: "scp -O",
    programs: ["scp"],
    command: (copy) => scpCommand([findProgram("scp")!, "-O"], copy),
  },
  "scp": {
    name: "scp",
    programs: ["scp"],
    mostLevels: 64, // MAX_DIR_DEPTH in OpenSSH's sftp-client.c.
    command: (copy) => scpCommand([findProgram("scp")!], copy),
  },
  "rsync": {
    name: "rsync",
    programs: ["rsync"],
    command: (copy) => [
      findProgram("rsync")!,
      ...["-a", "-e", `ssh -F ${copy.config}`],
      ...operands(copy),
    ],
  },
  "tar": {
    name: "tar",
    programs: ["sh", "tar"],
    command: (copy) =>
      shellCommand(copy, {
        up: `tar -cf - "$2" | ssh -F "$1" ${HOST} tar -xf - -C ${COPIES}`,
        down: `ssh -F "$1" ${HOST} tar -cf - "$2" | tar -xf - -C ${COPIES}`,
      }),
  },
  "limit": {
    name: "limit",
    programs: ["sh", "cat"],
    isOneFile: true,
    command: (copy) =>
      shellCommand(copy, {
        up: `ssh -F "$1" ${HOST} 'cat > ${COPIES}/file' < "$2"`,
        down: `ssh -F "$1" ${HOST} cat "$2" > ${COPIES}/file`,
      }),
  },
  "limit-8": {
    name: "limit-8",
    programs: ["sh", "dd"],
    isOneFile: true,
    command: (copy) =>
      shellCommand(copy, {
        up: eightParts(
          `dd if="$2" ${READ} | ssh -F "$1" ${HOST} dd of=${COPIES}/file ${WRITE}`,
        ),
        down: eightParts(
          `ssh -F "$1" ${HOST} dd if="$2" ${READ} | dd of=${COPIES}/file ${WRITE}`,
        ),
      }),
  },
};

/** Gives a script that runs a command for each eighth of the source, all at once. */
function eightParts(command: string): string {
  return `size=$(wc -c < "$2"); part=$(((size / 1048576 + 7) / 8)); ` +
    `for at in 0 1 2 3 4 5 6 7; do { ${command}; } & done; wait`;
}

/** Operands of the dd that reads a part, and of the one that writes it. */
const READ = "bs=1M skip=$((at * part)) count=$part status=none";
const WRITE =
  "bs=1M seek=$((at * part)) conv=notrunc iflag=fullblock status=none";

export const PEER_NAMES = Object.keys(PEERS) as readonly PeerName[];

/** Gives the peer with this name, installed or not. */
export function peer(name: PeerName): Contender {
  return PEERS[name];
}

/** Tells whether the system has all that it needs. */
export function isInstalled({ programs }: Contender): boolean {
  return programs.every((program) => findProgram(program) !== undefined);
}

/**
 * Gives seacp as a contender.
 *
 * @param program The command line that starts it.
 * @param options More options of its own.
 */
export function seacp(
  program: readonly string[],
  protocol: Protocol,
  options: readonly string[],
): Contender {
  const command = [...program, ...OPTIONS[protocol], ...options];
  return {
    name: "seacp",
    programs: [],
    isWatched: true,
    command: (copy) => scpCommand(command, copy),
  };
}

/** No `-q`: it would keep from seacp why a host lacks a protocol. */
function scpCommand(program: readonly string[], copy: Copy): string[] {
  return [
    ...program,
    ...["-F", copy.config],
    ...(copy.isTree ? ["-r"] : []),
    ...(copy.preserves ? ["-p"] : []),
    ...operands(copy),
  ];
}

function operands({ direction, source }: Copy): [string, string] {
  return direction === "up"
    ? [source, `${HOST}:${COPIES}`]
    : [`${HOST}:${source}`, COPIES];
}

/**
 * The script gets the configuration as `$1` and the source as `$2`. The far
 * shell reads the source's name, too: it is letters, digits, hyphens and dots.
 */
function shellCommand(
  { direction, source, config }: Copy,
  scripts: Readonly<Record<Direction, string>>,
): string[] {
  return [findProgram("sh")!, "-c", scripts[direction], "sh", config, source];
}
