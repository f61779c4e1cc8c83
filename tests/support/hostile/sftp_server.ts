import { HostileSftpChannel } from "./sftp_channel.ts";
import { Fields } from "./sftp_fields.ts";
import { HostileSftpTree } from "./sftp_tree.ts";
import { packet, uint32, unwire, versionPacket } from "../sftp/bytes.ts";
import type { Answer } from "../sftp/server.ts";
import type { TreeEntry } from "../fixtures/tree.ts";
import { REQUEST_NAMES } from "../sftp/request_names.ts";

/** A request, and what a good server says to it. */
export interface Exchange {
  /** The draft's name for it without `SSH_FXP_`, or the extension's own. */
  readonly name: string;
  /** 0 for `INIT`, which has none. */
  readonly id: number;
  /** Bytes behind the id, or behind the extension's name. */
  readonly fields: Fields;
  /** Number of earlier requests of this name. */
  readonly index: number;
  /** The right answer, as a packet; what was asked is done once it is read. */
  readonly packet: Uint8Array;
}

/** Reply instead: any bytes, or only the end. */
export type Reply = Uint8Array | "nothing" | "end";

/** Reply of a server to a request; the right one if `undefined`. */
export type Hook = (exchange: Exchange) => Reply | undefined;

/** Hooks by the names of requests; `any` is for those that have none. */
export type Hooks = Readonly<Record<string, Hook>>;

export interface HostileSftpServerOptions {
  readonly entries?: readonly TreeEntry[];
  readonly hooks?: Hooks;
  /** Its extensions, by name. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** After how many bytes its stream ends, in the middle of a packet or not. */
  readonly saysAtMost?: number;
  /** The most bytes that one read gives. */
  readonly grain?: number;
  /** Its handle for what is opened after so many others. */
  readonly handleFor?: (index: number) => string;
}

/** More requests than any test needs. */
const MOST_REQUESTS = 50_000;

/**
 * A server with a tree in memory, over a channel in memory. It is a good one
 * but where a hook says otherwise:
 *
 *     new HostileSftpServer({
 *       entries: [{ path: "f", content: "text" }],
 *       hooks: { READ: instead(status(0)) },
 *     })
 *
 * It answers while a request is being sent, and a client that never stops to
 * ask comes to the end of the stream.
 */
export class HostileSftpServer {
  readonly channel: HostileSftpChannel;
  readonly tree: HostileSftpTree;
  /** Number of requests. */
  requests = 0;
  /** Number of replies that differ from a good server's. */
  misdeeds = 0;
  /** Faults in the client's requests; there should be none. */
  complaint: string | undefined;
  /** True where it says and does nothing more. */
  hasEnded = false;
  readonly #options: HostileSftpServerOptions;
  readonly #counts = new Map<string, number>();
  #heard = "";
  #mayStillSay: number;

  constructor(options: HostileSftpServerOptions = {}) {
    const { entries = [], grain = Infinity, saysAtMost = Infinity } = options;
    this.#options = options;
    this.#mayStillSay = saysAtMost;
    this.tree = new HostileSftpTree(entries, options.handleFor);
    this.channel = new HostileSftpChannel({
      grain,
      hear: (bytes) => this.#hear(bytes),
    });
  }

  /** Says something, whoever asked for it. */
  say(bytes: Uint8Array): void {
    const part = bytes.subarray(0, this.#mayStillSay);
    this.#mayStillSay -= part.length;
    this.channel.say(part);
    if (this.#mayStillSay === 0) this.end();
  }

  /** Gives the input to its end, and then the end. */
  end(): void {
    this.#mayStillSay = 0;
    this.hasEnded = true;
    this.channel.fallSilent();
  }

  #hear(bytes: Uint8Array): void {
    this.#heard += unwire(bytes);
    for (;;) {
      const fields = new Fields(this.#heard);
      if (this.#heard.length < 4 || this.hasEnded) return;
      const length = fields.uint32();
      if (fields.rest.length < length) return;
      const body = fields.take(length);
      this.#heard = fields.rest;
      try {
        this.#take(new Fields(body));
      } catch (error) {
        this.complaint ??= String(error);
        this.end();
      }
    }
  }

  #take(fields: Fields): void {
    this.requests++;
    if (this.requests > MOST_REQUESTS) throw new Error("It asks for ever");
    const type = fields.byte();
    let name = REQUEST_NAMES[type] ?? `type ${type}`;
    const id = name === "INIT" ? 0 : fields.uint32();
    if (name === "EXTENDED") name = fields.string();
    const index = this.#counts.get(name) ?? 0;
    this.#counts.set(name, index + 1);
    const { rest } = fields;
    let packet: Uint8Array | undefined;
    const rightPacket = () => this.#rightPacket(name, id, rest);
    this.#reply({
      name,
      id,
      fields: new Fields(rest),
      index,
      get packet() {
        return packet ??= rightPacket();
      },
    });
  }

  #rightPacket(name: string, id: number, rest: string): Uint8Array {
    return name === "INIT"
      ? versionPacket(this.#options.extensions ?? {})
      : packetFor(id, this.tree.answer(name, rest));
  }

  #reply(exchange: Exchange): void {
    const { hooks = {} } = this.#options;
    const hook = hooks[exchange.name] ?? hooks["any"];
    const reply = hook?.(exchange);
    if (reply !== undefined) this.misdeeds++;
    if (reply === "end") this.end();
    else if (reply !== "nothing") this.say(reply ?? exchange.packet);
  }
}

/** An answer to the request of an id, whether there is one or not. */
export function packetFor(id: number, { type, body }: Answer): Uint8Array {
  return packet(type, uint32(id), body);
}

/** A hook that always gives this answer. */
export function instead(answer: Answer): Hook {
  return ({ id }) => packetFor(id, answer);
}

/** A hook that is one for the request that comes after so many others. */
export function after(count: number, hook: Hook): Hook {
  return (exchange) => exchange.index === count ? hook(exchange) : undefined;
}
