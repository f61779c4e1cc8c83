/** Reads a stream to its end, and gives all its text. */
export function toText(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}
