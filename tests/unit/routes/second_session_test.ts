import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import type { ConnectResult } from "../../../lib/routes/route.ts";
import { copyInSecondSession } from "../../../lib/routes/second_session.ts";
import type { Response } from "../../../lib/sftp/wire/response_packets.ts";
import type { LoginPart } from "../../../lib/ssh/arguments.ts";
import { FAR } from "./session_stage.ts";

const SECOND: LoginPart = { kind: "shared", socket: "/s" };

const FOUND: Response = { kind: "attributes", attributes: {} };
const MISSING: Response = { kind: "status", code: 2, message: "none" };

/** Reason of a session that is no scp's. */
const NO_SCP = { location: FAR, reason: "no scp", isProven: false };

/** Server and scp of a copy in a second session. */
interface Scene {
  readonly second?: LoginPart;
  /** Answer to the look at scp. */
  readonly found?: Response;
  /** Session in which scp copies, is refused in words or does not begin. */
  readonly result?: "scp" | "refusal" | "unavailable" | "failed";
}

/** Makes a copy; gives what became of it. */
async function copyIn(
  { second, found = FOUND, result = "scp" }: Scene,
): Promise<{ isMade: boolean; done: string[]; protocols: string[] }> {
  const done: string[] = [];
  const protocols: string[] = [];
  const report = (event: CopyEvent) => {
    if (event.kind === "host") protocols.push(event.protocol);
  };
  const connected: ConnectResult = {
    kind: "connected",
    isCertain: true,
    run: async () => {
      done.push("run");
      return result === "refusal" ? NO_SCP : undefined;
    },
    close: () => Promise.reject(new Error("not to be called")),
  };
  const request = async ({ kind }: { kind: string }) => {
    done.push(kind);
    return found;
  };
  const isMade = await copyInSecondSession(
    {
      location: FAR,
      second,
      sftp: { request },
    },
    {
      connect: async ({ part, abandoned }) => {
        assertEquals(part, SECOND);
        assertEquals(abandoned?.aborted, false);
        done.push("connect");
        if (result === "unavailable") return { kind: result, ...NO_SCP };
        return result === "failed" ? { kind: result } : connected;
      },
    },
    { report },
  );
  return { isMade, done, protocols };
}

Deno.test("copyInSecondSession(): makes the copy over scp", async () => {
  assertEquals(await copyIn({ second: SECOND }), {
    isMade: true,
    done: ["stat", "connect", "run"],
    protocols: ["SCP"],
  });
});

Deno.test("copyInSecondSession(): starts nothing where no second session may start, or no scp is found", async () => {
  const none = { isMade: false, protocols: [] };
  assertEquals(await copyIn({}), { ...none, done: [] });
  assertEquals(await copyIn({ second: SECOND, found: MISSING }), {
    ...none,
    done: ["stat"],
  });
});

Deno.test("copyInSecondSession(): leaves the copy where scp does not begin", async () => {
  const none = { isMade: false, protocols: [] };
  assertEquals(await copyIn({ second: SECOND, result: "unavailable" }), {
    ...none,
    done: ["stat", "connect"],
  });
});

Deno.test("copyInSecondSession(): is over with a failure that was reported", async () => {
  assertEquals(await copyIn({ second: SECOND, result: "failed" }), {
    isMade: true,
    done: ["stat", "connect"],
    protocols: [],
  });
});

Deno.test("copyInSecondSession(): tells both protocols where words come in scp's place", async () => {
  assertEquals(await copyIn({ second: SECOND, result: "refusal" }), {
    isMade: false,
    done: ["stat", "connect", "run"],
    protocols: ["SCP", "SFTP"],
  });
});
