import { assert, assertEquals, assertThrows } from "@std/assert";
import * as libc from "../../../lib/system/libc.ts";
import { platform } from "../../../lib/system/platform.ts";
import { lacksLibrary } from "../../support/c_library.ts";

const ignore = lacksLibrary !== undefined;

const [A] = Uint8Array.of(0x61);

Deno.test("libcCalls() throws for a function that is not there", {
  ignore,
}, () => {
  const missing = { parameters: [], result: "void" } as const;
  assertThrows(() => libc.libcCalls({ no_such_function: missing }), Error);
});

Deno.test("A pipe gives what it was given, then its end", { ignore }, () => {
  const { readEnd, writeEnd } = libc.makePipe(4096);
  const buffer = new Uint8Array(10);
  assertEquals(libc.write(writeEnd, Uint8Array.of(A!, A!)), 2);
  assertEquals(libc.read(readEnd, buffer), 2);
  assertEquals(buffer.subarray(0, 3), Uint8Array.of(A!, A!, 0));
  libc.close(writeEnd);
  assertEquals(libc.read(readEnd, buffer), 0);
  libc.close(readEnd);
});

Deno.test("A descriptor that does not wait gives undefined instead", {
  ignore,
}, async () => {
  const { readEnd, writeEnd } = libc.makePipe(4096);
  libc.setNonBlocking(readEnd);
  libc.setNonBlocking(writeEnd);
  const block = new Uint8Array(1024 * 1024);
  assertEquals(libc.read(readEnd, block), undefined);
  assert(!libc.isReadableWithin(readEnd, 0));
  await libc.writable(writeEnd);
  while (libc.write(writeEnd, block) !== undefined);
  await libc.readable(readEnd);
  assert(libc.isReadableWithin(readEnd, 0));
  libc.close(readEnd);
  assertThrows(
    // A program that is being started elsewhere may hold it for a moment.
    () => {
      while (libc.write(writeEnd, block) === undefined);
    },
    libc.LibcError,
    "Broken pipe",
  );
  libc.close(writeEnd);
});

Deno.test(
  "A pipe is not inherited by programs we run",
  { ignore },
  async () => {
    const { readEnd, writeEnd } = libc.makePipe(4096);
    const { success } = await new Deno.Command("sh", {
      args: [
        "-c",
        `! [ -e /dev/fd/${readEnd} ] && ! [ -e /dev/fd/${writeEnd} ]`,
      ],
    }).output();
    assert(success);
    libc.close(readEnd);
    libc.close(writeEnd);
  },
);

Deno.test(
  "receive() gives what a socket holds, and never waits",
  { ignore },
  () => {
    const { readEnd, writeEnd } = libc.makeSocketPair(64 * 1024);
    const buffer = new Uint8Array(8);
    try {
      assertEquals(libc.receive(readEnd, buffer), undefined);
      assertEquals(libc.write(writeEnd, Uint8Array.of(1, 2, 3)), 3);
      assertEquals(libc.receive(readEnd, buffer), 3);
      assertEquals([...buffer.subarray(0, 4)], [1, 2, 3, 0]);
    } finally {
      libc.close(writeEnd);
    }
    assertEquals(libc.receive(readEnd, buffer), 0);
    libc.close(readEnd);
  },
);

Deno.test(
  "receiveAll() gives what came in its time, undefined if nothing did",
  { ignore },
  () => {
    const { readEnd, writeEnd } = libc.makeSocketPair(4096);
    libc.setReceiveTime(readEnd, 1);
    const buffer = new Uint8Array(8);
    try {
      assertEquals(libc.receiveAll(readEnd, buffer), undefined);
      libc.write(writeEnd, Uint8Array.of(1, 2, 3));
      assertEquals(libc.receiveAll(readEnd, buffer), 3);
    } finally {
      libc.close(readEnd);
      libc.close(writeEnd);
    }
  },
);

Deno.test("makeSocketPair() hands on what is written, up to its end", {
  ignore,
}, () => {
  const { readEnd, writeEnd } = libc.makeSocketPair(64 * 1024);
  const buffer = new Uint8Array(8);
  try {
    libc.setNonBlocking(readEnd);
    assertEquals(libc.read(readEnd, buffer), undefined);
    assertEquals(libc.write(writeEnd, Uint8Array.of(1, 2, 3)), 3);
    assert(libc.isReadableWithin(readEnd, 0));
    assertEquals(libc.read(readEnd, buffer), 3);
    assertEquals([...buffer.subarray(0, 3)], [1, 2, 3]);
  } finally {
    libc.close(writeEnd);
  }
  assertEquals(libc.read(readEnd, buffer), 0);
  libc.close(readEnd);
});

Deno.test(
  "A pipe holds more than the system gives by itself where it lets us say so, a socket less",
  {
    ignore,
  },
  () => {
    const more = platform.F_SETPIPE_SZ === undefined ? 16 * 1024 : 128 * 1024;
    const less = 4096;
    for (
      const [{ readEnd, writeEnd }, least, most] of [
        [libc.makePipe(more), more, 128 * 1024],
        [libc.makeSocketPair(less), 1, 64 * 1024],
      ] as const
    ) {
      libc.setNonBlocking(writeEnd);
      const count = libc.write(writeEnd, new Uint8Array(1024 * 1024))!;
      assert(least <= count && count <= most, String(count));
      libc.close(readEnd);
      libc.close(writeEnd);
    }
  },
);
