/** One session of a server of SFTP (draft-ietf-secsh-filexfer-02). */

import type { Channel } from "../channel/channel.ts";
import { ProtocolError } from "../errors.ts";
import type { ServedFileSystem } from "../filesystem/served_file_system.ts";
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
import { LIMITS, SftpAnswers } from "./sftp_answers.ts";

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
    const first = await this.#nextPacket();
    if (first === undefined) return;
    parseInit(first);
    await this.#channel.write(
      formatVersion(extensions(this.#hasLinks), this.#writer),
    );
    for (let packet; (packet = await this.#nextPacket()) !== undefined;) {
      await this.#answer(parseRequest(packet));
    }
  }

  /** Gives the next packet without its length; `undefined` at the end. */
  async #nextPacket(): Promise<Uint8Array | undefined> {
    const reader = this.#reader;
    const head = reader.takeReceived(LENGTH_BYTES) ??
      await reader.take(LENGTH_BYTES);
    if (head.length < LENGTH_BYTES) return undefined;
    const length = new WireReader(head).uint32();
    if (length === 0 || length > MAX_REQUEST_BYTES) {
      throw new ProtocolError(`protocol error: a packet of ${length} bytes`);
    }
    const body = reader.takeReceived(length) ?? await reader.take(length);
    return body.length < length ? undefined : body;
  }

  async #answer({ id, request }: NumberedRequest): Promise<void> {
    if (request.kind === "read") return await this.#answerRead(id, request);
    const response = await this.#answers.answer(request);
    await this.#channel.write(formatResponse(id, response, this.#writer));
  }

  async #answerRead(id: number, request: ReadRequest): Promise<void> {
    const end = DATA_START + Math.min(request.length, LIMITS.read);
    const buffer = this.#data.subarray(DATA_START, end);
    const read = await this.#answers.read(request, buffer);
    if (typeof read !== "number") {
      return await this.#channel.write(formatResponse(id, read, this.#writer));
    }
    writeDataHead(this.#dataView, id, read);
    await this.#channel.write(this.#data.subarray(0, DATA_START + read));
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
