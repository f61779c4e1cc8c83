import type { Channel } from "../channel/channel.ts";
import { asEntryError, EntryError, isConnectionFailure } from "../errors.ts";
import type { CopyEvent, Observer } from "../events/copy_event.ts";
import { Tally } from "../events/tally.ts";
import type { FileSystem } from "../filesystem/file_system.ts";
import { currentUmask } from "../disk/local_file_system.ts";
import { pathsOnWindows } from "../filesystem/local_pattern.ts";
import type { Platform } from "../names/names.ts";
import { printable } from "../names/printable.ts";
import type { ServeRequest } from "../options/copy_options.ts";
import { Sink } from "../scp/sink.ts";
import { Source } from "../scp/source.ts";

/** Tools of a server. */
export interface ServeSurroundings {
  /** Channel to the client. */
  readonly channel: Channel;
  readonly files: FileSystem;
  readonly platform: Platform;
  /** Writes a line to standard error. */
  say(line: string): void;
  /** Told of each event; absent where nobody listens. */
  readonly observer?: Observer;
}

/**
 * Serves one client, as OpenSSH's scp does when started with `-t` or `-f`.
 * Reports failures to the client alone, by the protocol.
 *
 * @returns The exit status: 0 if nothing failed, else 1.
 */
export async function serve(
  request: ServeRequest,
  { channel, files, platform, say, observer }: ServeSurroundings,
): Promise<0 | 1> {
  const tally = new Tally({
    report: (event) => {
      if (request.verbose) writeStep(event, say);
      observer?.report(event);
    },
  });
  const run = request.role === "sink" ? serveSink : serveSource;
  try {
    await run(request, { channel, files, platform, observer: tally });
    await channel.flush();
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    tally.report({ kind: "failure", message: error.message });
  } finally {
    await channel.close();
  }
  return tally.failures === 0 ? 0 : 1;
}

/** Writes a step to standard error; failures go to the client alone. */
function writeStep(event: CopyEvent, say: ServeSurroundings["say"]): void {
  if (event.kind === "verbose") say(printable(event.message()));
}

type Served = Pick<ServeSurroundings, "channel" | "files" | "platform"> & {
  readonly observer: Observer;
};

async function serveSource(
  { paths, recursive, preserve }: ServeRequest,
  { channel, files, platform, observer }: Served,
): Promise<void> {
  const options = {
    recursive,
    preserve,
    // Some clients take two records that come together for one and hang; a
    // client that acknowledges in advance loses nothing.
    lockstep: true,
    dotPaths: "announced",
  } as const;
  const source = new Source(channel, files, options, observer);
  // OpenSSH's scp offers the files even to a client that refuses its target.
  const refusal = await source.begin();
  if (refusal !== undefined) {
    observer.report({ kind: "failure", message: refusal });
  }
  for (const path of paths) {
    for (const match of await expanded(path, files, platform)) {
      await source.send(match);
    }
  }
  await source.end();
}

/** Expands a pattern on Windows, where no shell does; keeps one without a match. */
async function expanded(
  path: string,
  files: FileSystem,
  platform: Platform,
): Promise<readonly string[]> {
  if (platform === "posix") return [path];
  const paths = await pathsOnWindows(path, files).catch(asEntryError);
  return paths instanceof EntryError ? [path] : paths;
}

async function serveSink(
  { paths, recursive, preserve, targetIsDirectory }: ServeRequest,
  { channel, files, platform, observer }: Served,
): Promise<void> {
  const sink = new Sink(channel, files, {
    recursive,
    targetIsDirectory,
    overwriteTarget: true,
    mayHearShell: false,
    // A client must never take an entry for stored before it is.
    ackPolicy: "none",
    top: "named",
    objectionTo: () => undefined,
    platform,
    store: {
      preserve,
      umask: currentUmask(),
      modeBits: preserve ? 0o7777 : 0o777,
    },
  }, observer);
  const [target, ...others] = paths;
  if (target === undefined || others.length > 0) {
    await sink.refuse("ambiguous target");
  } else await sink.receive(target);
}
