import { assertEquals } from "@std/assert";
import { close, read, write } from "../../../lib/system/descriptors.ts";
import {
  openForWriting,
  openPseudoTerminal,
} from "../../../lib/system/pseudo_terminal.ts";
import { lacksLibrary, testUnless } from "../../support/c_library.ts";

testUnless(
  lacksLibrary,
  "openPseudoTerminal(): passes bytes on unchanged, of each that opens its path",
  () => {
    const { readEnd, writeEnd, path } = openPseudoTerminal();
    const other = openForWriting(path);
    const buffer = new Uint8Array(16);
    for (const fd of [writeEnd, other]) {
      const bytes = Uint8Array.of(0x03, 0x0a, 0x0d, 0x04);
      assertEquals(write(fd, bytes), 4);
      assertEquals(read(readEnd, buffer), 4);
      assertEquals(buffer.subarray(0, 4), bytes);
    }
    for (const fd of [readEnd, writeEnd, other]) close(fd);
  },
);
