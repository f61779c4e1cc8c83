/** Our server of SFTP, as OpenSSH's clients and ours find it. */

import { assertEquals } from "@std/assert";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { peerTestUnless, writeScript } from "../support/doors.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import {
  describeTree,
  makeTree,
  ODD_NAMES,
  pattern,
} from "../support/fixtures/tree.ts";
import {
  type Outcome,
  runProgram,
  SEACP,
  seacp,
} from "../support/process/program.ts";
import { Sshd } from "../support/ssh/sshd.ts";

const serverTest = peerTestUnless(lacksLinuxLibrary);

/** A directory with a program that serves SFTP, and one for files. */
class ServedPlace implements Disposable {
  readonly #directory = new TempDirectory();
  readonly program: string;
  readonly path: string;

  constructor() {
    const words = SEACP.map((word) => `'${word}'`).join(" ");
    this.program = writeScript(
      `${this.#directory.path}/server`,
      `exec ${words} --sftp-server\n`,
    );
    this.path = `${this.#directory.path}/files`;
    Deno.mkdirSync(this.path);
  }

  /** Runs OpenSSH's sftp with these commands, a line each. */
  async sftp(...commands: readonly string[]): Promise<Outcome> {
    const batch = `${this.#directory.path}/batch`;
    Deno.writeTextFileSync(batch, commands.map((each) => `${each}\n`).join(""));
    return await runProgram(
      ["sftp", "-q", "-b", batch, "-D", this.program],
      { cwd: this.path },
    );
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}

/** Makes a tree of odd names, and of files with more than one packet. */
function makeOddTree(root: string): void {
  makeTree(root, [
    ...ODD_NAMES.map((name) => ({ path: name, content: pattern(10) })),
    { path: "large", content: pattern(3 * 1024 * 1024 + 1) },
    { path: "sub/empty", content: pattern(0) },
  ]);
}

serverTest(
  "SFTP server: OpenSSH's sftp puts and gets a tree with -p, names of any kind",
  ["sftp"],
  async () => {
    using place = new ServedPlace();
    const { path } = place;
    makeOddTree(`${path}/from`);
    const { status, stderr } = await place.sftp(
      `put -rp from ${path}/there`,
      `get -rp ${path}/there back`,
    );
    assertEquals([status, stderr], [0, ""]);
    const options = { times: true };
    const from = await describeTree(`${path}/from`, options);
    assertEquals(await describeTree(`${path}/there`, options), from);
    assertEquals(await describeTree(`${path}/back`, options), from);
  },
);

serverTest(
  "SFTP server: OpenSSH's sftp renames, links, changes modes, removes and asks for space",
  ["sftp"],
  async () => {
    using place = new ServedPlace();
    const { path } = place;
    Deno.writeTextFileSync(`${path}/a`, "a");
    Deno.writeTextFileSync(`${path}/b`, "b");
    const { status, stderr } = await place.sftp(
      `cd ${path}`,
      "rename a b",
      "ln b hard",
      "ln -s b soft",
      "chmod 600 b",
      "mkdir d",
      "mkdir e",
      "rmdir e",
      "df -h",
      "ls -la",
      "rm soft",
    );
    assertEquals([status, stderr], [0, ""]);
    const names = Array.from(Deno.readDirSync(path), ({ name }) => name);
    assertEquals(names.sort(), ["b", "d", "hard"]);
    assertEquals(Deno.readTextFileSync(`${path}/hard`), "a");
    assertEquals(Deno.statSync(`${path}/b`).mode! & 0o7777, 0o600);
  },
);

serverTest(
  "SFTP server: OpenSSH's sftp goes on with files that were cut, both ways",
  ["sftp"],
  async () => {
    using place = new ServedPlace();
    const { path } = place;
    const whole = pattern(700_001);
    Deno.writeFileSync(`${path}/whole`, whole);
    for (const name of ["up", "down"]) {
      Deno.writeFileSync(`${path}/${name}`, whole.subarray(0, 300_000));
    }
    const { status, stderr } = await place.sftp(
      `reput whole ${path}/up`,
      `reget ${path}/whole down`,
    );
    assertEquals([status, stderr], [0, ""]);
    assertEquals(Deno.readFileSync(`${path}/up`), whole);
    assertEquals(Deno.readFileSync(`${path}/down`), whole);
  },
);

for (
  const [name, command] of [["scp", ["scp"]], ["seacp", SEACP]] as const
) {
  serverTest(
    `SFTP server: ${name} -s copies trees and patterns up and down`,
    ["scp"],
    async () => {
      using place = new ServedPlace();
      const { path, program } = place;
      makeOddTree(`${path}/from`);
      Deno.mkdirSync(`${path}/found`);
      const run = async (...args: readonly string[]) => {
        const options = ["-q", "-s", "-D", program, ...args];
        const { status, stderr } = name === "seacp"
          ? await seacp(options)
          : await runProgram([...command, ...options]);
        assertEquals([status, stderr], [0, ""]);
      };
      await run("-rp", `${path}/from`, `far:${path}/there`);
      await run("-rp", `far:${path}/there`, `${path}/back`);
      await run(`far:${path}/there/larg[d-f]`, `${path}/found`);
      const options = { times: true };
      const from = await describeTree(`${path}/from`, options);
      assertEquals(await describeTree(`${path}/there`, options), from);
      assertEquals(await describeTree(`${path}/back`, options), from);
      assertEquals(
        Deno.readFileSync(`${path}/found/large`),
        pattern(3 * 1024 * 1024 + 1),
      );
    },
  );
}

serverTest(
  "SFTP server: as the subsystem of a real sshd it serves sftp, scp and seacp in the home directory",
  ["ssh", "sshd", "ssh-keygen", "sftp", "scp"],
  async () => {
    await using sshd = await Sshd.start({
      sftp: "none",
      prepare: () =>
        Promise.resolve({
          lines: `Subsystem sftp ${SEACP.join(" ")} --sftp-server`,
        }),
    });
    using place = new TempDirectory();
    makeOddTree(`${place.path}/from`);
    const from = await describeTree(`${place.path}/from`);
    const { config, home } = sshd;
    const options = ["-q", "-s", "-r", "-F", config];
    const batch = `${place.path}/batch`;
    Deno.writeTextFileSync(batch, "put -r from by-sftp\n");
    const clients: readonly (readonly [string, () => Promise<Outcome>])[] = [
      [
        "by-sftp",
        () =>
          runProgram(["sftp", "-q", "-F", config, "-b", batch, "far"], {
            cwd: place.path,
          }),
      ],
      ["by-scp", () =>
        runProgram(["scp", ...options, "from", "far:by-scp"], {
          cwd: place.path,
        })],
      [
        "by-seacp",
        () => seacp([...options, "from", "far:by-seacp"], { cwd: place.path }),
      ],
    ];
    for (const [name, run] of clients) {
      const { status, stderr } = await run();
      assertEquals([status, stderr], [0, ""]);
      assertEquals(await describeTree(`${home}/${name}`), from);
    }
  },
);
