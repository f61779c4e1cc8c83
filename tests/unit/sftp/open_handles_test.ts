import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../lib/errors.ts";
import { OpenHandles } from "../../../lib/sftp/open_handles.ts";
import { wire } from "../../support/sftp/bytes.ts";

Deno.test("OpenHandles: counts open handles and outstanding requests", () => {
  const handles = new OpenHandles();
  assertEquals(handles.count, 0);
  handles.requested();
  handles.requested();
  handles.requested();
  assertEquals(handles.count, 3);
  handles.answered(wire("a"));
  handles.answered();
  assertEquals(handles.count, 2);
  handles.answered(wire("b"));
  handles.closing(wire("a"));
  assertEquals(handles.count, 1);
});

Deno.test("answered(): throws for a handle that is open, by its bytes", () => {
  const handles = new OpenHandles();
  for (const handle of ["", "\x00", "\x00\x00", "\xff", "a".repeat(256)]) {
    handles.requested();
    handles.answered(wire(handle));
    handles.requested();
    assertThrows(
      () => handles.answered(wire(handle)),
      ProtocolError,
      "protocol error: a handle was given out twice that is still open",
    );
  }
  assertEquals(handles.count, 5);
});

Deno.test("closing(): lets the server use a handle again", () => {
  const handles = new OpenHandles();
  for (let count = 0; count < 2; count++) {
    handles.requested();
    handles.answered(wire("a"));
    handles.closing(wire("a"));
  }
  assertEquals(handles.count, 0);
});
