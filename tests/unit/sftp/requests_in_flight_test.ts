import { assertEquals } from "@std/assert";
import {
  type FlightSession,
  requestsInFlight,
} from "../../../lib/sftp/requests_in_flight.ts";

const KIB = 1024;

const OPTIONS = { tuning: {}, blockBytes: 256 * KIB };

const SESSION: FlightSession = {
  isLockstep: false,
  width: 1,
  takesParts: false,
  keepsOrder: true,
  roundTrip: undefined,
};

const OPENSSH = {
  packet: 256 * KIB,
  read: 255 * KIB,
  write: 255 * KIB,
  handles: 1019,
};

/** Gives the entries in flight at first, and the most. */
function entriesFor(
  milliseconds: number,
  { handles = OPENSSH.handles, ...session }:
    & Partial<FlightSession>
    & { handles?: number } = {},
): readonly [number, number | undefined] {
  const { concurrency } = requestsInFlight(
    { ...OPENSSH, handles },
    { ...SESSION, roundTrip: milliseconds, ...session },
    OPTIONS,
  );
  return [concurrency.entries, concurrency.mostEntries];
}

Deno.test("requestsInFlight(): begins with sixteen entries for each millisecond of a round trip, and goes up to four times as many", () => {
  assertEquals(entriesFor(0.3), [128, 128]);
  assertEquals(entriesFor(4), [128, 256]);
  assertEquals(entriesFor(10), [160, 640]);
  assertEquals(entriesFor(20), [320, 815]);
  assertEquals(entriesFor(300), [815, 815]);
});

Deno.test("requestsInFlight(): has no more entries in flight than there are handles for", () => {
  assertEquals(entriesFor(100, { handles: 100 }), [80, 80]);
  const untold = { handles: 0 };
  assertEquals(entriesFor(100, untold), [200, 200]);
  assertEquals(entriesFor(100, { ...untold, keepsOrder: false }), [64, 64]);
  assertEquals(entriesFor(100, { isLockstep: true }), [1, 1]);
});

Deno.test("requestsInFlight(): takes the usual numbers where a server tells no limits", () => {
  const rows = [[false, 64, 64], [true, 128, 128]] as const;
  for (const [keepsOrder, first, most] of rows) {
    const session = { ...SESSION, keepsOrder };
    const { concurrency, limits } = requestsInFlight(
      undefined,
      session,
      OPTIONS,
    );
    assertEquals<unknown>(
      [concurrency.entries, concurrency.mostEntries],
      [first, most],
    );
    assertEquals(limits, {
      read: 32 * KIB,
      write: 32 * KIB,
      takesParts: false,
    });
  }
});

Deno.test("requestsInFlight(): has more entries in flight once a round trip is known to be long", () => {
  let milliseconds: number | undefined;
  const session = {
    ...SESSION,
    get roundTrip() {
      return milliseconds;
    },
  };
  const { concurrency } = requestsInFlight(OPENSSH, session, OPTIONS);
  const entries = () => [concurrency.entries, concurrency.mostEntries];
  assertEquals(entries(), [128, 128]);
  milliseconds = 20;
  assertEquals(entries(), [320, 815]);
  milliseconds = 1;
  assertEquals(entries(), [128, 128]);
});

Deno.test("requestsInFlight(): has more blocks in flight where they go into ssh's pipe by themselves", () => {
  for (const [takesParts, blocks] of [[false, 10], [true, 16]] as const) {
    const session = { ...SESSION, takesParts };
    const { blocksOfFile } = requestsInFlight(OPENSSH, session, OPTIONS);
    assertEquals(blocksOfFile, blocks);
  }
});

Deno.test("requestsInFlight(): reads the blocks that are too short to go by themselves", () => {
  const session = { ...SESSION, takesParts: true };
  const rows = [[64 * KIB - 1, false], [64 * KIB, true]] as const;
  for (const [write, takesParts] of rows) {
    const { limits } = requestsInFlight(
      { ...OPENSSH, write },
      session,
      OPTIONS,
    );
    assertEquals(limits, { read: 255 * KIB, write, takesParts });
  }
});
