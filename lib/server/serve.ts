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

/** What a remote works with. */
export interface ServeSurroundings {
  /** To the client. */
  readonly channel: Channel;
  readonly files: FileSystem;
  readonly platform: Platform;
  /** Writes a line to standard error. */
  say(line: string): void;
}

/**
 * Is the remote of a copy, as OpenSSH's scp is when it is started with `-t`
 * or `-f`. Whatever fails is told to the client alone, by the protocol.
 *
 * @returns The exit status: 0 if nothing failed, else 1.
 */
export async function serve(
  request: ServeRequest,
  { channel, files, platform, say }: ServeSurroundings,
): Promise<0 | 1> {
  const tally = new Tally({
    report: (event) => {
      if (request.verbose) sayStep(event, say);
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

/** Writes a step on standard error: failures go to the client alone. */
function sayStep(event: CopyEvent, say: ServeSurroundings["say"]): void {
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
    // Clients take two records that come together for one and hang. One that
    // acknowledges in advance loses nothing.
    lockstep: true,
    dotPaths: "announced",
  } as const;
  const source = new Source(channel, files, options, observer);
  // A client that refuses its own target gets the files offered all the same.
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

/** Expands a pattern where no shell has; one without a match is itself. */
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
    // A client must never hold for stored what is not.
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
