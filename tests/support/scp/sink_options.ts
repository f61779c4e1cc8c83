import type { SinkOptions } from "../../../lib/scp/sink.ts";

/** A client's sink with `-r`, under the umask 022, that is sent what it likes. */
export const CLIENT_SINK: SinkOptions = {
  recursive: true,
  targetIsDirectory: false,
  overwriteTarget: false,
  mayHearShell: true,
  ackPolicy: "none",
  top: "named",
  objectionTo: () => undefined,
  platform: "posix",
  store: { preserve: false, umask: 0o022, modeBits: 0o777 },
};

/** A client's sink with `-rp`. */
export const PRESERVING_SINK: SinkOptions = {
  ...CLIENT_SINK,
  store: { ...CLIENT_SINK.store, preserve: true },
};
