import { assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import { parseLocation } from "../../../lib/location/operand.ts";
import { locationRules } from "../../support/fixtures/location_rules.ts";

const posix = locationRules("posix");
const windows = locationRules("windows");

Deno.test("parseLocation(): takes a colon before any slash for a host", () => {
  const rows: readonly (readonly [string, Omit<RemoteLocation, "kind">])[] = [
    ["h:x", { host: "h", path: "x" }],
    ["h:/x", { host: "h", path: "/x" }],
    ["h:a:b", { host: "h", path: "a:b" }],
    ["h:a b", { host: "h", path: "a b" }],
    ["h:~bob/x", { host: "h", path: "~bob/x" }],
    ["h:[1]:x", { host: "h", path: "[1]:x" }],
    ["host.example.org:x", { host: "host.example.org", path: "x" }],
    ["C:x", { host: "C", path: "x" }],
    ["C:\\x", { host: "C", path: "\\x" }],
    ["C:/x", { host: "C", path: "/x" }],
    ["-h:x", { host: "-h", path: "x" }],
  ];
  for (const [operand, expected] of rows) {
    assertEquals(
      parseLocation(operand, posix),
      { kind: "remote", ...expected },
      operand,
    );
  }
});

Deno.test("parseLocation(): takes everything else for a local path", () => {
  const operands = [
    "x",
    "/x",
    "./a:b",
    "/a:b",
    "d/x:y",
    ":x",
    ":",
    "",
    "-",
    ".",
    "u@h",
    "[a:b",
    "[::1]x:y",
    "[::1]",
    "u@[::1",
    "u@[::1/]:x",
    "~/x",
  ];
  for (const operand of operands) {
    assertEquals(
      parseLocation(operand, posix),
      { kind: "local", path: operand },
      operand,
    );
  }
});

Deno.test("parseLocation(): ends the user at the last @ before the path", () => {
  const rows: readonly (readonly [string, Omit<RemoteLocation, "kind">])[] = [
    ["u@h:x", { user: "u", host: "h", path: "x" }],
    ["u@v@h:x", { user: "u@v", host: "h", path: "x" }],
    ["u@h:a@b", { user: "u", host: "h", path: "a@b" }],
    ["@h:x", { host: "h", path: "x" }],
    ["u@:x", { user: "u", host: "", path: "x" }],
    ["u v@h:x", { user: "u v", host: "h", path: "x" }],
  ];
  for (const [operand, expected] of rows) {
    assertEquals(
      parseLocation(operand, posix),
      { kind: "remote", ...expected },
      operand,
    );
  }
});

Deno.test("parseLocation(): takes the brackets off an address", () => {
  const rows: readonly (readonly [string, Omit<RemoteLocation, "kind">])[] = [
    ["[::1]:x", { host: "::1", path: "x" }],
    ["u@[::1]:x", { user: "u", host: "::1", path: "x" }],
    ["[fe80::1%eth0]:/x", { host: "fe80::1%eth0", path: "/x" }],
    ["[::1]:", { host: "::1", path: "." }],
    ["[h]:a]:b", { host: "h", path: "a]:b" }],
  ];
  for (const [operand, expected] of rows) {
    assertEquals(
      parseLocation(operand, posix),
      { kind: "remote", ...expected },
      operand,
    );
  }
});

Deno.test("parseLocation(): reads an empty remote path as the home directory", () => {
  assertEquals(parseLocation("h:", posix), {
    kind: "remote",
    host: "h",
    path: ".",
  });
});

Deno.test("parseLocation(): takes a drive letter for local on Windows only", () => {
  for (
    const operand of ["C:\\x", "c:/x", "Z:\\", "C:/a:b", "C:x", "c:", "d:a@b:c"]
  ) {
    assertEquals(
      parseLocation(operand, windows),
      { kind: "local", path: operand },
      operand,
    );
    assertEquals(parseLocation(operand, posix).kind, "remote", operand);
  }
  for (const operand of ["CC:\\x", "1:\\x", "u@C:\\x", "[c]:x"]) {
    assertEquals(parseLocation(operand, windows).kind, "remote", operand);
  }
});

Deno.test("parseLocation(): takes a backslash for no part of a host on Windows", () => {
  for (const operand of [".\\a:b", "d\\a:b", "u@d\\a:b"]) {
    assertEquals(
      parseLocation(operand, windows),
      { kind: "local", path: operand },
      operand,
    );
  }
  assertEquals(parseLocation("corp\\bob@h:x", windows), {
    kind: "remote",
    user: "corp\\bob",
    host: "h",
    path: "x",
  });
});

Deno.test("parseLocation(): removes the prefix of a Windows path that is taken literally", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["\\\\?\\C:\\x", "C:\\x"],
    ["\\\\?\\UNC\\server\\share\\x", "\\\\server\\share\\x"],
    ["\\\\?\\unc\\server\\share", "\\\\server\\share"],
    ["\\\\?\\Volume{1}\\x", "\\\\?\\Volume{1}\\x"],
    ["\\\\.\\nul", "\\\\.\\nul"],
    ["\\\\server\\share\\x", "\\\\server\\share\\x"],
  ];
  for (const [operand, path] of rows) {
    assertEquals(parseLocation(operand, windows), { kind: "local", path });
  }
});

Deno.test("parseLocation(): reads a URI by its scheme in lower case alone", () => {
  assertEquals(parseLocation("scp://bob@h:2222/x", posix), {
    kind: "remote",
    user: "bob",
    host: "h",
    port: 2222,
    path: "x",
  });
  for (const scheme of ["SCP", "Scp", "sftp", "ssh"]) {
    assertEquals(
      parseLocation(`${scheme}://h/x`, posix),
      { kind: "remote", host: scheme, path: "//h/x" },
      scheme,
    );
  }
});

Deno.test("parseLocation(): refuses a malformed URI", () => {
  for (const operand of ["scp://", "scp://h/%00", "scp://-oX@/x"]) {
    const error = assertThrows(() => parseLocation(operand, posix), EntryError);
    assertEquals(error.message, `${operand}: invalid uri`);
  }
});
