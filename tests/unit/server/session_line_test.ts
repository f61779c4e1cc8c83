import { assertEquals } from "@std/assert";
import { Moved } from "../../../lib/filesystem/access.ts";
import { requestLine, sessionLine } from "../../../lib/server/session_line.ts";

Deno.test("sessionLine() tells who did what, and how it ended", () => {
  const moved = new Moved();
  moved.filesReceived = 2;
  moved.bytesReceived = 300;
  assertEquals(
    sessionLine({
      user: "backup",
      connection: "192.0.2.1 50000 192.0.2.2 22",
      command: "scp -t x",
      access: "no-overwrite",
      moved,
      verdict: { status: 0, outcome: "ok", failures: 0 },
    }),
    "user=backup from=192.0.2.1:50000 access=no-overwrite " +
      'command="scp -t x" files-received=2 bytes-received=300 ' +
      "files-sent=0 bytes-sent=0 verdict=ok failures=0",
  );
});

Deno.test("sessionLine() is one line, whatever a client makes of its words", () => {
  const line = sessionLine({
    user: "u",
    connection: undefined,
    command: 'scp -t "\n verdict=ok \x1b[31m\\ \udcff' + "x".repeat(10_000),
    access: "read-only",
    moved: new Moved(),
    verdict: {
      status: 1,
      outcome: "refused",
      reason: "no\r\nuser=root",
    },
  });
  assertEquals(/\p{Cc}/u.test(line), false);
  assertEquals(line.length < 1000, true);
  assertEquals(
    line.startsWith(
      'user=u from="" access=read-only command="scp -t \\042\\012 verdict=ok ' +
        "\\033[31m\\134 \\377xxx",
    ),
    true,
    line,
  );
  assertEquals(line.endsWith('reason="no\\015\\012user=root"'), true, line);
});

Deno.test("sessionLine() tells of a session that was cut off, and of a subsystem", () => {
  assertEquals(
    sessionLine({
      user: "u",
      connection: "2001:db8::1 1 2001:db8::2 22",
      command: undefined,
      access: "read-write",
      moved: new Moved(),
      verdict: undefined,
    }),
    "user=u from=2001:db8::1:1 access=read-write files-received=0 " +
      'bytes-received=0 files-sent=0 bytes-sent=0 verdict="cut off"',
  );
});

Deno.test("requestLine() tells who asked for what, and why it failed", () => {
  const client = { user: "drop", connection: "192.0.2.1 50000 192.0.2.2 22" };
  assertEquals(
    requestLine(
      client,
      { request: "rename", path: "a b", to: "c", reason: "File exists" },
      0,
    ),
    'user=drop from=192.0.2.1:50000 request=rename path="a b" to=c ' +
      'reason="File exists"',
  );
  assertEquals(
    requestLine(client, { request: "close", reason: "Failure" }, 17),
    "user=drop from=192.0.2.1:50000 request=close reason=Failure left-out=17",
  );
});

Deno.test("requestLine() is one line, whatever a client names its files", () => {
  const hostile = '\n" verdict=ok \x1b]0;x\x07\u202e\\ \udcff';
  const line = requestLine(
    { user: "u", connection: undefined },
    {
      request: "rename",
      path: hostile + "\u{1f600}".repeat(100_000),
      to: hostile,
      reason: "no",
    },
    0,
  );
  assertEquals(/\p{Cc}|\p{Cf}/u.test(line), false);
  assertEquals(line.length < 2000, true);
  assertEquals(
    line.startsWith(
      'user=u from="" request=rename path="\\012\\042 verdict=ok \\033]0;x\\007' +
        "\\342\\200\\256\\134 \\377",
    ),
    true,
    line,
  );
  assertEquals(line.endsWith('\\134 \\377" reason=no'), true, line);
});
