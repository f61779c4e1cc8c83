/** Files that are proven by their SHA-256 although they go over SCP. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sshdDoor } from "../support/doors.ts";
import type { Place } from "../support/fixtures/place.ts";
import { ODD_NAMES, type TreeEntry } from "../support/fixtures/tree.ts";
import { DAMAGING, RUN, through, withTool } from "../support/hash_logins.ts";
import { jsonEvents } from "../support/json_events.ts";
import { against, SharedSshd } from "../support/ssh/shared_sshd.ts";
import type { LoginSettings } from "../support/ssh/sshd.ts";

const NEEDS = [...sshdDoor.needs, "sha256sum"];

const sshd = new SharedSshd();

/** Gives the number of files that a run has proven: all that it has copied. */
async function provenBy(
  place: Place,
  args: readonly string[],
): Promise<number> {
  const { status, stdout, stderr } = await place.copy([
    ...["--json", "--verify"],
    ...args,
  ]);
  assertEquals([status, stderr], [0, ""]);
  const { files_copied, files_verified } = jsonEvents(stdout, 0).at(-1)!;
  assertEquals(files_verified, files_copied);
  return Number(files_verified);
}

/** Directory that holds one of its own name, so that a wrong place is noticed. */
const NESTED: readonly TreeEntry[] = [
  { path: "d/d/d/x", content: "inmost" },
  { path: "d/d/x", content: "inner" },
  { path: "d/x", content: "outer" },
  { path: "d/empty", content: "" },
];

/** Uploads: what is there before, the sources, the target, and the files. */
const UPLOADS: readonly (readonly [
  string,
  readonly TreeEntry[],
  readonly string[],
  string,
  number,
])[] = [
  ["a file under a new name", [], ["d/x"], "new", 1],
  ["a file over another one", [{ path: "f", content: "1" }], ["d/x"], "f", 1],
  ["a file into a directory", [{ path: "t/" }], ["d/x"], "t", 1],
  ["a file into the login's directory", [], ["d/x"], "", 1],
  ["a tree under a new name", [], ["-r", "d"], "new", 4],
  ["a tree into a directory", [{ path: "d/" }], ["-r", "d"], "d", 4],
  ["a tree with a slash", [{ path: "t/" }], ["-r", "d/"], "t/", 4],
  ["several sources", [{ path: "t/" }], ["-r", "d", "d/x"], "t", 5],
  ["sources of one name", [{ path: "t/" }], ["-rp", "d/d", "d/x"], "t", 3],
  ["the content of a directory", [{ path: "t/" }], ["-r", "d/."], "t", 4],
  ["such content to a new name", [], ["-r", "d/."], "new", 4],
];

for (const protocol of ["-O", ""]) {
  for (const [name, before, sources, target, count] of UPLOADS) {
    peerTest(
      `verify: over SCP an upload is proven: ${name}, ${
        protocol || "on a host without SFTP"
      }`,
      NEEDS,
      async () => {
        const settings = {
          sftp: protocol === "" ? "none" : "program",
        } as const;
        await against(settings, async (place) => {
          place.makeNear(NESTED);
          place.makeFar(before);
          const options = protocol === "" ? ["-q"] : [protocol];
          assertEquals(
            await provenBy(place, [
              ...options,
              ...sources,
              place.remote(target),
            ]),
            count,
          );
        });
      },
    );
  }
}

/** Entries of a host that downloads and copies between hosts begin with. */
const SOURCES: readonly TreeEntry[] = [
  ...NESTED,
  { path: "e/d/x", content: "of e" },
  { path: "e/d/y", content: "of e alone" },
  { path: "it's (1)", content: "quoted" },
];

/** Sources on a host, the target if it is there before, and the number of files. */
const SENT: readonly (readonly [
  string,
  readonly string[],
  "new" | "there",
  number,
])[] = [
  ["a file under a new name", ["d/x"], "new", 1],
  ["a file into a directory", ["d/x"], "there", 1],
  ["a tree under a new name", ["-r", "d"], "new", 4],
  ["a tree into a directory", ["-r", "d"], "there", 4],
  ["a tree with a slash", ["-r", "d/"], "there", 4],
  ["a pattern of files", ["d/*x"], "there", 1],
  ["a pattern of trees of one name", ["-r", "?/d"], "there", 4],
  ["the content of a directory", ["-r", "d/."], "there", 4],
  ["such content to a new name", ["-r", "d/."], "new", 4],
];

for (const way of ["down", "between two hosts"] as const) {
  for (const [name, sources, target, count] of SENT) {
    peerTest(
      `verify: over SCP a copy ${way} is proven: ${name}`,
      NEEDS,
      async () => {
        for (const protocol of ["-O", ""]) {
          const sftp = protocol === "" ? "none" : "program";
          await against({ sftp }, async (place) => {
            place.makeFar(SOURCES);
            if (target === "there") {
              place.makeNear([{ path: "there/" }]);
              place.makeFar([{ path: "there/" }]);
            }
            const options = sources.slice(0, -1);
            const source = place.remote(sources.at(-1)!);
            assertEquals(
              await provenBy(place, [
                ...(protocol === "" ? ["-q"] : [protocol]),
                ...options,
                source,
                way === "down" ? target : place.remote(target, "other"),
              ]),
              count,
            );
          });
        }
      },
    );
  }

  peerTest(
    `verify: over SCP a copy ${way} is proven of a name that a shell would read`,
    NEEDS,
    async () => {
      await against({ sftp: "none" }, async (place) => {
        place.makeFar(SOURCES);
        const target = way === "down" ? "f" : place.remote("f", "other");
        const args = ["-q", place.remote("it's (1)"), target];
        assertEquals(await provenBy(place, args), 1);
      });
    },
  );
}

peerTest(
  "verify: over SCP a source that changes after it was sent fails",
  NEEDS,
  async () => {
    await against(withTool(DAMAGING), async (place) => {
      place.makeFar([{ path: "f", content: "content" }]);
      const { status, stderr } = await place.copy([
        ...["-O", "--verify", place.remote("f")],
        "g",
      ]);
      assertEquals(status, 1);
      assertMatch(
        stderr,
        /^far: f: verification failed: what arrived is not what is there\n$/,
      );
    });
  },
);

peerTest(
  "verify: over SCP a download with --atomic says that it needs SFTP",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeFar([{ path: "f", content: "1" }]);
    const { status, stderr } = await place.copy([
      ...["-O", "--verify", "--atomic", place.remote("f")],
      "g",
    ]);
    assertEquals(status, 1);
    assertMatch(
      stderr,
      /--verify with --atomic needs SFTP: over SCP files are/,
    );
  },
);

peerTest(
  "verify: over SCP a tree of odd names is proven, over several connections too",
  NEEDS,
  async () => {
    using place = await sshd.place();
    const names = [...ODD_NAMES, "-n", "$(touch pwned)"];
    place.makeNear(
      names.flatMap((name) => [
        { path: `t/${name}/a`, content: name },
        { path: `t/${name}/b`, content: `${name} b` },
      ]),
    );
    for (const jobs of [[], ["--jobs", "3"]]) {
      assertEquals(
        await provenBy(place, [
          ...["-O", "-r", ...jobs, "t"],
          place.remote(`new${jobs.length}`),
        ]),
        names.length * 2,
      );
    }
  },
);

peerTest(
  "verify: over SCP a file that a later one of its name replaces is no failure",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear(NESTED);
    place.makeFar([{ path: "t/" }]);
    // d/x and d/d/x both become t/d/x.
    const { status, stdout, stderr } = await place.copy([
      ...["-O", "-r", "--json", "--verify", "d", "d/d"],
      place.remote("t"),
    ]);
    assertEquals([status, stderr], [0, ""]);
    const { files_copied, files_verified } = jsonEvents(stdout, 0).at(-1)!;
    assertEquals(files_copied, 6);
    assert(Number(files_verified) >= 4, stdout);
  },
);

peerTest(
  "verify: over SCP the remote shell reads the target as for scp -O",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear([{ path: "f", content: "1" }]);
    place.makeFar([{ path: "a b/" }]);
    assertEquals(
      await provenBy(place, ["-O", "f", place.remote("'a b'")]),
      1,
    );
    assertEquals(await provenBy(place, ["-O", "f", place.remote("a*")]), 1);
  },
);

peerTest(
  "verify: over SCP a file that the server damages fails, and stays",
  NEEDS,
  async () => {
    await against(withTool(DAMAGING), async (place) => {
      place.makeNear([{ path: "f", content: "content" }]);
      const outcome = await place.copy([
        ...["-O", "--verify", "f"],
        place.remote("f"),
      ]);
      assertEquals(outcome.status, 1);
      assertMatch(
        outcome.stderr,
        /^far: .*\/f: verification failed: what is there is not what was sent\n$/,
      );
      assertEquals(Deno.readTextFileSync(`${place.far}/f`), "Xontent");
    });
  },
);

/** Servers that hash nothing, each with the reason. */
const HASHLESS: readonly (readonly [string, LoginSettings, string])[] = [
  [
    "no tool",
    through(`PATH=DIRECTORY/bin ${RUN}`, (directory) => {
      Deno.mkdirSync(`${directory}/bin`);
      for (const name of ["sh", "scp"]) {
        Deno.symlinkSync(findProgram(name)!, `${directory}/bin/${name}`);
      }
    }),
    "it has no program that tells a SHA-256",
  ],
  [
    "scp alone",
    through(`case $SSH_ORIGINAL_COMMAND in scp*) ${RUN};; esac; exit 1`),
    "the server runs no commands",
  ],
];

for (const [name, settings, reason] of HASHLESS) {
  peerTest(
    `verify: over SCP a host with ${name} fails once, and the files stay`,
    NEEDS,
    async () => {
      await against(settings, async (place) => {
        place.makeNear([
          { path: "t/a", content: "1" },
          { path: "t/b", content: "2" },
        ]);
        const { status, stdout, stderr } = await place.copy([
          ...["-O", "-r", "--json", "--verify", "t"],
          place.remote("t"),
        ]);
        assertEquals(status, 1);
        assert(stderr.startsWith(`far: cannot verify: ${reason}\n`), stderr);
        const events = jsonEvents(stdout, 1);
        assertEquals(
          events.filter(({ type }) => type === "error")
            .map(({ kind, host }) => [kind, host]),
          [["verify", "far"]],
        );
        const { files_copied, files_verified } = events.at(-1)!;
        assertEquals([files_copied, files_verified], [2, 0]);
        assertEquals(Deno.readTextFileSync(`${place.far}/t/b`), "2");
      });
    },
  );
}
