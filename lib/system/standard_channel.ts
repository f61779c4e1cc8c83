import { StreamChannel } from "../channel/stream_channel.ts";
import { DescriptorChannel } from "./descriptor_channel.ts";
import { patientStreams } from "./standard_streams.ts";

/**
 * Opens the channel to the process's client: its standard input and output.
 *
 * @param interrupted Signal that ends the input when aborted.
 */
export function standardChannel(
  interrupted: AbortSignal,
): StreamChannel | DescriptorChannel {
  const streams = patientStreams();
  const channel = streams === undefined
    ? new StreamChannel(Deno.stdin.readable, Deno.stdout.writable)
    : new DescriptorChannel(streams.input, streams.output);
  interrupted.addEventListener("abort", () => channel.endInput());
  return channel;
}

/** Tells whether the process's input is a terminal. */
export function isInputTerminal(): boolean {
  return Deno.stdin.isTerminal();
}
