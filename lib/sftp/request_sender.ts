import type { OpenHandles } from "./open_handles.ts";
import type { SftpSession } from "./session.ts";
import type { Handle } from "./wire/handle_packets.ts";
import type { OpenRequest } from "./wire/open_packets.ts";

/** Open file whose blocks several sessions may carry. */
export interface SpreadFile extends Pick<OpenRequest, "path" | "access"> {
  /** Most of its reads and writes that one session has in flight. */
  readonly blocks: number;
  /** Ends those that wait for a session. */
  readonly interrupted: AbortSignal;
}

/** Sender of requests to one server: a session, or several. */
export interface RequestSender extends
  Pick<
    SftpSession,
    | "extensions"
    | "isLockstep"
    | "isAlive"
    | "keepsOrder"
    | "request"
    | "requestFor"
    | "takesParts"
    | "read"
    | "limits"
    | "roundTrip"
    | "decode"
    | "violation"
  > {
  /** Handles that are open on the server. */
  readonly handles: Pick<OpenHandles, "count">;
  /** Most sessions that requests are dealt to; absent where it is one. */
  readonly width?: number;
  /**
   * Has all sessions carry the reads and writes of an open file; absent where there
   * is one. The file is opened in each of them, by its path.
   */
  spread?(handle: Handle, file: SpreadFile): void;
}
