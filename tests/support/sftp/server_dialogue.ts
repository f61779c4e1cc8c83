import { linuxServerCalls } from "../../../lib/disk/linux_server_calls.ts";
import { ServedDisk } from "../../../lib/disk/served_disk.ts";
import type { ServedFileSystem } from "../../../lib/filesystem/served_file_system.ts";
import { serveSftp } from "../../../lib/server/sftp_session.ts";
import { lacksLinuxLibrary, testUnless } from "../c_library.ts";
import { string, uint32, unwire, wire } from "./bytes.ts";
import { SftpChannel } from "./channel.ts";

/** First packet of a client. */
export const INIT: Uint8Array = wire(
  "\x00\x00\x00\x05",
  "\x01",
  "\x00\x00\x00\x03",
);

/** Attributes of nothing. */
export const NONE = "\x00\x00\x00\x00";

/** Handle of the first entry that a session opens. */
export const FIRST = "\x00\x00\x00\x04\x00\x00\x00\x01";

/** Gives a status as it is sent, behind the packet's length. */
export function statusOf(id: number, code: number, message: string): string {
  return "\x65" + uint32(id) + uint32(code) + string(message) + string("en");
}

/** Session of a client with a server, by its bytes. */
export class ServerDialogue {
  readonly #channel: SftpChannel;
  readonly #files: ServedFileSystem;
  #heard = "";

  /**
   * @param grain Most bytes that the server reads at once.
   * @param files Files that are served; the whole disk if absent.
   */
  constructor(
    grain = Infinity,
    files: ServedFileSystem = new ServedDisk(linuxServerCalls),
  ) {
    this.#files = files;
    this.#channel = new SftpChannel({
      grain,
      hear: (bytes) => void (this.#heard += unwire(bytes)),
    });
  }

  /** Serves a client that sends this and then ends. */
  async serve(...parts: readonly Uint8Array[]): Promise<void> {
    this.#channel.say(...parts);
    this.#channel.fallSilent();
    try {
      await serveSftp(this.#channel, this.#files);
    } finally {
      await this.#channel.flush();
    }
  }

  /** All that the client was sent. */
  get heard(): string {
    return this.#heard;
  }

  /** Responses behind the server's first packet, without their lengths. */
  get responses(): string[] {
    return packetsIn(this.#heard).slice(1);
  }
}

/** Gives the packets in bytes, without their lengths. */
export function packetsIn(bytes: string): string[] {
  const packets: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = wire(bytes.slice(at, at + 4));
    const end = at + 4 + new DataView(head.buffer).getUint32(0);
    packets.push(bytes.slice(at + 4, end));
    at = end;
  }
  return packets;
}

/** Gives the responses of the whole disk's server to some requests after INIT. */
export async function responsesTo(
  ...parts: readonly Uint8Array[]
): Promise<string[]> {
  return await responsesOf(new ServedDisk(linuxServerCalls), ...parts);
}

/** Gives those of another server. */
export async function responsesOf(
  files: ServedFileSystem,
  ...parts: readonly Uint8Array[]
): Promise<string[]> {
  const dialogue = new ServerDialogue(Infinity, files);
  await dialogue.serve(INIT, ...parts);
  return dialogue.responses;
}

/** Registers a test of a session, which needs Linux's calls. */
export function sessionTest(name: string, fn: () => Promise<void>): void {
  testUnless(lacksLinuxLibrary, `serveSftp(): ${name}`, fn);
}
