import type { Handle } from "./wire/handle_packets.ts";
import type { Request } from "./wire/requests.ts";
import type { Response } from "./wire/response_packets.ts";

/** Request that looks at an entry, or opens a directory, and changes nothing. */
export interface LookRequest {
  readonly kind: "lstat" | "stat" | "realpath" | "opendir";
  readonly path: string;
}

const LOOKS: readonly Request["kind"][] = [
  "lstat",
  "stat",
  "realpath",
  "opendir",
] satisfies readonly LookRequest["kind"][];

/** Tells a request that looks at an entry from all others. */
export function isLook(request: Request): request is LookRequest {
  return LOOKS.includes(request.kind);
}

/** Responses to what was asked ahead, each for the first who asks for it. */
export class LooksAhead {
  readonly #responses = new Map<string, Promise<Response>>();
  readonly #close: (handle: Handle) => void;

  /** @param close Closes a directory that was opened in vain. */
  constructor(close: (handle: Handle) => void) {
    this.#close = close;
  }

  /** Keeps the response to a look, which may come later. */
  add(look: LookRequest, response: Promise<Response>): void {
    response.catch(() => {
      // Whoever asks gets the failure, or the session has failed before.
    });
    this.#responses.set(keyOf(look), response);
  }

  /** Tells whether there is a response to a look. */
  has(look: LookRequest): boolean {
    return this.#responses.has(keyOf(look));
  }

  /** Gives the response to a look and forgets it; `undefined` where there is none. */
  take(look: LookRequest): Promise<Response> | undefined {
    if (this.#responses.size === 0) return undefined;
    const key = keyOf(look);
    const response = this.#responses.get(key);
    this.#responses.delete(key);
    return response;
  }

  /** Forgets all responses: what was looked at may be another one now. */
  clear(): void {
    if (this.#responses.size === 0) return;
    for (const response of this.#responses.values()) {
      response.then((it) => {
        if (it.kind === "handle") this.#close(it.handle);
      }, () => {
        // The session has failed.
      });
    }
    this.#responses.clear();
  }
}

function keyOf({ kind, path }: LookRequest): string {
  return `${kind} ${path}`;
}
