import { assert, assertEquals, assertThrows } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { decodeName } from "../../../lib/files/name_bytes.ts";
import { rawCommand } from "../../../lib/ssh/raw_command.ts";
import { peerTest } from "../../support/doors.ts";

/** Runs a command in the shell of that name; gives what it prints. */
async function output(
  shell: string,
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string> = { PATH: Deno.env.get("PATH")! },
): Promise<Deno.CommandOutput> {
  return await new Deno.Command(shell, {
    args: [...rawCommand(program, args).args],
    env,
    clearEnv: true,
    stdin: "null",
  }).output();
}

/** Prints its arguments, each ended by a NUL. */
const PRINT = ["sh", "-c", `printf '%s\\0' "$@"`, "sh"] as const;

const EVERY_BYTE = decodeName(
  Uint8Array.from({ length: 0xff }, (_, index) => index + 1),
);

const WORDS: readonly string[] = [
  "caf\udce9",
  "",
  ".",
  "trailing newlines\n\n",
  "\n",
  "-n",
  "-e",
  "--",
  "%s%b\\n\\c\\0101",
  "$(id) `id` $HOME ' \" ; & | * ?",
  "é😀",
  EVERY_BYTE,
];

Deno.test("rawCommand() leaves what is UTF-8 as it is", () => {
  const args = ["-x", "--", "é", "a b"];
  assertEquals(rawCommand("ssh", args), { program: "ssh", args });
});

Deno.test("rawCommand() has the shell read nothing of the words but digits", {
  ignore: Deno.build.os === "windows",
}, () => {
  const { program, args: [option, script, name, ...words] } = rawCommand(
    "ssh",
    WORDS,
  );
  assertEquals([program, option, name], ["/bin/sh", "-c", "sh"]);
  assertEquals(script, rawCommand("\udcff", []).args[1]);
  assertEquals(words.length, 1 + WORDS.length + 1);
  assertEquals(words[1], "\\0143\\0141\\0146\\0351");
  assert(words.slice(0, -1).every((word) => /^(\\0[0-7]{3})*$/.test(word)));
  assertEquals(words.at(-1), ".");
});

Deno.test("rawCommand() refuses what stands for no byte", () => {
  assertThrows(() => rawCommand("ssh", ["\ud800"]), EntryError);
});

for (const shell of ["dash", "bash"]) {
  for (const locale of ["C", "C.UTF-8"]) {
    peerTest(
      `${shell} hands on every word as it is, in the locale ${locale}`,
      [shell],
      async () => {
        const { code, stdout } = await output(
          shell,
          [...PRINT, ...WORDS],
          { PATH: Deno.env.get("PATH")!, LC_ALL: locale },
        );
        assertEquals(code, 0);
        const words = decodeName(stdout).split("\0").slice(0, -1);
        assertEquals(words, WORDS);
      },
    );
  }

  peerTest(`${shell} becomes the program`, [shell], async () => {
    const args = ["-c", "echo $$; kill -TERM $$", "\udce9"];
    const child = new Deno.Command(shell, {
      args: [...rawCommand("sh", args).args],
      stdout: "piped",
    }).spawn();
    const { signal, stdout } = await child.output();
    assertEquals(decodeName(stdout), `${child.pid}\n`);
    assertEquals(signal, "SIGTERM");
    const { code } = await output(shell, ["sh", "-c", "exit 37", "\udce9"]);
    assertEquals(code, 37);
  });

  peerTest(
    `${shell} ends like an ssh that failed without one`,
    [shell],
    async () => {
      const { code, stderr } = await output(shell, ["no such", "\udce9"]);
      assertEquals(code, 255);
      assert(stderr.length > 0);
    },
  );

  peerTest(`${shell} adds no variable and changes none`, [shell], async () => {
    const env = {
      PATH: Deno.env.get("PATH")!,
      PWD: Deno.cwd(),
      SHLVL: "3",
      word: "w",
      empty: "",
      lines: "a\n\n",
    };
    // env takes a word with = for an assignment.
    const { stdout } = await output(shell, ["env", "-0", "odd=\udce9"], env);
    assertEquals(
      decodeName(stdout).split("\0").slice(0, -1).toSorted(),
      [...Object.entries(env).map((pair) => pair.join("=")), "odd=\udce9"]
        .toSorted(),
    );
  });
}
