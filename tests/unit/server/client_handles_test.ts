import { assertEquals, assertThrows } from "@std/assert";
import type { ServedFile } from "../../../lib/filesystem/served_file_system.ts";
import { ClientHandles } from "../../../lib/server/client_handles.ts";
import { RequestRefusal } from "../../../lib/server/sftp_failures.ts";
import { wire } from "../../support/sftp/bytes.ts";

/** Gives an open file that notes when it is closed. */
function fileOf(closed: string[], path: string) {
  const file = {
    [Symbol.dispose]: () => void closed.push(path),
  } as ServedFile;
  return { kind: "file", path, file } as const;
}

Deno.test("ClientHandles gives each entry a handle of its own, and none twice", () => {
  using handles = new ClientHandles(2);
  const closed: string[] = [];
  assertEquals(handles.add(fileOf(closed, "a")), wire("\x00\x00\x00\x01"));
  assertEquals(handles.add(fileOf(closed, "b")), wire("\x00\x00\x00\x02"));
  assertEquals(handles.file(wire("\x00\x00\x00\x02")).path, "b");
  assertEquals(handles.take(wire("\x00\x00\x00\x02")).path, "b");
  assertEquals(handles.add(fileOf(closed, "c")), wire("\x00\x00\x00\x03"));
});

Deno.test("ClientHandles refuses what it did not give, and what was closed", () => {
  using handles = new ClientHandles(2);
  const given = handles.add(fileOf([], "a"));
  handles.take(given);
  const invented = ["", "\x01", "\x00\x00\x00\x02", "\x00\x00\x00\x00\x01"];
  for (const handle of [given, ...invented.map((text) => wire(text))]) {
    for (
      const call of [
        () => handles.file(handle),
        () => handles.directory(handle),
        () => handles.take(handle),
      ]
    ) assertThrows(call, RequestRefusal, "this handle is not open");
  }
});

Deno.test("ClientHandles reads a handle that lies anywhere in a packet", () => {
  using handles = new ClientHandles(2);
  handles.add(fileOf([], "a"));
  const packet = wire("\xff\xff\xff\x00\x00\x00\x01\xff");
  assertEquals(handles.file(packet.subarray(3, 7)).path, "a");
});

Deno.test("ClientHandles has room again once an entry is closed", () => {
  using handles = new ClientHandles(1);
  handles.checkRoom();
  const handle = handles.add(fileOf([], "a"));
  assertThrows(
    () => handles.checkRoom(),
    RequestRefusal,
    "too many open handles",
  );
  handles.take(handle);
  handles.checkRoom();
});

Deno.test("ClientHandles closes at its end what is open, and only that", () => {
  const closed: string[] = [];
  {
    using handles = new ClientHandles(3);
    handles.add(fileOf(closed, "a"));
    handles.take(handles.add(fileOf(closed, "b")));
    handles.add(fileOf(closed, "c"));
  }
  assertEquals(closed, ["a", "c"]);
});
