import type { Channel } from "../../../lib/channel/channel.ts";
import { string, uint32, unwire, versionPacket, wire } from "./bytes.ts";
import { SftpChannel } from "./channel.ts";
import { REQUEST_NAMES } from "./request_names.ts";

/** Request as it came. */
export interface Asked {
  /** Draft's name without `SSH_FXP_`, or the name of an extension. */
  readonly name: string;
  /** Path or handle that it begins with; empty for some extensions. */
  readonly subject: string;
  /** Rest of the request, a character for each byte. */
  readonly rest: string;
}

/** Response: the packet's type, and its bytes behind the id. */
export interface Answer {
  readonly type: string;
  readonly body: string;
}

/** Gives the response to a request; none for `undefined`. */
export type Handler = (asked: Asked) => Answer | undefined;

const INIT = 1;
const EXTENDED = 200;

/**
 * Server in memory that answers as a test says, each request by its name:
 *
 *     new SftpServer({ "statvfs@openssh.com": "2" })
 *       .on("MKDIR", () => status(4, "Failure"))
 *
 * It does not support requests without a handler.
 */
export class SftpServer {
  readonly channel: Channel;
  /** Requests so far, as `NAME subject`. */
  readonly asked: string[] = [];
  readonly #channel: SftpChannel;
  readonly #extensions: Readonly<Record<string, string>>;
  readonly #handlers = new Map<string, Handler>();
  #heard = "";
  #hasEnded = false;

  /** @param extensions Data of each extension, by its name. */
  constructor(extensions: Readonly<Record<string, string>> = {}) {
    this.#extensions = extensions;
    this.#channel = new SftpChannel({ hear: (bytes) => this.#hear(bytes) });
    this.channel = this.#channel;
  }

  /** Sets the handler of a request. */
  on(name: string, handler: Handler): this {
    this.#handlers.set(name, handler);
    return this;
  }

  /** Ends the stream of responses. */
  end(): void {
    this.#hasEnded = true;
    this.#channel.fallSilent();
  }

  /** Takes the packets that are complete. */
  #hear(bytes: Uint8Array): void {
    this.#heard += unwire(bytes);
    for (;;) {
      const body = stringAt(this.#heard, 0);
      if (body === undefined) return;
      this.#heard = this.#heard.slice(4 + body.length);
      this.#take(body);
    }
  }

  #take(body: string): void {
    const type = body.charCodeAt(0);
    if (type === INIT) {
      this.#channel.say(versionPacket(this.#extensions));
      return;
    }
    const id = body.slice(1, 5);
    const asked = type === EXTENDED
      ? extendedIn(body.slice(5))
      : askedIn(REQUEST_NAMES[type] ?? `type ${type}`, body.slice(5));
    this.asked.push(`${asked.name} ${asked.subject}`);
    const handler = this.#handlers.get(asked.name) ?? (() => status(8));
    const answer = handler(asked);
    if (answer === undefined || this.#hasEnded) return;
    this.#channel.say(wire(string(answer.type + id + answer.body)));
  }
}

function extendedIn(body: string): Asked {
  const name = stringAt(body, 0) ?? "";
  return askedIn(name, body.slice(4 + name.length));
}

function askedIn(name: string, body: string): Asked {
  const subject = stringAt(body, 0) ?? "";
  return { name, subject, rest: body.slice(4 + subject.length) };
}

/** Gives the string that begins at a byte; `undefined` if it is incomplete. */
function stringAt(bytes: string, at: number): string | undefined {
  if (bytes.length < at + 4) return undefined;
  const view = new DataView(wire(bytes.slice(at, at + 4)).buffer);
  const length = view.getUint32(0);
  const text = bytes.slice(at + 4, at + 4 + length);
  return text.length === length ? text : undefined;
}

/** Gives a status. */
export function status(code: number, message = ""): Answer {
  return {
    type: "\x65",
    body: uint32(code) + string(message) + string("en"),
  };
}

/** Gives a handle. */
export function handle(handle: string): Answer {
  return { type: "\x66", body: string(handle) };
}

/** Gives data. */
export function data(bytes: string): Answer {
  return { type: "\x67", body: string(bytes) };
}

/** Name and permissions of an entry, its kind (`S_IFMT`) among them. */
export type ServerName = readonly [name: string, permissions?: number];

/** Gives names. */
export function names(...entries: readonly ServerName[]): Answer {
  return {
    type: "\x68",
    body: uint32(entries.length) +
      entries.map(([name, permissions]) =>
        string(name) + string(`-rw-r--r-- ${name}`) + attrs(permissions)
      ).join(""),
  };
}

/** Gives attributes: permissions, the kind (`S_IFMT`) among them. */
export function attributes(permissions?: number): Answer {
  return { type: "\x69", body: attrs(permissions) };
}

function attrs(permissions: number | undefined): string {
  return permissions === undefined
    ? uint32(0)
    : uint32(0x4) + uint32(permissions);
}

/** Gives the reply of an extension. */
export function extended(body: string): Answer {
  return { type: "\xc9", body };
}
