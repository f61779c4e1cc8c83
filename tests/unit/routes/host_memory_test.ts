import { assert, assertEquals } from "@std/assert";
import {
  HostMemory,
  KNOWN_MILLISECONDS,
  memoryDirectory,
} from "../../../lib/routes/host_memory.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const FAR = "user u\nhostname far\nport 22\n";
const OTHER = "user u\nhostname far\nport 2222\n";

const isWindows = Deno.build.os === "windows";

/** A memory in a directory that is not there yet, with a clock. */
class Kept extends TempDirectory {
  readonly directory = `${this.path}/cache/seacp/hosts`;
  time = Date.now();
  readonly memory = new HostMemory(this.directory, () => this.time);

  get files(): string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name);
  }

  /** The file of the only host. */
  get file(): string {
    const [name] = this.files.filter((name) => name !== "salt");
    return `${this.directory}/${name}`;
  }
}

Deno.test("HostMemory: gives the protocol that a host lacks, to a later run too", async () => {
  for (const protocol of ["scp", "sftp"] as const) {
    using kept = new Kept();
    assertEquals(await kept.memory.lacking(FAR), undefined);
    await kept.memory.keep(FAR, protocol);
    assertEquals(await kept.memory.lacking(FAR), protocol);
    const later = new HostMemory(kept.directory, () => kept.time);
    assertEquals(await later.lacking(FAR), protocol);
  }
});

Deno.test("HostMemory: takes another user, port, jump or option for another host", async () => {
  using kept = new Kept();
  await kept.memory.keep(FAR, "scp");
  for (const other of [OTHER, "", FAR + "proxyjump j\n", FAR.slice(0, -1)]) {
    assertEquals(await kept.memory.lacking(other), undefined);
  }
  await kept.memory.keep(OTHER, "sftp");
  assertEquals(await kept.memory.lacking(FAR), "scp");
  assertEquals(await kept.memory.lacking(OTHER), "sftp");
});

Deno.test("HostMemory: keeps a fact for 30 days, and none from the future", async () => {
  assertEquals(KNOWN_MILLISECONDS, 30 * 24 * 3600 * 1000);
  using kept = new Kept();
  await kept.memory.keep(FAR, "scp");
  kept.time += KNOWN_MILLISECONDS - 1;
  assertEquals(await kept.memory.lacking(FAR), "scp");
  kept.time += 1;
  assertEquals(await kept.memory.lacking(FAR), undefined);
  kept.time -= KNOWN_MILLISECONDS + 1;
  assertEquals(await kept.memory.lacking(FAR), undefined);
});

Deno.test("HostMemory: replaces an older fact, in one file", async () => {
  using kept = new Kept();
  await kept.memory.keep(FAR, "scp");
  await kept.memory.keep(FAR, "sftp");
  assertEquals(await kept.memory.lacking(FAR), "sftp");
  assertEquals(kept.files.length, 2);
});

Deno.test("HostMemory: forgets one host, and no other", async () => {
  using kept = new Kept();
  await kept.memory.forget(FAR);
  await kept.memory.keep(FAR, "scp");
  await kept.memory.keep(OTHER, "scp");
  await kept.memory.forget(FAR);
  await kept.memory.forget(FAR);
  assertEquals(await kept.memory.lacking(FAR), undefined);
  assertEquals(await kept.memory.lacking(OTHER), "scp");
  assertEquals(kept.files.length, 2);
});

Deno.test("HostMemory: shows no host in a file's name or text, and other names to other users", async () => {
  using kept = new Kept();
  using others = new Kept();
  await kept.memory.keep(FAR, "scp");
  await others.memory.keep(FAR, "scp");
  assert(/\/[0-9a-f]{64}$/.test(kept.file));
  assertEquals(Deno.readTextFileSync(kept.file), `scp ${kept.time}`);
  assert(kept.file.slice(-64) !== others.file.slice(-64));
});

Deno.test("HostMemory: knows nothing without its salt, and starts again with another one", async () => {
  for (const salt of [undefined, "another"]) {
    using kept = new Kept();
    await kept.memory.keep(FAR, "scp");
    if (salt === undefined) Deno.removeSync(`${kept.directory}/salt`);
    else Deno.writeTextFileSync(`${kept.directory}/salt`, salt);
    assertEquals(await kept.memory.lacking(FAR), undefined);
    await kept.memory.forget(FAR);
    await kept.memory.keep(FAR, "sftp");
    assertEquals(await kept.memory.lacking(FAR), "sftp");
  }
});

Deno.test("HostMemory: reads nothing from a text that it did not write", async () => {
  using kept = new Kept();
  await kept.memory.keep(FAR, "scp");
  const { file, time } = kept;
  for (
    const text of [
      "",
      "scp",
      `scp ${time} `,
      `scp ${time}\n`,
      ` scp ${time}`,
      `SCP ${time}`,
      `ssh ${time}`,
      `scp -${time}`,
      `scp ${time}.5`,
      "scp 1e12",
      "scp Infinity",
      `scp ${"9".repeat(16)}`,
      `scp ${time}\nsftp ${time}`,
      "\0".repeat(100),
      "x".repeat(1_000_000),
    ]
  ) {
    Deno.writeTextFileSync(file, text);
    assertEquals(await kept.memory.lacking(FAR), undefined, text.slice(0, 50));
  }
  Deno.writeTextFileSync(file, `sftp ${time}`);
  assertEquals(await kept.memory.lacking(FAR), "sftp");
});

Deno.test({
  name: "HostMemory: ignores what others may read or own, and links",
  ignore: isWindows,
  fn: async () => {
    const NOBODY = 65534;
    const spoil: readonly ((kept: Kept) => void)[] = [
      ({ file }) => Deno.chmodSync(file, 0o640),
      ({ file }) => Deno.chmodSync(file, 0o602),
      ({ directory }) => Deno.chmodSync(directory, 0o701),
      ({ directory }) => Deno.chmodSync(`${directory}/salt`, 0o604),
      ({ file, path }) => {
        Deno.renameSync(file, `${path}/fact`);
        Deno.symlinkSync(`${path}/fact`, file);
      },
      ({ directory, path }) => {
        Deno.renameSync(directory, `${path}/hosts`);
        Deno.symlinkSync(`${path}/hosts`, directory);
      },
      ({ file }) => {
        Deno.removeSync(file);
        Deno.mkdirSync(file, { mode: 0o700 });
      },
      ...(Deno.uid() === 0
        ? [
          ({ file }: Kept) => Deno.chownSync(file, NOBODY, NOBODY),
          ({ directory }: Kept) => Deno.chownSync(directory, NOBODY, NOBODY),
          ({ directory }: Kept) =>
            Deno.chownSync(`${directory}/salt`, NOBODY, NOBODY),
        ]
        : []),
    ];
    for (const step of spoil) {
      using kept = new Kept();
      await kept.memory.keep(FAR, "scp");
      assertEquals(await kept.memory.lacking(FAR), "scp");
      step(kept);
      assertEquals(await kept.memory.lacking(FAR), undefined, `${step}`);
    }
  },
});

Deno.test("HostMemory: removes facts that are too old, but neither the salt nor foreign files", async () => {
  using kept = new Kept();
  await kept.memory.keep(FAR, "scp");
  Deno.writeTextFileSync(`${kept.directory}/notes`, "");
  for (const name of ["notes", "salt"]) {
    Deno.utimeSync(`${kept.directory}/${name}`, 0, 0);
  }
  kept.time += KNOWN_MILLISECONDS - 60_000;
  await kept.memory.keep(OTHER, "scp");
  assertEquals(kept.files.length, 4);
  kept.time += 120_000;
  await kept.memory.keep(OTHER + "x", "scp");
  assertEquals(kept.files.length, 3);
  assertEquals(await kept.memory.lacking(OTHER + "x"), "scp");
});

Deno.test("HostMemory: keeps nothing where it cannot", async () => {
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/file`, "");
  for (const place of [undefined, `${directory.path}/file/x`, "/dev/null"]) {
    const memory = new HostMemory(place);
    await memory.keep(FAR, "scp");
    assertEquals(await memory.lacking(FAR), undefined);
    await memory.forget(FAR);
  }
});

const DIRECTORIES: readonly (readonly [
  sentence: string,
  variables: Record<string, string>,
  directory?: string,
])[] = [
  ["nowhere without a home", {}],
  ["in the home's cache", { HOME: "/h" }, "/h/.cache/seacp/hosts"],
  [
    "in the cache that is named",
    { HOME: "/h", XDG_CACHE_HOME: "/c" },
    "/c/seacp/hosts",
  ],
  [
    "in the home's if an empty one is named",
    { HOME: "/h", XDG_CACHE_HOME: "" },
    "/h/.cache/seacp/hosts",
  ],
  [
    "not where a login's files end with it",
    { HOME: "/h", XDG_RUNTIME_DIR: "/r" },
    "/h/.cache/seacp/hosts",
  ],
  ["on Windows in its own", { LOCALAPPDATA: "/l" }, "/l/seacp/hosts"],
  ["nowhere if it is off", {
    SEACP_HOST_MEMORY: "no",
    HOME: "/h",
    XDG_CACHE_HOME: "/c",
  }],
  [
    "somewhere if the switch says anything else",
    { SEACP_HOST_MEMORY: "yes", HOME: "/h" },
    "/h/.cache/seacp/hosts",
  ],
];

for (const [sentence, variables, directory] of DIRECTORIES) {
  Deno.test(`memoryDirectory(): is ${sentence}`, () => {
    assertEquals(memoryDirectory((name) => variables[name]), directory);
  });
}
