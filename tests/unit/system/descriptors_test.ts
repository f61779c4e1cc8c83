import { assert, assertEquals, assertThrows } from "@std/assert";
import { abi } from "../../../lib/system/abi.ts";
import * as descriptors from "../../../lib/system/descriptors.ts";
import { LibcError } from "../../../lib/system/libc.ts";
import { lacksLibrary } from "../../support/c_library.ts";

const ignore = lacksLibrary !== undefined;

const [A] = Uint8Array.of(0x61);

Deno.test(
  "makePipe(): gives a pipe that holds what was written, then its end",
  { ignore },
  () => {
    const { readEnd, writeEnd } = descriptors.makePipe(4096);
    const buffer = new Uint8Array(10);
    assertEquals(descriptors.write(writeEnd, Uint8Array.of(A!, A!)), 2);
    assertEquals(descriptors.read(readEnd, buffer), 2);
    assertEquals(buffer.subarray(0, 3), Uint8Array.of(A!, A!, 0));
    descriptors.close(writeEnd);
    assertEquals(descriptors.read(readEnd, buffer), 0);
    descriptors.close(readEnd);
  },
);

Deno.test(
  "isOneReadableWithin(): tells of bytes and of the end of any of several",
  { ignore },
  () => {
    const pipes = [1, 2, 3].map(() => descriptors.makePipe(4096));
    const [first, second, third] = pipes;
    const all = pipes.map(({ readEnd }) => readEnd);
    assert(!descriptors.isOneReadableWithin(all, 0));
    assert(!descriptors.isOneReadableWithin([], 0));
    descriptors.write(third!.writeEnd, Uint8Array.of(1));
    assert(descriptors.isOneReadableWithin(all, 10_000));
    assert(!descriptors.isOneReadableWithin(all.slice(0, 2), 0));
    descriptors.close(second!.writeEnd);
    assert(descriptors.isOneReadableWithin(all.slice(0, 2), 10_000));
    for (
      const fd of [...all, first!.writeEnd, third!.writeEnd]
    ) descriptors.close(fd);
  },
);

Deno.test(
  "setNonBlocking(): has reads and writes give undefined where they would wait",
  {
    ignore,
  },
  async () => {
    const { readEnd, writeEnd } = descriptors.makePipe(4096);
    descriptors.setNonBlocking(readEnd);
    descriptors.setNonBlocking(writeEnd);
    const block = new Uint8Array(1024 * 1024);
    assertEquals(descriptors.read(readEnd, block), undefined);
    assert(!descriptors.isReadableWithin(readEnd, 0));
    await descriptors.writable(writeEnd);
    while (descriptors.write(writeEnd, block) !== undefined);
    await descriptors.readable(readEnd);
    assert(descriptors.isReadableWithin(readEnd, 0));
    descriptors.close(readEnd);
    assertThrows(
      // A program that is being started elsewhere may hold it for a moment.
      () => {
        while (descriptors.write(writeEnd, block) === undefined);
      },
      LibcError,
      "Broken pipe",
    );
    descriptors.close(writeEnd);
  },
);

Deno.test(
  "makePipe(): keeps the pipe from programs we run",
  { ignore },
  async () => {
    const { readEnd, writeEnd } = descriptors.makePipe(4096);
    const { success } = await new Deno.Command("sh", {
      args: [
        "-c",
        `! [ -e /dev/fd/${readEnd} ] && ! [ -e /dev/fd/${writeEnd} ]`,
      ],
    }).output();
    assert(success);
    descriptors.close(readEnd);
    descriptors.close(writeEnd);
  },
);

Deno.test(
  "receive(): gives what a socket holds, and never waits",
  { ignore },
  () => {
    const { readEnd, writeEnd } = descriptors.makeSocketPair(64 * 1024);
    const buffer = new Uint8Array(8);
    try {
      assertEquals(descriptors.receive(readEnd, buffer), undefined);
      assertEquals(descriptors.write(writeEnd, Uint8Array.of(1, 2, 3)), 3);
      assertEquals(descriptors.receive(readEnd, buffer), 3);
      assertEquals([...buffer.subarray(0, 4)], [1, 2, 3, 0]);
    } finally {
      descriptors.close(writeEnd);
    }
    assertEquals(descriptors.receive(readEnd, buffer), 0);
    descriptors.close(readEnd);
  },
);

Deno.test(
  "receiveAll(): gives what came in its time, undefined if nothing did",
  { ignore },
  () => {
    const { readEnd, writeEnd } = descriptors.makeSocketPair(4096);
    descriptors.setReceiveTime(readEnd, 1);
    const buffer = new Uint8Array(8);
    try {
      assertEquals(descriptors.receiveAll(readEnd, buffer), undefined);
      descriptors.write(writeEnd, Uint8Array.of(1, 2, 3));
      assertEquals(descriptors.receiveAll(readEnd, buffer), 3);
    } finally {
      descriptors.close(readEnd);
      descriptors.close(writeEnd);
    }
  },
);

Deno.test("makeSocketPair(): hands on what is written, up to its end", {
  ignore,
}, () => {
  const { readEnd, writeEnd } = descriptors.makeSocketPair(64 * 1024);
  const buffer = new Uint8Array(8);
  try {
    descriptors.setNonBlocking(readEnd);
    assertEquals(descriptors.read(readEnd, buffer), undefined);
    assertEquals(descriptors.write(writeEnd, Uint8Array.of(1, 2, 3)), 3);
    assert(descriptors.isReadableWithin(readEnd, 0));
    assertEquals(descriptors.read(readEnd, buffer), 3);
    assertEquals([...buffer.subarray(0, 3)], [1, 2, 3]);
  } finally {
    descriptors.close(writeEnd);
  }
  assertEquals(descriptors.read(readEnd, buffer), 0);
  descriptors.close(readEnd);
});

Deno.test(
  "makePipe() and makeSocketPair(): hold the bytes that were asked for, more or fewer than by default",
  {
    ignore,
  },
  () => {
    const more = abi.F_SETPIPE_SZ === undefined ? 16 * 1024 : 128 * 1024;
    const less = 4096;
    for (
      const [{ readEnd, writeEnd }, least, most] of [
        [descriptors.makePipe(more), more, 128 * 1024],
        [descriptors.makeSocketPair(less), 1, 64 * 1024],
      ] as const
    ) {
      descriptors.setNonBlocking(writeEnd);
      const count = descriptors.write(writeEnd, new Uint8Array(1024 * 1024))!;
      assert(least <= count && count <= most, String(count));
      descriptors.close(readEnd);
      descriptors.close(writeEnd);
    }
  },
);

Deno.test("closeWritten(): throws for a descriptor that is not open", {
  ignore,
}, () => {
  assertThrows(
    () => descriptors.closeWritten(descriptors.CLOSED),
    LibcError,
    "Bad file descriptor",
  );
});

Deno.test(
  "hasWorkingDescriptors(): finds them working here",
  { ignore },
  () => {
    assert(descriptors.hasWorkingDescriptors());
  },
);
