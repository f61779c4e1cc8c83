/** Gives a stream of chunks as a stream of bytes, as a process's output is. */
export function byteStream(
  chunks: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> {
  const reader = chunks.getReader();
  return new ReadableStream({
    type: "bytes",
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}
