import { SessionError } from "../errors.ts";
import type { FileProgress } from "../events/file_progress.ts";
import type { FileRecord } from "./wire/records.ts";
import type { RelaySide } from "./relay_side.ts";
import type { RelayTarget } from "./relay_target.ts";

/**
 * Passes a file's body on from one host to the other.
 *
 * @param progress Absent where the target does not wait for the body: then it is
 * dropped.
 * @throws {SessionError} If the connection to either one is lost.
 */
export async function relayBody(
  { source, target }: { source: RelaySide; target: RelayTarget },
  { name, size }: FileRecord,
  progress: FileProgress | undefined,
): Promise<void> {
  const { channel } = source.peer;
  let passed = 0;
  let written = Promise.resolve();
  while (passed < size) {
    const part = await source.attempt(() =>
      channel.read(Math.min(size - passed, channel.blockBytes))
    );
    const lost = () =>
      new SessionError(
        `${name}: lost connection after ${passed} of ${size} bytes`,
      );
    if (part.length === 0) await source.fail(lost());
    await target.written(written, lost);
    passed += part.length;
    if (progress === undefined) continue;
    progress.moved(part.length);
    // The next part is read while this one leaves.
    written = target.side.peer.channel.write(part);
    written.catch(() => {});
  }
  await target.written(
    written,
    () => new SessionError(`${name}: lost connection`),
  );
}
