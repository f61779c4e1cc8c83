/** One session of a server of SFTP (draft-ietf-secsh-filexfer-02). */

import type { Channel } from "../channel/channel.ts";
import { ProtocolError } from "../errors.ts";
import {
  after,
  type Prompt,
  type ServedFileSystem,
} from "../filesystem/served_file_system.ts";
import { ExactReader } from "../sftp/exact_reader.ts";
import { LENGTH_BYTES, WireReader, WireWriter } from "../sftp/wire/bytes.ts";
import {
  MAX_REQUEST_BYTES,
  type NumberedRequest,
  parseInit,
  parseRequest,
} from "../sftp/wire/client_requests.ts";
import { Extension } from "../sftp/wire/extended_packets.ts";
import type { ReadRequest } from "../sftp/wire/handle_packets.ts";
import {
  DATA_START,
  formatResponse,
  formatVersion,
  writeDataHead,
} from "../sftp/wire/server_responses.ts";
import type { FailedRequests } from "./failed_requests.ts";
import { LIMITS } from "./awaited_answers.ts";
import { SftpAnswers } from "./sftp_answers.ts";

/** Memory that responses share until it is full, in bytes. */
const WRITER_BYTES = 64 * 1024;

/**
 * Serves one client until its input ends. Each request is carried out and answered
 * before the next one is read: a client that reads no responses is not served, and
 * nothing is kept for it.
 *
 * @param failed Takes the requests that fail; absent where nobody is told.
 * @throws {ProtocolError} If the client breaks the protocol.
 * @throws {SessionError} If the connection is lost.
 */
export async function serveSftp(
  channel: Channel,
  files: ServedFileSystem,
  failed?: FailedRequests,
): Promise<void> {
  using session = new SftpServerSession(channel, files, failed);
  await session.run();
}

class SftpServerSession implements Disposable {
  readonly #channel: Channel;
  readonly #reader: ExactReader;
  readonly #answers: SftpAnswers;
  readonly #hasLinks: boolean;
  readonly #writer = new WireWriter(WRITER_BYTES);
  /** Packet that the data of every READ go into. */
  readonly #data = new Uint8Array(DATA_START + LIMITS.read);
  readonly #dataView = new DataView(this.#data.buffer);

  constructor(
    channel: Channel,
    files: ServedFileSystem,
    failed: FailedRequests | undefined,
  ) {
    this.#channel = channel;
    this.#reader = new ExactReader(channel);
    this.#answers = new SftpAnswers(files, failed);
    this.#hasLinks = files.link !== undefined;
  }

  async run(): Promise<void> {
    const first = await this.#awaitPacket();
    if (first === undefined) return;
    parseInit(first);
    await this.#channel.write(
      formatVersion(extensions(this.#hasLinks), this.#writer),
    );
    for (;;) {
      const next = this.#nextPacket();
      const packet = next instanceof Promise ? await next : next;
      if (packet === undefined) return;
      const response = this.#answer(parseRequest(packet));
      const written = this.#write(
        response instanceof Promise ? await response : response,
      );
      if (written !== undefined) await written;
    }
  }

  /**
   * Gives the next packet without its length; `undefined` at the end. Gives no promise
   * where it has come or comes soon: a request without promises takes half the CPU
   * time, measured.
   */
  #nextPacket(): Prompt<Uint8Array | undefined> {
    const head = this.#reader.takeNow(LENGTH_BYTES);
    return head === undefined ? this.#awaitPacket() : this.#bodyBehind(head);
  }

  async #awaitPacket(): Promise<Uint8Array | undefined> {
    const head = await this.#reader.take(LENGTH_BYTES);
    if (head.length < LENGTH_BYTES) return undefined;
    return await this.#bodyBehind(head);
  }

  #bodyBehind(head: Uint8Array): Prompt<Uint8Array | undefined> {
    const length = new WireReader(head).uint32();
    if (length === 0 || length > MAX_REQUEST_BYTES) {
      throw new ProtocolError(`protocol error: a packet of ${length} bytes`);
    }
    return this.#reader.takeReceived(length) ?? this.#awaitBody(length);
  }

  async #awaitBody(length: number): Promise<Uint8Array | undefined> {
    const body = await this.#reader.take(length);
    return body.length < length ? undefined : body;
  }

  /** Carries a request out; gives the response as a packet. */
  #answer({ id, request }: NumberedRequest): Prompt<Uint8Array> {
    if (request.kind === "read") return this.#read(id, request);
    return after(
      this.#answers.answer(request),
      (response) => formatResponse(id, response, this.#writer),
    );
  }

  #read(id: number, request: ReadRequest): Prompt<Uint8Array> {
    const end = DATA_START + Math.min(request.length, LIMITS.read);
    const buffer = this.#data.subarray(DATA_START, end);
    return after(this.#answers.read(request, buffer), (read) => {
      if (typeof read !== "number") {
        return formatResponse(id, read, this.#writer);
      }
      writeDataHead(this.#dataView, id, read);
      return this.#data.subarray(0, DATA_START + read);
    });
  }

  /** Writes a response; gives a promise where that has to be waited for. */
  #write(response: Uint8Array): Promise<void> | undefined {
    if (this.#channel.writeNow?.(response) === true) return undefined;
    return this.#channel.write(response);
  }

  [Symbol.dispose](): void {
    this.#answers[Symbol.dispose]();
  }
}

/** Gives the extensions that are offered, each with its data. */
function extensions(hasLinks: boolean): ReadonlyMap<string, string> {
  return new Map([
    [Extension.POSIX_RENAME, "1"],
    [Extension.STATVFS, "2"],
    [Extension.FSTATVFS, "2"],
    ...(hasLinks ? [[Extension.HARDLINK, "1"] as const] : []),
    [Extension.FSYNC, "1"],
    [Extension.LSETSTAT, "1"],
    [Extension.LIMITS, "1"],
    [Extension.EXPAND_PATH, "1"],
    [Extension.COPY_DATA, "1"],
    [Extension.CHECK_FILE, "1"],
  ]);
}
