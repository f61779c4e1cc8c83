/**
 * Sources and targets that are not what they seem: files whose length is made
 * up, trees that hold their own copy, directories that hand on their group,
 * paths that are too long, and too few descriptors for all of it.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { lacksDevices } from "../support/c_library.ts";
import {
  childDoor,
  peerTest,
  peerTestUnless,
  sftpChildDoor,
} from "../support/doors.ts";
import { listing } from "../support/fixtures/listing.ts";
import { Place } from "../support/fixtures/place.ts";
import { runProgram, seacp } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { describeTree, makeTree } from "../support/fixtures/tree.ts";

/** Their lengths are said to be 0, 0 and 4096; they stay as they are. */
const MADE_UP_LENGTHS = [
  "/proc/version",
  "/proc/filesystems",
  "/sys/devices/system/cpu/online",
];

function read(path: string): string {
  return Deno.readTextFileSync(path);
}

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o7777).toString(8).padStart(4, "0");
}

for (const source of MADE_UP_LENGTHS) {
  const name = source.split("/").at(-1)!;

  peerTestUnless(lacksDevices)(
    `${source} arrives as it reads, over SFTP and here`,
    [
      ...sftpChildDoor.needs,
      source,
    ],
    async () => {
      await using door = await sftpChildDoor.open();
      using place = new Place(door);
      const content = read(source);
      // What was there before is longer, and leaves nothing behind.
      const older = [{ path: name, content: "x".repeat(10_000) }];
      for (const before of [[], older]) {
        place.makeFar(before);
        place.makeNear(before);
        await place.copyWell([source, place.remote(name)]);
        assertEquals(read(`${place.far}/${name}`), content);
        await place.copyWell([`far:${source}`, name]);
        assertEquals(read(`${place.near}/${name}`), content);
        await place.copyWell(["-3", `far:${source}`, place.remote("relayed")]);
        assertEquals(read(`${place.far}/relayed`), content);
        await place.copyWell([source, "here"]);
        assertEquals(read(`${place.near}/here`), content);
      }
    },
  );
}

peerTest(
  "unusual sources: a file that cannot be read is a failure, whatever its length",
  [
    ...sftpChildDoor.needs,
    "/proc/self/mem",
  ],
  async () => {
    await using door = await sftpChildDoor.open();
    using place = new Place(door);
    for (
      const args of [
        ["/proc/self/mem", place.remote("m")],
        ["far:/proc/self/mem", "m"],
        ["/proc/self/mem", "m"],
      ]
    ) {
      const { status, stderr } = await place.copy(args);
      assertEquals(status, 1, args.join(" "));
      assertMatch(stderr, /\/proc\/self\/mem: /);
    }
  },
);

for (const options of ["-r", "-rp"]) {
  peerTest(
    `unusual sources: directories that are new keep the set-group-ID bit that they inherit: ${options}`,
    [...sftpChildDoor.needs, ...childDoor.needs, "/proc/self/mem"],
    async () => {
      const source = [
        { path: "src/in/f", content: "f" },
        { path: "src/shut/", mode: 0o555 },
      ];
      const expected = ["2755", "2755", "2555"];
      const modes = (directory: string): string[] =>
        ["src", "src/in", "src/shut"].map((path) =>
          modeOf(`${directory}/${path}`)
        );
      for (const kind of [sftpChildDoor, childDoor]) {
        await using door = await kind.open();
        using place = new Place(door);
        place.makeNear([...source, { path: "g/", mode: 0o2775 }]);
        place.makeFar([...source, { path: "g/", mode: 0o2775 }]);
        await place.copyWell([options, place.remote("src"), "g/"]);
        assertEquals(modes(`${place.near}/g`), expected, kind.name);
        // Over SCP it is the system's own scp that makes them there.
        if (kind.protocol === "scp") continue;
        await place.copyWell([options, "src", place.remote("g")]);
        assertEquals(modes(`${place.far}/g`), expected, kind.name);
      }
      using directory = new TempDirectory();
      makeTree(directory.path, [...source, { path: "g/", mode: 0o2775 }]);
      const outcome = await seacp([options, "src", "g"], {
        cwd: directory.path,
      });
      assertEquals(outcome, { status: 0, stdout: "", stderr: "" });
      assertEquals(modes(`${directory.path}/g`), expected);
    },
  );
}

/**
 * Number of entries that keeps a listing going while the copy is made in it.
 */
const MANY = 3000;

/** A copy of `d`, in the directory it is in, into itself, and what it makes. */
const INTO_ITSELF: readonly (readonly [
  about: string,
  args: (directory: string) => readonly string[],
  made: string,
])[] = [
  ["up", (directory) => ["-r", "d", `far:${directory}/d/`], "d/d"],
  [
    "up to a new name",
    (directory) => ["-r", "d", `far:${directory}/d/sub`],
    "d/sub",
  ],
  ["down", (directory) => ["-r", `far:${directory}/d`, "d/"], "d/d"],
  [
    "down to a new name",
    (directory) => ["-r", `far:${directory}/d`, "d/s"],
    "d/s",
  ],
  [
    "between two hosts",
    (directory) => ["-3", "-r", `far:${directory}/d`, `other:${directory}/d/`],
    "d/d",
  ],
];

for (const [about, args, made] of INTO_ITSELF) {
  peerTest(
    `unusual sources: a directory is not copied into itself by way of a server that is this machine: ${about}`,
    [...sftpChildDoor.needs, "timeout"],
    async () => {
      await using door = await sftpChildDoor.open();
      using place = new Place(door);
      place.makeNear(
        Array.from({ length: MANY }, (_, at) => ({
          path: `d/f${at}`,
          content: "",
        })),
      );
      const { status, stderr } = await place.copy(args(place.near), {
        wrapper: ["timeout", "60"],
      });
      // Not every disk lists what was made after the listing was begun.
      assertEquals(stderr === "", status === 0, stderr);
      if (status !== 0) {
        assertEquals(status, 1);
        assertMatch(
          stderr,
          /^[^\n]*d\/\w+: cannot copy a directory into itself\n$/,
        );
      }
      const lines = listing(place.near);
      assertEquals(lines.length, 2 * MANY + 2);
      assertEquals(lines.filter((line) => line.endsWith("/")), [
        "d/",
        `${made}/`,
      ]);
    },
  );
}

peerTest(
  "A tree is copied with 32 descriptors: up, down and here; between two hosts with 36",
  [
    ...sftpChildDoor.needs,
    "sh",
  ],
  async () => {
    await using door = await sftpChildDoor.open();
    using place = new Place(door);
    const deep = "deep/".repeat(50);
    makeTree(place.near, [
      ...Array.from({ length: 300 }, (_, at) => ({
        path: `t/d${at % 30}/e/f${at}`,
        content: `${at}`,
      })),
      { path: `t/${deep}f`, content: "f" },
    ]);
    const source = await describeTree(`${place.near}/t`);
    const limitedTo = (count: number): readonly string[] => [
      ...["sh", "-c", `ulimit -n ${count} && exec "$@"`],
      "sh",
    ];
    for (
      const [count, args, copied] of [
        [32, ["-r", "t", place.remote("up")], `${place.far}/up`],
        [32, ["-r", place.remote("up"), "down"], `${place.near}/down`],
        [
          36,
          ["-3", "-r", place.remote("up"), place.remote("between", "other")],
          `${place.far}/between`,
        ],
        [32, ["-r", "t", "here"], `${place.near}/here`],
      ] as const
    ) {
      const wrapper = limitedTo(count);
      const { status, stderr } = await place.copy(args, { wrapper });
      assertEquals(status, 0, stderr);
      assertEquals(await describeTree(copied), source, args.join(" "));
    }
  },
);

peerTest(
  "unusual sources: where paths become too long, all else arrives, and that is said once for each",
  [
    ...sftpChildDoor.needs,
    "rm",
  ],
  async () => {
    await using door = await sftpChildDoor.open();
    using place = new Place(door);
    // 4095 bytes are the longest path, relative ones too.
    const directory = `${"n".repeat(200)}/`.repeat(19);
    makeTree(place.near, [
      { path: `d/${directory}f`, content: "f" },
      {
        path: `d/${directory}${"l".repeat(150)}`,
        content: "its path is longer",
      },
      { path: "d/a", content: "a" },
      { path: "d/z", content: "z" },
    ]);
    const long = "t".repeat(200);
    try {
      const { status, stderr } = await place.copy(["-r", "d", long]);
      assertEquals(status, 1);
      assertMatch(stderr, /^[^\n]*t+\/[n/]+\/l+: File name too long\n$/);
      for (const path of ["a", "z", `${directory}f`]) {
        assert(Deno.statSync(`${place.near}/${long}/${path}`).isFile, path);
      }
      const up = await place.copy(["-r", "d", place.remote(long)]);
      assertEquals(up.status, 1);
      assertMatch(up.stderr, /^[^\n]+: [^\n]+\n$/);
      for (const path of ["a", "z"]) {
        assert(Deno.statSync(`${place.far}/${long}/${path}`).isFile, path);
      }
    } finally {
      for (const home of [place.near, place.far]) {
        await runProgram(["rm", "-rf", long, "d"], { cwd: home });
      }
    }
  },
);
