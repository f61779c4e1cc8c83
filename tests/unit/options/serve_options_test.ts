import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/errors.ts";
import { parseCommandLine } from "../../../lib/options/command_line.ts";

function parse(text: string): unknown {
  return parseCommandLine(text.split(" "), { servicePort: () => undefined });
}

Deno.test("--serve names a directory, an access and a log", () => {
  const kind = "serveDirectory";
  assertEquals(parse("--serve d"), {
    ...{ kind, directory: "d", access: "read-write", isCheck: false },
  });
  assertEquals(parse("--serve=d --no-overwrite --log syslog --check"), {
    ...{ kind, directory: "d", access: "no-overwrite", isCheck: true },
    log: "syslog",
  });
  for (const access of ["read-only", "write-only"]) {
    assertEquals(parse(`--${access} --serve d`), {
      ...{ kind, directory: "d", access, isCheck: false },
    });
  }
});

Deno.test("options of a server make no sense without it, together, or with others", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["--read-only a b", "--read-only needs --serve"],
    ["--log x a b", "--log needs --serve"],
    ["--check", "--check needs --serve"],
    [
      "--serve d --read-only --write-only",
      "--read-only cannot be used with --write-only: choose one",
    ],
    [
      "--serve d --write-only --no-overwrite",
      "--write-only cannot be used with --no-overwrite: choose one",
    ],
    ["--serve d -t x", "-t cannot be used with --serve"],
    ["--serve d -r", "-r cannot be used with --serve"],
    ["--serve d -S x", "-S cannot be used with --serve"],
    ["--serve d x", "--serve takes its directory, and nothing else"],
  ];
  for (const [text, message] of rows) {
    const error = assertThrows(() => parse(text), UsageError);
    assertEquals([error.message, error.status], [message, 255], text);
  }
});
