/** Both servers of SFTP as the far side of sshfs, which any program works in. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { peerTestUnless, writeScript } from "../support/doors.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, makeTree, pattern } from "../support/fixtures/tree.ts";
import { until } from "../support/process/processes.ts";
import { runProgram } from "../support/process/program.ts";
import { seacpCommand } from "../support/process/pseudo_terminal.ts";

/** Tells why nothing can be mounted; `undefined` where something can. */
function lacksFuse(): string | undefined {
  try {
    Deno.openSync("/dev/fuse", { read: true, write: true }).close();
    return undefined;
  } catch {
    return "FUSE is not here";
  }
}

const test = peerTestUnless(lacksLinuxLibrary ?? lacksFuse());

const NEEDS = ["sshfs", "fusermount3"];

const TREE = [
  { path: "t/a.txt", content: "alpha", mode: 0o640, modified: 1_000_000_000 },
  { path: "t/u/it's b\n\u00e9", content: pattern(700_001), modified: 1 },
  { path: "t/u/", mode: 0o750, modified: 1_100_000_000 },
  { path: "t/none", content: "", modified: 1_300_000_000 },
  { path: "t/", mode: 0o755, modified: 1_200_000_000 },
];

const FACTS = { modes: true, times: true };

/** A directory of a server, mounted on another one. */
class Mount implements AsyncDisposable {
  readonly #directory = new TempDirectory();
  /** Directory that is served. */
  readonly served = this.#at("served");
  /** The same one as sshfs shows it. */
  readonly mounted = this.#at("mounted");
  readonly #done = `${this.#directory.path}/done`;

  #at(name: string): string {
    const path = `${this.#directory.path}/${name}`;
    Deno.mkdirSync(path);
    return path;
  }

  /** @param options Options of the program that make it a server. */
  static async over(
    options: (served: string) => readonly string[],
    remote: (served: string) => string,
  ): Promise<Mount> {
    const mount = new Mount();
    const { served, mounted } = mount;
    const server = writeScript(
      `${mount.#directory.path}/server`,
      `unset SSH_ORIGINAL_COMMAND\n${seacpCommand(options(served))}\n` +
        `touch ${mount.#done}\n`,
    );
    const args = [`far:${remote(served)}`, mounted, "-o"];
    const ended = await runProgram(
      [findProgram("sshfs")!, ...args, `ssh_command=${server}`],
    );
    assertEquals(ended, { status: 0, stdout: "", stderr: "" });
    return mount;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { mounted } = this;
    await runProgram([findProgram("fusermount3")!, "-u", mounted]);
    await until("the server ends", () => {
      try {
        return Deno.statSync(this.#done).isFile;
      } catch {
        return false;
      }
    });
    this.#directory[Symbol.dispose]();
  }
}

/** Works in a mounted directory as programs do; compares it with what is served. */
async function work({ mounted, served }: Mount): Promise<void> {
  using near = new TempDirectory();
  makeTree(near.path, TREE);
  makeTree(mounted, TREE);
  const expected = await describeTree(near.path, FACTS);
  assertEquals(await describeTree(served, FACTS), expected);
  assertEquals(await describeTree(mounted, FACTS), expected);

  const [file, other] = [`${mounted}/file`, `${mounted}/other`];
  const there = () => Deno.readTextFileSync(`${served}/file`);
  Deno.writeTextFileSync(file, "one");
  Deno.writeTextFileSync(file, " two", { append: true });
  assertEquals(there(), "one two");
  Deno.writeTextFileSync(other, "other");
  Deno.renameSync(other, file);
  assertEquals([there(), Deno.readTextFileSync(file)], ["other", "other"]);
  Deno.truncateSync(file, 2);
  assertEquals(there(), "ot");
  Deno.truncateSync(file, 4);
  assertEquals(there(), "ot\0\0");
  using open = Deno.openSync(file, { read: true, write: true });
  open.seekSync(1, Deno.SeekMode.Start);
  open.writeSync(new TextEncoder().encode("xyz"));
  open.syncSync();
  open.truncateSync(3);
  assertEquals(there(), "oxy");
  assertThrows(
    () => Deno.openSync(file, { write: true, createNew: true }),
    Deno.errors.AlreadyExists,
  );
  assertThrows(() => Deno.mkdirSync(`${mounted}/t`), Error);
  assertThrows(() => Deno.removeSync(`${mounted}/t`), Error);
  assertThrows(() => Deno.readFileSync(other), Deno.errors.NotFound);

  for (let at = 0; at < 250; at++) {
    Deno.writeTextFileSync(`${mounted}/t/many${at}`, `${at}`);
  }
  assertEquals([...Deno.readDirSync(`${mounted}/t`)].length, 253);
  Deno.removeSync(`${mounted}/t`, { recursive: true });
  assertEquals([...Deno.readDirSync(served)].map(({ name }) => name), ["file"]);
}

test(
  "--sftp-server: a tree is worked in through sshfs",
  NEEDS,
  async () => {
    await using mount = await Mount.over(
      () => ["--sftp-server"],
      (path) => path,
    );
    await work(mount);
    const { mounted, served } = mount;
    Deno.symlinkSync("file", `${mounted}/link`);
    Deno.linkSync(`${mounted}/file`, `${mounted}/hard`);
    assertEquals(Deno.readLinkSync(`${served}/link`), "file");
    assertEquals(Deno.statSync(`${served}/hard`).nlink, 2);
  },
);

test("--serve: a tree is worked in through sshfs", NEEDS, async () => {
  await using mount = await Mount.over(
    (served) => ["--serve", served, "--log", `${served}-log`],
    () => "/",
  );
  await work(mount);
  const { mounted, served } = mount;
  assertThrows(() => Deno.symlinkSync("file", `${mounted}/link`), Error);
  assertThrows(
    () => Deno.linkSync(`${mounted}/file`, `${mounted}/hard`),
    Error,
  );
  assertMatch(
    Deno.readTextFileSync(`${served}-log`),
    /request=symlink path=\/link to=file reason="this server makes no links"/,
  );
});
