/** The benchmark, on a small tree over a real sshd. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { repositoryTree } from "../../scripts/bench/gathered_trees.ts";
import { PASSWORD_NEEDS } from "../support/logins/passwords.ts";
import { peerTest } from "../support/doors.ts";
import { type Outcome, runProgram } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { listing } from "../support/fixtures/listing.ts";
import { makeTree } from "../support/fixtures/tree.ts";

const NEEDS = ["ssh", "scp", "sshd", "ssh-keygen", "sftp-server", "tar"];

const LENGTHY = "x".repeat(300_000);

/** Runs the benchmark on a tree of three files, from the source. */
async function bench(
  place: TempDirectory,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  makeTree(place.path, [
    { path: "tree/a", content: "1" },
    { path: "tree/d/b", content: LENGTHY },
    { path: "tree/d/e/c", content: "\0C0644 1 evil\n" },
  ]);
  return await runProgram([
    ...[Deno.execPath(), "run", "-A", "--quiet"],
    import.meta.resolve("../../scripts/bench.ts"),
    ...["--program=source", "--rounds=1", `--tree=${place.path}/tree`],
    ...args,
  ], { env });
}

for (const protocol of ["scp", "sftp"]) {
  peerTest(
    `task bench: measures a tree, its peer and its floor over ${protocol}`,
    NEEDS,
    async () => {
      using place = new TempDirectory();
      const { status, stdout, stderr } = await bench(place, [
        ...[`--protocol=${protocol}`, "--rtt=0,1"],
        ...["--peers=tar", "--floor", "--json"],
      ]);
      assertEquals({ status, stderr }, { status: 0, stderr: "" });
      const { results } = JSON.parse(stdout);
      assertEquals(
        results.map(({ work }: { work: Record<string, unknown> }) =>
          `${work.name} ${work.direction}`
        ),
        ["tree up", "tree down", "tree, 1 ms up", "tree, 1 ms down"],
      );
      for (const { work, seacp, peers } of results) {
        assertEquals(work.source, {
          name: "tree",
          files: 3,
          directories: 3,
          bytes: 300_015,
        });
        assert(seacp.seconds > 0);
        assertEquals(
          peers.map(({ contender }: { contender: string }) => contender),
          ["tar", "floor"],
        );
        for (const { seconds, ratio } of peers) {
          assert(seconds > 0 && ratio > 0);
        }
      }
    },
  );
}

peerTest(
  "task bench: logs in by a password",
  [...NEEDS, ...PASSWORD_NEEDS],
  async () => {
    using place = new TempDirectory();
    const { status, stdout, stderr } = await bench(place, [
      ...["--password", "--rtt=0", "--direction=up", "--peers=tar"],
    ]);
    assertEquals({ status, stderr }, { status: 0, stderr: "" });
    assertStringIncludes(stdout, "; ssh asks for a password;");
    assertStringIncludes(stdout, "| tree | up | 3 | 3 | 0.286 | ");
  },
);

peerTest(
  "task bench: measures a server without SFTP",
  NEEDS,
  async () => {
    using place = new TempDirectory();
    const { status, stdout, stderr } = await bench(place, [
      ...["--remote=scp-only", "--rtt=0", "--peers=scp-O", "--floor"],
    ]);
    // Only the first copy asks for SFTP: what it found is remembered.
    assertEquals(
      { status, warnings: stderr.match(/: going on over SCP$/gm)?.length },
      { status: 0, warnings: 1 },
      stderr,
    );
    assertStringIncludes(stdout, "| scp -O | floor, s | floor |");
  },
);

peerTest(
  "task bench: tells which trees need no network where npm fetches nothing",
  [...NEEDS, "npm"],
  async () => {
    using place = new TempDirectory();
    const cache = `${place.path}/cache`;
    const { status, stdout, stderr } = await bench(
      place,
      ["--trees=npm", `--cache=${cache}`],
      { npm_config_offline: "true", npm_config_cache: `${place.path}/npm` },
    );
    assertEquals({ status, stdout }, { status: 1, stdout: "" });
    assertStringIncludes(stderr, `npm: ${cache} does not hold its packages`);
    assertStringIncludes(stderr, "--trees=repository,photos,json,deep,wide");
    assertEquals(listing(cache), []);
  },
);

peerTest("task bench: refuses an option that is none", NEEDS, async () => {
  using place = new TempDirectory();
  const { status, stdout, stderr } = await bench(place, ["--flor"]);
  assertEquals({ status, stdout }, { status: 1, stdout: "" });
  assertStringIncludes(stderr, "--flor: this is no option; there are --rounds");
});

peerTest(
  "repositoryTree(): holds the files that git tracks",
  ["git"],
  async () => {
    const { files } = await repositoryTree();
    const paths = files.map(({ path }) => path);
    assert(paths.includes("scripts/bench.ts"));
    assert(!paths.some((path) => /^(\.git|dist)\//.test(path)));
  },
);
