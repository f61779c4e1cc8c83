import { assertEquals } from "@std/assert";
import {
  jsonLine,
  jsonLocation,
  jsonPath,
} from "../../../lib/terminal/json_line.ts";

Deno.test("jsonLine(): is one line of ASCII, whatever the texts hold", () => {
  const text = "a\x1b[2J\r\n\x9b\u202e\u2028é🦕\udcff\x7f";
  const line = jsonLine({ message: text, deep: [{ text }] });
  assertEquals(/^[\x20-\x7e]+\n$/.test(line), true, line);
  const { message, deep } = JSON.parse(line);
  assertEquals(message, text.replace("\udcff", "\ufffd"));
  assertEquals(deep[0].text, message);
});

Deno.test("jsonPath(): adds the bytes of a path that is not UTF-8", () => {
  assertEquals(jsonPath("d/é"), { path: "d/é" });
  // The bytes 64 2f ff 61.
  assertEquals(jsonPath("d/\udcffa"), {
    path: "d/\udcffa",
    path_base64: "ZC//YQ==",
  });
  // A surrogate of Windows stands for no byte.
  assertEquals(jsonPath("\ud800"), { path: "\ud800" });
});

Deno.test("jsonLocation(): writes a path behind its host, as an operand does", () => {
  for (
    const [label, path, written] of [
      ["", "d/f", "d/f"],
      ["far: ", "/d/f", "far:/d/f"],
      ["2001:db8::1: ", "f", "[2001:db8::1]:f"],
    ] as const
  ) assertEquals(jsonLocation({ label, path }), { path: written });
  // The bytes 66 61 72 3a ff.
  assertEquals(jsonLocation({ label: "far: ", path: "\udcff" }), {
    path: "far:\udcff",
    path_base64: "ZmFyOv8=",
  });
});
