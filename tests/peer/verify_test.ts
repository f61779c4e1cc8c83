/** Files that are proven by their SHA-256, over SFTP and on this machine. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { peerTest, sftpSshdDoor } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { describeTree, ODD_NAMES } from "../support/fixtures/tree.ts";
import { jsonEvents } from "../support/json_events.ts";
import { proftpdKind } from "../support/servers/proftpd.ts";
import { Server } from "../support/servers/server.ts";
import { WAYS } from "../support/sftp_ways.ts";
import {
  DAMAGING,
  LYING,
  RUN,
  through,
  withTool,
} from "../support/hash_logins.ts";
import { against, SharedSshd } from "../support/ssh/shared_sshd.ts";
import type { LoginSettings } from "../support/ssh/sshd.ts";

const NEEDS = [...sftpSshdDoor.needs, "sha256sum"];

const sshd = new SharedSshd();

/** Makes a tree of odd names, with files of no bytes, of some and of many. */
function makeTree(directory: string): number {
  Deno.mkdirSync(`${directory}/tree/d`, { recursive: true });
  const names = [...ODD_NAMES, "-n", "a\nb", "a\\nb\n"];
  for (const name of names) {
    Deno.writeTextFileSync(`${directory}/tree/${name}`, name);
  }
  Deno.writeTextFileSync(`${directory}/tree/d/empty`, "");
  Deno.writeFileSync(
    `${directory}/tree/d/large`,
    new Uint8Array(3_000_001).map((_, at) => at * 31),
  );
  return names.length + 2;
}

/** Gives the events of a run, the last of which tells what was verified. */
async function eventsOf(
  place: Place,
  args: readonly string[],
  status = 0,
): Promise<ReturnType<typeof jsonEvents>> {
  const outcome = await place.copy(["--json", "--verify", ...args]);
  assertEquals([outcome.status, outcome.stderr], [status, ""]);
  return jsonEvents(outcome.stdout, status);
}

for (const way of WAYS) {
  for (const options of [[], ["-p", "--atomic"], ["--jobs", "3"]]) {
    peerTest(
      `verify: a tree of odd names is proven ${way.name}, ${
        options.join(" ") || "plainly"
      }`,
      NEEDS,
      async () => {
        using place = await sshd.place();
        const { from, to } = way.sides(place);
        Deno.mkdirSync(to, { recursive: true });
        const count = makeTree(from);
        const events = await eventsOf(place, [
          "-r",
          ...options,
          ...way.operands(place, "tree", "."),
        ]);
        assertEquals(
          events.filter(({ verified }) => verified === true).length,
          count,
        );
        assert(events.every(({ read_back }) => read_back !== true));
        assertEquals(events.at(-1)!.files_verified, count);
        assertEquals(
          (await describeTree(`${to}/tree`)).length,
          (await describeTree(`${from}/tree`)).length,
        );
      },
    );
  }
}

peerTest(
  "verify: a file that the server damages after CLOSE fails, and stays",
  NEEDS,
  async () => {
    await against(withTool(DAMAGING), async (place) => {
      place.makeNear([{ path: "f", content: "content" }]);
      const outcome = await place.copy(["--verify", "f", place.remote("f")]);
      assertEquals(outcome.status, 1);
      assertEquals(
        outcome.stderr,
        place.saidThere(
          "f",
          "verification failed: what is there is not what was sent",
        ),
      );
      assertEquals(Deno.readTextFileSync(`${place.far}/f`), "Xontent");
      const events = await place.copy([
        ...["--json", "--verify"],
        ...["f", place.remote("f")],
      ]);
      const [error] = jsonEvents(events.stdout, 1)
        .filter(({ type }) => type === "error");
      assertEquals(error!.kind, "verify");
    });
  },
);

peerTest(
  "verify: with --atomic a file that is damaged never takes its place",
  NEEDS,
  async () => {
    await against(withTool(DAMAGING), async (place) => {
      place.makeNear([{ path: "f", content: "content" }]);
      place.makeFar([{ path: "f", content: "old" }]);
      const outcome = await place.copy([
        ...["--verify", "--atomic"],
        ...["f", place.remote("f")],
      ]);
      assertEquals(outcome.status, 1);
      assertEquals(
        outcome.stderr,
        place.saidThere(
          "f",
          "verification failed: what is there is not what was sent",
        ),
      );
      assertEquals([...Deno.readDirSync(place.far)].length, 1);
      assertEquals(Deno.readTextFileSync(`${place.far}/f`), "old");
    });
  },
);

peerTest(
  "verify: a source that changes after it was read fails a download",
  NEEDS,
  async () => {
    const late = `sleep 1; ${DAMAGING}`;
    await against(withTool(late), async (place) => {
      place.makeFar([{ path: "f", content: "content" }]);
      const outcome = await place.copy(["--verify", place.remote("f"), "f"]);
      assertEquals(outcome.status, 1);
      assertEquals(
        outcome.stderr,
        place.saidThere(
          "f",
          "verification failed: what arrived is not what is there",
        ),
      );
    });
  },
);

/** Servers whose files are read back, each with the reason in the warning. */
const READ_BACK: readonly (readonly [string, LoginSettings, string])[] = [
  [
    "a tool that hashes wrongly",
    withTool(LYING),
    "the server tells other hashes than those of its files",
  ],
  [
    "commands that see other files",
    through(
      `case $SSH_ORIGINAL_COMMAND in *sftp-server*) ;; *) cd ..;; esac\n${RUN}`,
    ),
    "the server tells other hashes than those of its files",
  ],
  [
    "SFTP alone",
    { sftp: "only" },
    "the server runs no commands",
  ],
  [
    "commands that are refused",
    through(
      "case $SSH_ORIGINAL_COMMAND in *sftp-server*) ;; *) echo no; exit 1;; esac\n" +
        RUN,
    ),
    "the server runs no commands",
  ],
  [
    "no tool",
    through(`PATH=DIRECTORY/bin ${RUN}`, (directory) => {
      Deno.mkdirSync(`${directory}/bin`);
      Deno.symlinkSync(findProgram("sh")!, `${directory}/bin/sh`);
    }),
    "it has no program that tells a SHA-256",
  ],
];

for (const [name, settings, reason] of READ_BACK) {
  peerTest(
    `verify: files are read back where there is ${name}, up and down`,
    NEEDS,
    async () => {
      await against(settings, async (place) => {
        const names = ["a", "b", "c"];
        place.makeNear(
          names.map((name) => ({
            path: `t/${name}`,
            content: `${name}23456\n`,
          })),
        );
        const warning = place.said(
          `warning: far: files are read back to be verified: ${reason}`,
        );
        for (
          const args of [
            ["t", place.remote("t")],
            [place.remote("t"), "back"],
          ]
        ) {
          const outcome = await place.copy([
            ...["-r", "--verify", "--summary"],
            ...args,
          ]);
          assertEquals(outcome.status, 0, outcome.stderr);
          assert(outcome.stderr.startsWith(warning), outcome.stderr);
          assertMatch(outcome.stderr, /3 of 3 files verified \(read back\)\n$/);
        }
      });
    },
  );
}

peerTest(
  "verify: files are read back where commands see other files of the same names",
  NEEDS,
  async () => {
    const settings = through(
      `case $SSH_ORIGINAL_COMMAND in *sftp-server*) ;; *) cd ../other;; esac\n${RUN}`,
      (directory) => Deno.mkdirSync(`${directory}/other`),
    );
    await against(settings, async (place, { directory }) => {
      place.makeNear([{ path: "f", content: "1" }]);
      const [path] = place.remote("").slice("far:".length).split("/");
      Deno.mkdirSync(`${directory}/other/${path}`);
      Deno.writeTextFileSync(`${directory}/other/${path}/f`, "2");
      const { status, stderr } = await place.copy([
        ...["--verify", "f"],
        place.remote("f"),
      ]);
      assertEquals([status, stderr], [
        0,
        place.said(
          "warning: far: files are read back to be verified: " +
            "the server tells other hashes than those of its files",
        ),
      ]);
    });
  },
);

/** Login shells, each with the lines that start it. */
const SHELLS: readonly (readonly [string, string, readonly string[]])[] = [
  ["csh", 'exec tcsh -c "$SSH_ORIGINAL_COMMAND"', ["tcsh"]],
  ["fish", 'exec fish -c "$SSH_ORIGINAL_COMMAND"', ["fish"]],
  ["zsh", 'exec zsh -c "$SSH_ORIGINAL_COMMAND"', ["zsh"]],
  ["that talks", `echo hello; echo you\n${RUN}`, []],
];

for (const [name, lines, needs] of SHELLS) {
  peerTest(
    `verify: files are hashed by a login shell ${name}`,
    [...NEEDS, ...needs],
    async () => {
      await against(through(lines), async (place) => {
        place.makeNear([{ path: "it's $(here)", content: "1" }]);
        const { status, stderr, stdout } = await place.copy([
          ...["-s", "--json", "--verify", "-q"],
          ...["it's $(here)", place.remote(".")],
        ]);
        assertEquals([status, stderr], [0, ""]);
        const [file] = jsonEvents(stdout, 0)
          .filter(({ type }) => type === "file");
        assertEquals([file!.verified, file!.read_back], [true, false]);
      });
    },
  );
}

peerTest(
  "verify: ProFTPD hashes files in its SFTP session",
  proftpdKind.needs,
  async () => {
    await using server = await Server.start(proftpdKind);
    using place = new Place(server);
    place.makeNear([
      { path: "t/empty", content: "" },
      ...ODD_NAMES.map((name) => ({ path: `t/${name}`, content: name })),
    ]);
    const count = ODD_NAMES.length + 1;
    for (
      const operands of [
        ["t", place.remote("t")],
        [place.remote("t"), "u"],
      ]
    ) {
      const { status, stdout, stderr } = await place.copy([
        ...["-r", "--json", "--verify"],
        ...operands,
      ]);
      assertEquals([status, stderr], [0, ""]);
      const files = jsonEvents(stdout, 0)
        .filter(({ verified, read_back }) => verified && !read_back);
      assertEquals(files.length, count);
    }
  },
);

peerTest(
  "verify: a forced command that reads lines of a shell is given no name",
  NEEDS,
  async () => {
    const settings = through(
      `case $SSH_ORIGINAL_COMMAND in *sftp-server*) ${RUN};; esac\nexec sh`,
    );
    await against(settings, async (place, { home }) => {
      place.makeNear([{ path: "touch pwned", content: "1" }]);
      const { status } = await place.copy([
        "--verify",
        "touch pwned",
        place.remote("."),
      ]);
      assertEquals(status, 0);
      assert(![...Deno.readDirSync(home)].some(({ name }) => name === "pwned"));
    });
  },
);

peerTest(
  "verify: what is skipped or only listed is not verified",
  NEEDS,
  async () => {
    using place = await sshd.place();
    place.makeNear([{ path: "t/a", content: "1" }, {
      path: "t/b",
      content: "",
    }]);
    await place.copyWell(["-rp", "t", place.remote(".")]);
    const skipping = ["-r", "--skip-unchanged", "t", place.remote(".")];
    const skipped = await eventsOf(place, skipping);
    assertEquals(skipped.at(-1)!.files_verified, 0);
    assertEquals(skipped.at(-1)!.files_skipped, 2);
    const dry = await eventsOf(place, [
      ...["-r", "--dry-run"],
      ...["t", place.remote("new")],
    ]);
    assertEquals(dry.at(-1)!.files_verified, 0);
  },
);
