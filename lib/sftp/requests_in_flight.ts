import type { Concurrency } from "../filesystem/file_system.ts";
import type { SftpTuning } from "../options/copy_options.ts";
import type { RequestSender } from "./request_sender.ts";
import type { BlockLimits } from "./sftp_file.ts";
import type { ServerLimits } from "./wire/extended_packets.ts";

/** Session, or several, as far as that tells how much may be in flight. */
export type FlightSession = Pick<
  RequestSender,
  "isLockstep" | "width" | "takesParts" | "keepsOrder" | "roundTrip"
>;

/** Settings of a session, or of several. */
export interface FlightOptions {
  /** Limits that the user asked for. */
  readonly tuning: SftpTuning;
  /** Preferred length of a READ or WRITE, in bytes. */
  readonly blockBytes: number;
}

/** Requests that are best in flight at once. */
export interface RequestsInFlight {
  readonly limits: BlockLimits;
  /** Most blocks of a file that are in flight in one session. */
  readonly blocksOfFile: number;
  /** Its numbers of entries change with what is known of a round trip. */
  readonly concurrency: Concurrency;
}

/** Most requests that OpenSSH's scp has in flight. */
const MOST_REQUESTS = 64;

/**
 * Bytes in flight at once: ssh's window of 2 MiB, and the next requests.
 * Measured: less leaves the window unfilled at a round trip of 2 ms; more costs
 * the server and the client time, for the memory they go through.
 */
const IN_FLIGHT_BYTES = 2.5 * 1024 * 1024;

/**
 * The same where the parts of a file go into ssh's pipe by themselves, which holds 1 MiB
 * more. Measured near by, 1 GiB goes up in 0.9 of the time that it takes with 2.5 MiB;
 * with 8 MiB the server takes a tenth more.
 */
const PARTS_IN_FLIGHT_BYTES = 4 * 1024 * 1024;

/**
 * Fewest bytes of a WRITE whose data go so. Measured near by: with 32 KiB it takes as long
 * to read them, with 4 KiB seven eighths of the time.
 */
const LEAST_PART_BYTES = 64 * 1024;

/**
 * Length in bytes that every server takes (draft-ietf-secsh-filexfer-02, section
 * 3), for those that do not tell their limit.
 */
const SAFE_BLOCK_BYTES = 32 * 1024;

/** Most bytes that OpenSSH's server takes, and its scp ever asks for. */
const MOST_BLOCK_BYTES = 255 * 1024;

/** Fewest bytes that OpenSSH's scp moves at a time. */
const LEAST_BLOCK_BYTES = 64;

/**
 * Entries in flight at once at first, where the server can hold that many open.
 * Measured near by: 64 take a tree a twentieth longer, 256 as long.
 */
const USUAL_ENTRIES = 128;

/**
 * Entries in flight at once at first for each millisecond that the server takes to
 * answer: about as many as it makes meanwhile. They grow while entries wait.
 */
const ENTRIES_A_MILLISECOND = 16;

/**
 * The same where entries wait long for each other: near by that is no latency, but a
 * machine that has other work to do, too, and more of them would only cost memory.
 */
const MOST_ENTRIES_A_MILLISECOND = 64;

/**
 * Most entries in flight at once, on a line with latency. Measured 20 ms away, an
 * npm tree of 9,668 files goes up in 11.7 s with 64 of them, in 3.3 s with 512; 100
 * ms away it comes down in 7.5 s with 512, in 6.2 s with the 815 for which OpenSSH's
 * server has handles.
 */
const MOST_ENTRIES = 1024;

/**
 * Most entries in flight at once over all sessions. Measured 100 ms away, the same
 * tree goes up over eight in 6.9 s with 2048 of them, in 10.9 s with 512.
 */
const MOST_ENTRIES_IN_ALL = 2048;

/** Share of the handles that entries get: there is a directory for four of them. */
const ENTRIES_SHARE = 4 / 5;

/** Handles of a server that does not tell how many it has. */
const SAFE_HANDLES = 80;

/**
 * The same of OpenSSH's before 8.5, each a descriptor: 1024 on Linux, 256 on macOS and
 * in Windows' own.
 */
const UNTOLD_HANDLES = 250;

/** Time of a round trip before one is known: entries are the usual ones. */
const USUAL_MILLISECONDS = 2;

/**
 * Gives the requests that are best in flight at once.
 *
 * @param limits Limits of the server; absent where it tells none.
 */
export function requestsInFlight(
  limits: ServerLimits | undefined,
  session: FlightSession,
  { tuning, blockBytes }: FlightOptions,
): RequestsInFlight {
  const { isLockstep, width = 1, keepsOrder } = session;
  const wanted = tuning.bufferBytes ?? blockBytes;
  const fallback = tuning.bufferBytes ?? SAFE_BLOCK_BYTES;
  const limit = (allowed = 0) =>
    Math.max(
      LEAST_BLOCK_BYTES,
      Math.min(wanted, allowed || fallback, MOST_BLOCK_BYTES),
    );
  const read = limit(limits?.read);
  const write = limit(limits?.write);
  const takesParts = session.takesParts && write >= LEAST_PART_BYTES;
  const bytes = Math.min(read, write);
  const inFlight = takesParts ? PARTS_IN_FLIGHT_BYTES : IN_FLIGHT_BYTES;
  const blocks = Math.min(MOST_REQUESTS, Math.floor(inFlight / bytes));
  const blocksOfFile = isLockstep ? 1 : tuning.requests ?? blocks;
  const handles = limits?.handles ||
    (keepsOrder ? UNTOLD_HANDLES : SAFE_HANDLES);
  const share = Math.max(1, Math.floor(handles * ENTRIES_SHARE));
  const entriesAt = (perMillisecond: number) => {
    if (isLockstep) return 1;
    const milliseconds = session.roundTrip ?? USUAL_MILLISECONDS;
    const distant = Math.round(perMillisecond * milliseconds);
    const wanted = Math.min(MOST_ENTRIES, Math.max(USUAL_ENTRIES, distant));
    return Math.min(MOST_ENTRIES_IN_ALL, Math.min(wanted, share) * width);
  };
  return {
    limits: { read, write, takesParts },
    blocksOfFile,
    concurrency: {
      get entries() {
        return entriesAt(ENTRIES_A_MILLISECOND);
      },
      get mostEntries() {
        return entriesAt(MOST_ENTRIES_A_MILLISECOND);
      },
      blocks: blocksOfFile * width,
      ...(width === 1 ? {} : { blocksOfFile }),
      blockBytes: bytes,
    },
  };
}
