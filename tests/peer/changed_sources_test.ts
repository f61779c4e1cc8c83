/** Sources that change while a copy compares them with what is there. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sftpSshdDoor, writeScript } from "../support/doors.ts";
import { exists, pattern } from "../support/fixtures/tree.ts";
import { RUN, through } from "../support/hash_logins.ts";
import { runProgram } from "../support/process/program.ts";
import { until } from "../support/process/processes.ts";
import { against } from "../support/ssh/shared_sshd.ts";
import type { LoginSettings } from "../support/ssh/sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "sha256sum"];

const OLD = pattern(600_000);

/** Beginning of the old content that is at the target. */
const BEGINNING = OLD.subarray(0, 400_000);

/** New content, which differs in the beginning, but not at the end of that. */
const NEW = pattern(700_000).map((byte, at) => at < 1000 ? byte ^ 0xff : byte);

/**
 * Gives a login whose `sha256sum` runs these lines behind the hash of a file, before it
 * is told.
 */
function afterHashing(lines: string): LoginSettings {
  return through(`PATH=DIRECTORY/bin:$PATH ${RUN}`, (directory) => {
    Deno.mkdirSync(`${directory}/bin`);
    writeScript(
      `${directory}/bin/sha256sum`,
      `hash=$(${findProgram("sha256sum")} "$@") || exit 1
case $hash in e3b0c442*) ;; *) ${
        lines.replaceAll("DIRECTORY", directory)
      } ;; esac
echo "$hash"
`,
    );
  });
}

peerTest(
  "--resume: a source on a server that changes behind its hash is copied whole, as it is then",
  NEEDS,
  async () => {
    const lines = "cat DIRECTORY/new > DIRECTORY/source";
    await against(afterHashing(lines), async (place, { directory }) => {
      Deno.writeFileSync(`${directory}/new`, NEW);
      Deno.writeFileSync(`${directory}/source`, OLD);
      Deno.symlinkSync(`${directory}/source`, `${place.far}/f`);
      Deno.writeFileSync(`${place.near}/f`, BEGINNING);
      const { status, stderr } = await place.copy([
        ...["--resume", place.remote("f"), "f"],
      ]);
      assertEquals(status, 0, stderr);
      assertStringIncludes(
        stderr,
        "f: copied whole: its source has changed meanwhile\n",
      );
      assertEquals(Deno.readFileSync(`${place.near}/f`), NEW);
    });
  },
);

peerTest(
  "--resume: a source here that changes behind its hash is copied whole, as it is then",
  [...NEEDS, "mkfifo"],
  async () => {
    // The server's hash is told once the test has changed the source.
    const lines = "echo > DIRECTORY/asked; read -r go < DIRECTORY/go";
    await against(afterHashing(lines), async (place, { directory }) => {
      await runProgram(["mkfifo", `${directory}/go`]);
      const source = `${place.near}/f`;
      Deno.writeFileSync(source, OLD);
      Deno.writeFileSync(`${place.far}/f`, BEGINNING);
      const { pid, outcome } = place.start([
        ...["--resume", "f", place.remote("f")],
      ]);
      await until("the server is asked", () => exists(`${directory}/asked`));
      await until("the source is hashed", () => !hasOpen(pid, source));
      Deno.writeFileSync(source, NEW);
      Deno.writeTextFileSync(`${directory}/go`, "go\n");
      const { status, stderr } = await outcome;
      assertEquals(status, 0, stderr);
      assertStringIncludes(
        stderr,
        "f: copied whole: its source has changed meanwhile\n",
      );
      assertEquals(Deno.readFileSync(`${place.far}/f`), NEW);
    });
  },
);

/** Tells whether a process has a file open. */
function hasOpen(pid: number, path: string): boolean {
  const directory = `/proc/${pid}/fd`;
  return [...Deno.readDirSync(directory)].some(({ name }) => {
    try {
      return Deno.readLinkSync(`${directory}/${name}`) === path;
    } catch (error) {
      // It was closed meanwhile.
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

for (const protocol of ["-s", "-O"]) {
  peerTest(
    `verify: a source here that changes behind its copy is proven as it was sent, with ${protocol}`,
    NEEDS,
    async () => {
      const lines = "cat DIRECTORY/new > DIRECTORY/source";
      await against(afterHashing(lines), async (place, { directory }) => {
        Deno.writeFileSync(`${directory}/new`, NEW);
        Deno.writeFileSync(`${directory}/source`, OLD);
        const { status, stderr } = await place.copy([
          ...[protocol, "--verify", "--summary"],
          ...[`${directory}/source`, place.remote("f")],
        ]);
        assertEquals(status, 0, stderr);
        assertStringIncludes(stderr, "1 of 1 file verified\n");
        assertEquals(Deno.readFileSync(`${place.far}/f`), OLD);
        assertEquals(Deno.readFileSync(`${directory}/source`), NEW);
      });
    },
  );
}
