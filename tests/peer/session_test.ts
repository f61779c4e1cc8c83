/**
 * Messages about failed connections, with a real ssh and scripts in its place.
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { lacksRecentRuntime } from "../support/process/old_runtime.ts";
import { peerTest, peerTestUnless, writeScript } from "../support/doors.ts";
import { isRunning } from "../support/process/processes.ts";
import { runProgram, seacp } from "../support/process/program.ts";
import { Sshd } from "../support/ssh/sshd.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

const SSHD = ["ssh", "scp", "sshd", "ssh-keygen"];

function isEmpty(directory: string, ...but: string[]): boolean {
  return [...Deno.readDirSync(directory)].every(({ name }) =>
    but.includes(name)
  );
}

peerTest(
  "sessions: a host that does not resolve is told, up and down",
  ["ssh"],
  async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/a`, "a");
    const up = await seacp(["a", "host.invalid:"], { cwd: directory.path });
    assertEquals(up.status, 255);
    assertStringIncludes(up.stderr, "ssh: Could not resolve hostname");
    assertStringIncludes(
      up.stderr,
      "seacp: host.invalid: lost connection: ssh failed (exit status 255)\n",
    );
    const down = await seacp(["host.invalid:b", "b"], { cwd: directory.path });
    assertEquals(down.status, 255);
    assertStringIncludes(
      down.stderr,
      "seacp: host.invalid: lost connection: ssh failed (exit status 255)\n",
    );
    assert(isEmpty(directory.path, "a"));
  },
);

peerTest(
  "sessions: a refused key is told and nothing is copied",
  SSHD,
  async () => {
    using directory = new TempDirectory();
    await using sshd = await Sshd.start();
    await runProgram([
      "ssh-keygen",
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-f",
      `${directory.path}/other`,
    ]);
    const config = Deno.readTextFileSync(sshd.config)
      .replace(/IdentityFile .*/, `IdentityFile ${directory.path}/other`);
    Deno.writeTextFileSync(`${directory.path}/config`, config);
    const { status, stderr } = await seacp(
      ["-F", "config", "config", "far:stolen"],
      { cwd: directory.path },
    );
    assertEquals(status, 255);
    assertStringIncludes(stderr, "Permission denied (publickey)");
    assertStringIncludes(stderr, "seacp: far: lost connection: ssh failed");
    assert(isEmpty(sshd.home));
  },
);

peerTest(
  "sessions: a host key that changed is told and nothing is copied",
  SSHD,
  async () => {
    using directory = new TempDirectory();
    await using sshd = await Sshd.start();
    Deno.writeTextFileSync(`${directory.path}/known_hosts`, "");
    const { status, stderr } = await seacp([
      "-F",
      sshd.config,
      "-o",
      `UserKnownHostsFile=${directory.path}/known_hosts`,
      "far:x",
      "x",
    ], { cwd: directory.path });
    assertEquals(status, 255);
    assertStringIncludes(stderr, "Host key verification failed");
    assert(isEmpty(directory.path, "known_hosts"));
  },
);

peerTest("sessions: a port where nobody listens is told", SSHD, async () => {
  using directory = new TempDirectory();
  await using sshd = await Sshd.start();
  // The server's own port, but on an address where it does not listen.
  const { status, stderr } = await seacp([
    "-F",
    sshd.config,
    "-P",
    String(sshd.port),
    "scp://127.0.0.2/x",
    "x",
  ], { cwd: directory.path });
  assertEquals(status, 255);
  assertStringIncludes(stderr, "Connection refused");
  assert(isEmpty(directory.path));
});

Deno.test("sessions: an ssh that is not there is told", async () => {
  using directory = new TempDirectory();
  const { status, stderr } = await seacp([
    "-S",
    "no-such-ssh",
    "far:x",
    "x",
  ], { cwd: directory.path });
  assertEquals([status, stderr], [
    255,
    "seacp: no-such-ssh: No such file or directory\n",
  ]);
});

Deno.test("sessions: a remote without scp is told as that", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/a`, "a");
  const program = writeScript(`${directory.path}/ssh`, "exit 127\n");
  const options = { cwd: directory.path };
  const scp = await seacp(["-O", "-S", program, "a", "far:"], options);
  assertEquals([scp.status, scp.stderr], [
    1,
    "far: there is no scp (exit status 127): try -s\n",
  ]);
  const any = await seacp(["-S", program, "a", "far:"], options);
  assertEquals([any.status, any.stderr], [
    255,
    "seacp: far: neither protocol begins: " +
    "SCP: there is no scp (exit status 127); " +
    "SFTP: there is no SFTP server (exit status 127)\n",
  ]);
  const sftp = await seacp(["-s", "-S", program, "a", "far:"], options);
  assertEquals([sftp.status, sftp.stderr], [
    255,
    "seacp: far: there is no SFTP server (exit status 127): try -O\n",
  ]);
});

peerTest(
  "sessions: every ssh's status counts, not the last one's alone",
  ["scp"],
  async () => {
    using directory = new TempDirectory();
    Deno.mkdirSync(`${directory.path}/in`);
    Deno.writeTextFileSync(`${directory.path}/a`, "a");
    const program = writeScript(
      `${directory.path}/ssh`,
      `for last; do :; done
case "$*" in
  *bad*) sh -c "$last"; exit 3 ;;
  *) exec sh -c "$last" ;;
esac
`,
    );
    const a = `${directory.path}/a`;
    const { status, stderr } = await seacp([
      "-S",
      program,
      `bad:${a}`,
      `good:${a}`,
      "in",
    ], { cwd: directory.path });
    assertEquals([status, stderr], [
      1,
      "seacp: bad: the remote ended with exit status 3\n",
    ]);
    assertEquals(Deno.readTextFileSync(`${directory.path}/in/a`), "a");
  },
);

Deno.test("sessions: an ssh that is killed inside a file leaves a true prefix, named", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/f`, "older and much longer");
  const program = writeScript(
    `${directory.path}/ssh`,
    "printf 'C0644 100 f\\nnew'\nexec >&-\nhead -c 2 > /dev/null\nkill -9 $$\n",
  );
  const { status, stderr } = await seacp(["-S", program, "far:f", "f"], {
    cwd: directory.path,
  });
  assertEquals([status, stderr], [
    255,
    "seacp: far: f: lost connection after 3 of 100 bytes: " +
    "ssh was ended by SIGKILL\n",
  ]);
  assertEquals(Deno.readTextFileSync(`${directory.path}/f`), "new");
});

Deno.test("sessions: a remote that says more after the end does not hang the copy", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/a`, "");
  const program = writeScript(
    `${directory.path}/ssh`,
    "printf '\\0\\0\\0'\nwhile printf 'more and more and more\\n'; do :; done\n",
  );
  const { status, stderr } = await seacp(["-S", program, "a", "far:"], {
    cwd: directory.path,
  });
  assertEquals([status, stderr], [1, "seacp: far: ssh was ended by SIGTERM\n"]);
});

Deno.test("sessions: a remote that gives up inside a body is quoted", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/a`, "x".repeat(10_000_000));
  const program = writeScript(
    `${directory.path}/ssh`,
    "printf '\\0\\0'\nhead -c 1000 > /dev/null\n" +
      "printf '\\001scp: disk on fire\\n'\nexit 1\n",
  );
  const { status, stderr } = await seacp(["-S", program, "a", "far:"], {
    cwd: directory.path,
  });
  assertEquals([status, stderr], [
    255,
    "seacp: far: disk on fire\n" +
    "seacp: far: a: lost connection: the remote ended with exit status 1\n",
  ]);
});

Deno.test("sessions: a remote that ends inside a body is told, with the file", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/a`, "x".repeat(10_000_000));
  const program = writeScript(
    `${directory.path}/ssh`,
    "printf '\\0\\0'\nhead -c 1000 > /dev/null\nexit 7\n",
  );
  const { status, stderr } = await seacp(
    ["-O", "-S", program, "a", "b", "far:"],
    { cwd: directory.path },
  );
  assertEquals([status, stderr], [
    1,
    "b: not sent\n" +
    "far: a: lost connection: the remote ended with exit status 7\n",
  ]);
});

for (
  const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const
) {
  Deno.test(`sessions: ${signal} ends the copy and its ssh with status ${expected}`, async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/f`, "older and much longer");
    // The signal comes from the remote: by then the copy is in flight.
    const program = writeScript(
      `${directory.path}/ssh`,
      `echo $$ > "${directory.path}/pid"
printf 'C0644 100 f\\nnew'
head -c 2 > /dev/null
kill -s ${signal.slice(3)} $PPID
exec sleep 600
`,
    );
    const { status, stderr } = await seacp(["-S", program, "far:f", "f"], {
      cwd: directory.path,
    });
    assertEquals([status, stderr], [
      expected,
      "seacp: far: f: interrupted after 3 of 100 bytes\n",
    ]);
    assertEquals(Deno.readTextFileSync(`${directory.path}/f`), "new");
    const pid = Number(Deno.readTextFileSync(`${directory.path}/pid`));
    assert(!isRunning(pid), "ssh is gone");
  });
}

peerTest(
  "sessions: SIGINT ends a copy on this machine, too, and names the file",
  [
    "timeout",
  ],
  async () => {
    using directory = new TempDirectory();
    // So long that nobody copies it in a second.
    using file = Deno.createSync(`${directory.path}/big`);
    file.truncateSync(1024 ** 4);
    const { status, stderr } = await seacp(["big", "/dev/null"], {
      cwd: directory.path,
      wrapper: ["timeout", "--preserve-status", "--signal=INT", "1"],
    });
    assertEquals(status, 130);
    assertMatch(stderr, /^seacp: \/dev\/null: interrupted after \d+ bytes\n$/);
  },
);

peerTest("sessions: a FIFO as target is written to while somebody reads", [
  "mkfifo",
  "cat",
], async () => {
  using directory = new TempDirectory();
  await runProgram(["mkfifo", `${directory.path}/fifo`]);
  const program = writeScript(
    `${directory.path}/ssh`,
    `cat "${directory.path}/fifo" > "${directory.path}/read" &
printf 'C0644 4 f\\ntext\\0'
head -c 3 > "${directory.path}/answers"
wait
`,
  );
  const outcome = await seacp(["-S", program, "far:f", "fifo"], {
    cwd: directory.path,
  });
  assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
  assertEquals(Deno.readTextFileSync(`${directory.path}/read`), "text");
});

peerTestUnless(lacksRecentRuntime)(
  "A FIFO that nobody reads does not keep a signal out",
  ["mkfifo"],
  async () => {
    using directory = new TempDirectory();
    await runProgram(["mkfifo", `${directory.path}/fifo`]);
    // The signal comes once the record is there, so while the FIFO is opened.
    const program = writeScript(
      `${directory.path}/ssh`,
      "printf 'C0644 4 f\\n'\nhead -c 1 > /dev/null\n" +
        "kill -s TERM $PPID\nexec sleep 600\n",
    );
    const { status } = await seacp(["-S", program, "far:f", "fifo"], {
      cwd: directory.path,
    });
    assertEquals(status, 143);
  },
);
