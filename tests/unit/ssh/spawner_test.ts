import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { decodeName } from "../../../lib/names/name_bytes.ts";
import { commandSpawner } from "../../../lib/ssh/command_spawner.ts";
import { posixSpawner } from "../../../lib/ssh/posix_spawner.ts";
import type { PipedProcess, Spawner } from "../../../lib/ssh/spawner.ts";
import { LibcError } from "../../../lib/system/libc.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { lacksLibrary, testUnless } from "../../support/c_library.ts";
import {
  identityOf,
  openDescriptors,
} from "../../support/process/descriptors.ts";
import { runProgram, seacp } from "../../support/process/program.ts";
import { lacksRawNames } from "../../support/fixtures/raw_names.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { writeScript } from "../../support/doors.ts";

const isWindows = Deno.build.os === "windows";
/** Drops standard error. */
const ignore = (): void => {};

const isLinux = Deno.build.os === "linux";

/** Each spawner, and the reason that it cannot be tested here. */
const ways: readonly (readonly [string, () => Spawner, string | undefined])[] =
  [
    ["commandSpawner", () => commandSpawner, isWindows ? "no sh" : undefined],
    ["posixSpawner", () => posixSpawner()!, lacksLibrary],
  ];

/** Keeps standard error. */
class Heard {
  text = "";
  readonly hear = (bytes: Uint8Array): void => {
    this.text += decodeName(bytes);
  };
}

/** Ends a process's input and gives all its output. */
async function output(process: PipedProcess): Promise<string> {
  using talking = process;
  await talking.channel.close();
  const said: number[] = [];
  for (;;) {
    const part = await talking.channel.read(1000);
    if (part.length === 0) break;
    said.push(...part);
  }
  await talking.ended;
  return decodeName(Uint8Array.from(said));
}

function sh(spawner: Spawner, script: string): PipedProcess {
  return spawner.spawnPiped("sh", ["-c", script], ignore);
}

const ENDS = [
  ["exit 0", { code: 0, signal: null }],
  ["exit 37", { code: 37, signal: null }],
  ["exit 255", { code: 255, signal: null }],
  ["kill -TERM $$", { code: 143, signal: "SIGTERM" }],
  ["kill -KILL $$", { code: 137, signal: "SIGKILL" }],
  ["kill -PIPE $$", { code: 141, signal: "SIGPIPE" }],
] as const;

for (const [name, find, lacks] of ways) {
  const test = (title: string, run: (spawner: Spawner) => Promise<void>) => {
    testUnless(lacks, `${name}: ${title}`, () => run(find()));
  };

  test("gives the end of a process, with a channel or without", async (spawner) => {
    for (const [script, end] of ENDS) {
      using process = sh(spawner, script);
      await process.channel.close();
      await output(process);
      const alone = spawner.spawnInherited("sh", ["-c", script], ignore);
      for (const { ended } of [process, alone]) {
        const { code, signal } = await ended;
        assertEquals({ code, signal }, end, script);
      }
    }
  });

  test("hands on bytes both ways", async (spawner) => {
    using process = spawner.spawnPiped("cat", [], ignore);
    await process.channel.write(new TextEncoder().encode("hello"));
    assertEquals(await output(process), "hello");
  });

  test("gives a process without a channel no input", async (spawner) => {
    const { ended } = spawner.spawnInherited(
      "sh",
      ["-c", "! read line"],
      ignore,
    );
    assertEquals((await ended).code, 0);
  });

  test("stop(): ends a process, and does nothing after the end", async (spawner) => {
    using process = sh(spawner, "exec sleep 600");
    process.stop();
    assertEquals((await process.ended).signal, "SIGTERM");
    process.stop();
    await output(process);
  });

  test("gives a process no signal that the runtime ignores or blocks", async (spawner) => {
    const status = await output(
      spawner.spawnPiped("cat", ["/proc/self/status"], ignore),
    );
    assertMatch(status, /^SigBlk:\t0{16}$/m);
    assertMatch(status, /^SigIgn:\t[0-9a-f]{12}[02468ace][0-9a-f]{3}$/m);
  });

  test("hands on all of standard error before the end", async (spawner) => {
    const script = "seq 30000 >&2; exit 3";
    const numbers = Array.from({ length: 30000 }, (_, at) => `${at + 1}\n`);
    const spoken = new Heard();
    using process = spawner.spawnPiped("sh", ["-c", script], spoken.hear);
    await output(process);
    const alone = new Heard();
    const { code } = await spawner.spawnInherited(
      "sh",
      ["-c", script],
      alone.hear,
    ).ended;
    assertEquals(code, 3);
    for (const { text } of [spoken, alone]) {
      assertEquals(text, numbers.join(""));
    }
  });

  test("does not wait for children that hold standard error", async (spawner) => {
    const script = "sleep 600 <&- >&- & echo $! >&2";
    const heard = new Heard();
    const { code } = await spawner.spawnInherited(
      "sh",
      ["-c", script],
      heard.hear,
    ).ended;
    Deno.kill(Number(heard.text), "SIGKILL");
    assertEquals(code, 0);
  });

  test("runs a script without #!, as a shell would", async (spawner) => {
    using directory = new TempDirectory();
    const script = `${directory.path}/script`;
    Deno.writeTextFileSync(script, `printf '%s|' "$@"`, { mode: 0o755 });
    assertEquals(
      await output(spawner.spawnPiped(script, ["a b", "", "$HOME"], ignore)),
      "a b||$HOME|",
    );
  });

  test("throws if there is no such program", async (spawner) => {
    assertThrows(
      () => spawner.spawnPiped("no such program", [], ignore),
      Error,
    );
    assertThrows(
      () => spawner.spawnInherited("/none/at all", [], ignore),
      Error,
    );
    assertThrows(() => spawner.spawnPiped("/dev/null", [], ignore), Error);
  });

  test("throws if a word holds a NUL", async (spawner) => {
    assertThrows(
      () => spawner.spawnPiped("sh", ["-c", "exit 0\0x"], ignore),
      Error,
    );
  });
}

Deno.test(
  "commandSpawner: stop() does nothing after an end that is not reported yet",
  {
    ignore: !isLinux,
  },
  async () => {
    const start = () => new Deno.Command("true").spawn();
    const before = start();
    const process = commandSpawner.spawnInherited("true", [], ignore);
    const after = start();
    // All end in one turn of the runtime, which reports one by one.
    for (const { status } of [before, after]) status.then(() => process.stop());
    const ids = [before.pid, process.id, after.pid].map(String);
    const isEnded = "grep -q '^State:.Z' /proc/$id/status";
    const wait = `for id; do until ${isEnded}; do :; done; done`;
    new Deno.Command("sh", { args: ["-c", wait, "sh", ...ids] }).outputSync();
    assertEquals((await process.ended).code, 0);
    await Promise.all([before.status, after.status]);
  },
);

Deno.test("commandSpawner: refuses words that are not UTF-8", () => {
  assertThrows(
    () => commandSpawner.spawnPiped("ssh", ["caf\udce9"], ignore),
    EntryError,
    "caf\udce9: what is not UTF-8 cannot be said to ssh here",
  );
});

const WORDS: readonly string[] = [
  "caf\udce9",
  "",
  ".",
  "trailing newlines\n\n",
  "\n",
  "-n",
  "%s%b\\n\\c\\0101",
  "$(id) `id` $HOME ' \" ; & | * ?",
  "é😀",
  decodeName(Uint8Array.from({ length: 0xff }, (_, index) => index + 1)),
];

testUnless(
  lacksLibrary,
  "posixSpawner: hands on arguments of any bytes",
  async () => {
    const print = ["-c", `printf '%s\\0' "$@"`, "sh"];
    const said = await output(
      posixSpawner()!.spawnPiped("sh", [...print, ...WORDS], ignore),
    );
    assertEquals(said.split("\0").slice(0, -1), WORDS);
  },
);

testUnless(
  lacksLibrary,
  "posixSpawner: runs a program of any name",
  async () => {
    using directory = new TempDirectory();
    const [bytes, name] = lacksRawNames === undefined
      ? ["e\\351", "e\udce9"]
      : ["e\\303\\251", "e\u00e9"];
    await new Deno.Command("sh", {
      args: ["-c", `cp /bin/echo "$(printf '${bytes}')"`],
      cwd: directory.path,
    }).output();
    const program = `${directory.path}/${name}`;
    assertEquals(
      await output(posixSpawner()!.spawnPiped(program, ["x"], ignore)),
      "x\n",
    );
    await new Deno.Command("sh", { args: ["-c", "rm e*"], cwd: directory.path })
      .output();
  },
);

testUnless(
  lacksLibrary,
  "posixSpawner: gives a process the descriptors that the runtime gives",
  async () => {
    const [all, more] = await Promise.all(
      [commandSpawner, posixSpawner()!].map((spawner) =>
        output(sh(spawner, "echo $(ls /dev/fd)"))
      ),
    );
    assertEquals(more, all);
    assertMatch(more!, /^0 1 /);
  },
);

testUnless(
  lacksLibrary,
  "posixSpawner: leaves no descriptor open, after a failure either",
  async () => {
    const said = await output(
      posixSpawner()!.spawnPiped("perl", ["-e", TELL_DESCRIPTORS], ignore),
    );
    const theirs = said.trimEnd().split("\n");
    assertEquals(
      theirs.map((one) => one.replace(/ .*/, "")),
      ["pipe", "socket", "pipe"],
    );
    const ours = openDescriptors().map(identityOf);
    assert(!theirs.some((one) => ours.includes(one.replace(/^\w+ /, ""))));

    // Often enough that a leak exceeds the descriptors other tests open.
    const before = openDescriptors().length;
    for (let count = 0; count < 100; count++) {
      assertThrows(
        () => posixSpawner()!.spawnPiped("/none", [], ignore),
        LibcError,
      );
      assertThrows(
        () => posixSpawner()!.spawnInherited("/none", [], ignore),
        LibcError,
      );
    }
    assert(openDescriptors().length < before + 100);
  },
);

/** Prints the kind of each of the first three descriptors, and which one it is. */
const TELL_DESCRIPTORS = `for $fd (0 .. 2) {
  open $it, "<&=$fd";
  @status = stat $it;
  print -S $it ? "socket" : -p $it ? "pipe" : "else", " $status[0]:$status[1]\n";
}`;

Deno.test("Spawner: hands on our environment, odd names and bytes too", {
  ignore: isWindows,
}, async () => {
  using directory = new TempDirectory();
  const program = `${directory.path}/ssh`;
  Deno.writeTextFileSync(
    program,
    `#!${findProgram("perl")}
open F, ">", $ARGV[-1] eq "ours" ? "ours" : "ssh";
print F map { "$_=$ENV{$_}\\0" } sort keys %ENV;
exit 3;
`,
    { mode: 0o755 },
  );
  const wrapper = [
    "sh",
    "-c",
    `exec env 'BASH_FUNC_x%%=() { :; }' 'a.b=1' 'empty=' "odd=$(printf '\\351')" "$@"`,
    "sh",
  ];
  const options = { cwd: directory.path };
  await runProgram([...wrapper, program, "ours"], options);
  await seacp(["-S", program, "far:x", "x"], { ...options, wrapper });
  const [ours, theirs] = ["ours", "ssh"].map((name) =>
    decodeName(Deno.readFileSync(`${directory.path}/${name}`)).split("\0")
  );
  assert(ours!.includes("BASH_FUNC_x%%=() { :; }"));
  assert(ours!.includes("odd=\udce9"));
  assertEquals(theirs, ours);
});

Deno.test(
  "Spawner: sees the failure of ssh though SIGCHLD was ignored",
  {
    ignore: isWindows,
  },
  async () => {
    using directory = new TempDirectory();
    const program = writeScript(`${directory.path}/ssh`, "exit 3\n");
    const { status, stderr } = await seacp(
      ["-O", "-S", program, "far:x", "x"],
      {
        cwd: directory.path,
        wrapper: ["perl", "-e", '$SIG{CHLD} = "IGNORE"; exec @ARGV'],
      },
    );
    // Only the runtime gets no end.
    const failure = lacksLibrary === undefined
      ? "SCP did not begin: exit status 3"
      : "ssh failed (exit status 255)";
    assertEquals([status, stderr], [
      1,
      `far: ${failure}: try -s\n`,
    ]);
  },
);
