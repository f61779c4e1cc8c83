import { assertRejects } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import type { FileSystem } from "../../../lib/filesystem/file_system.ts";
import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import type { Received } from "../../../lib/scp/entry_reader.ts";
import { Sink, type SinkOptions } from "../../../lib/scp/sink.ts";
import { RecordingObserver } from "../recording_observer.ts";
import type { ScriptedPeer } from "./scripted_peer.ts";
import { CLIENT_SINK } from "./sink_options.ts";

/** Result of a sink, and its reports. */
export interface Report extends Received {
  readonly failures: readonly string[];
  readonly bodies: readonly string[];
}

/** Receives a scripted dialogue to its end. */
export async function receive(
  peer: ScriptedPeer,
  target: string,
  { files = new LocalFileSystem(), ...options }: Partial<SinkOptions> & {
    files?: FileSystem;
  } = {},
): Promise<Report> {
  const observer = new RecordingObserver();
  const sink = new Sink(peer, files, { ...CLIENT_SINK, ...options }, observer);
  const received = await sink.receive(target);
  peer.assertDone();
  const { failures, bodies } = observer;
  return { ...received, failures, bodies };
}

/** Receives a scripted dialogue that ends in a `ProtocolError`; gives that. */
export async function protocolErrorOf(
  peer: ScriptedPeer,
  target: string,
  options: Partial<SinkOptions> = {},
): Promise<ProtocolError> {
  const error = await assertRejects(
    () => receive(peer, target, options),
    ProtocolError,
  );
  peer.assertDone();
  return error;
}

/** Receives a dialogue that ends in a `ProtocolError`; gives its message. */
export async function messageOf(
  peer: ScriptedPeer,
  target: string,
  options: Partial<SinkOptions> = {},
): Promise<string> {
  return (await protocolErrorOf(peer, target, options)).message;
}

/** Objects to every name but one. */
export function only(wanted: string): SinkOptions["objectionTo"] {
  return (name) => name === wanted ? undefined : `${name} for ${wanted}`;
}

/** Gives an entry's mode on disk. */
export function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

/** Gives an entry's modification and access time on disk, in seconds. */
export function timesOf(path: string): [modified: number, accessed: number] {
  const { mtime, atime } = Deno.statSync(path);
  return [mtime!.getTime() / 1000, atime!.getTime() / 1000];
}
