import { StreamChannel } from "../channel/stream_channel.ts";

/**
 * The channel to whoever started this process: its standard input and output.
 *
 * @param interrupted Ends what is read when aborted.
 */
export function standardChannel(interrupted: AbortSignal): StreamChannel {
  const channel = new StreamChannel(
    Deno.stdin.readable,
    Deno.stdout.writable,
  );
  interrupted.addEventListener("abort", () => channel.endInput());
  return channel;
}
