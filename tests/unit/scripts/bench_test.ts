import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Cache } from "../../../scripts/bench/cache.ts";
import { makeContent } from "../../../scripts/bench/content.ts";
import {
  MissingTreeError,
  treeIn,
} from "../../../scripts/bench/gathered_trees.ts";
import {
  deep,
  jsonFiles,
  photos,
  smallFiles,
  wide,
} from "../../../scripts/bench/made_trees.ts";
import { parseSettings } from "../../../scripts/bench/settings.ts";
import {
  amountIn,
  amountOf,
  asOneFile,
  levelsOf,
  makeSource,
  oneFile,
  type Source,
} from "../../../scripts/bench/sources.ts";
import { summarize } from "../../../scripts/bench/summary.ts";
import { comparisonHead, comparisonRow } from "../../../scripts/bench/table.ts";
import { findTrees } from "../../../scripts/bench/trees.ts";
import { peersOf, works } from "../../../scripts/bench/works.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

Deno.test("parseSettings(): real trees by default, at each round-trip time", () => {
  const { trees, rtt, rounds, protocol, peers } = parseSettings([]);
  assertEquals({ rtt, rounds, protocol, peers }, {
    rtt: [0, 20, 100],
    rounds: 9,
    protocol: "default",
    peers: undefined,
  });
  assertEquals(
    trees.join(" "),
    "npm npm-small git repository photos json deep wide large tiny start",
  );
});

Deno.test("parseSettings(): a tree of one's own takes the place of the others", () => {
  assertEquals(parseSettings(["--tree=d"]).trees, []);
  assertEquals(parseSettings(["--trees=wide", "--tree=d"]).trees, ["wide"]);
});

Deno.test("parseSettings(): reads lists, flags and options for seacp", () => {
  const settings = parseSettings([
    ...["--trees=words,npm", "--rtt=100,0,100", "--peers=tar"],
    ...["--options=--jobs 8", "--preserve", "--floor"],
  ]);
  const { trees, rtt, peers, options, preserve, floor, password } = settings;
  assertEquals({ trees, rtt, peers, options, preserve, floor, password }, {
    trees: ["npm", "words"],
    rtt: [0, 100],
    peers: ["tar"],
    options: ["--jobs", "8"],
    preserve: true,
    floor: true,
    password: false,
  });
});

Deno.test("parseSettings(): tells what is wrong with an option", () => {
  const rows = [
    ["--trees=npm,moon", "--trees=npm,moon: the value has to be some of npm,"],
    ["--rtt=20,", "--rtt=20,: the value has to be a whole number, at least 0"],
    [
      "--rounds=0",
      "--rounds=0: the value has to be a whole number, at least 1",
    ],
    ["--peers=ftp", "--peers=ftp: the value has to be some of scp-O,"],
    ["--tree=", "--tree=: a value has to follow the option: --name=value"],
    ["--floors", "--floors: this is no option; there are --rounds,"],
    ["npm", "npm: this is no option; there are --rounds,"],
  ] as const;
  for (const [arg, message] of rows) {
    assertThrows(() => parseSettings([arg]), RangeError, message);
  }
});

/** Name, direction and MiB of each work. */
function rowsOf(args: readonly string[], trees: readonly Source[]): string[] {
  return works(parseSettings(args), trees).map((work) =>
    work.kind === "start"
      ? work.name
      : `${work.name} ${work.direction} ${
        amountOf(work.source).bytes / 1024 ** 2
      }`
  );
}

Deno.test("works(): a tree up and down at each round-trip time", () => {
  const tree = smallFiles("words", { files: 1024 });
  assertEquals(rowsOf(["--trees=words", "--rtt=0,20"], [tree]), [
    "words up 1",
    "words down 1",
    "words, 20 ms up 1",
    "words, 20 ms down 1",
  ]);
  assertEquals(
    rowsOf(
      ["--trees=words", "--rtt=20", "--direction=up", "--preserve"],
      [tree],
    ),
    ["words, -p, 20 ms up 1"],
  );
});

Deno.test("works(): single files near by and at the greatest round-trip time", () => {
  const args = ["--trees=large,tiny,start", "--rtt=0,20,100", "--direction=up"];
  assertEquals(rowsOf(args, []), [
    "one large file up 1024",
    "one large file, 100 ms up 256",
    "one file of 1 KiB up 0.0009765625",
    "one file of 1 KiB, 100 ms up 0.0009765625",
    "start-up, --version",
  ]);
});

Deno.test("peersOf(): rsync for a tree, scp over the same protocol for one file", () => {
  const rows = [
    [[], [["rsync"], ["scp"], []]],
    [["--protocol=sftp"], [["rsync"], ["scp"], []]],
    [["--protocol=scp"], [["rsync"], ["scp-O"], []]],
    [["--remote=scp-only"], [["rsync"], ["scp-O"], []]],
    [["--peers=tar"], [["tar"], ["tar"], ["tar"]]],
  ] as const;
  for (const [args, peers] of rows) {
    const settings = parseSettings([
      ...args,
      ...["--trees=wide,tiny,start", "--rtt=0", "--direction=up"],
    ]);
    const asked = works(settings, [wide()]);
    assertEquals(
      asked.map((work) => peersOf(work, settings).map(String)),
      peers.map((names) => names.map(String)),
    );
  }
});

Deno.test("amountOf(): counts files, directories and bytes of what is made up", () => {
  const [deepest, widest, pictures, texts] = [
    ...[deep(), wide(), photos(), jsonFiles()].map(amountOf),
  ] as const;
  assertEquals(deepest, { files: 500, directories: 500, bytes: 512_000 });
  assertEquals(widest, { files: 500, directories: 501, bytes: 512_000 });
  assertEquals([pictures!.files, pictures!.directories], [60, 1]);
  assertEquals([texts!.files, texts!.directories], [1000, 21]);
  for (const { bytes } of photos().files) {
    assert(bytes >= 1_000_000 && bytes <= 5_000_000, `${bytes}`);
  }
  for (const { bytes } of jsonFiles().files) assert(bytes > 2048, `${bytes}`);
});

Deno.test("levelsOf(): counts the directories above the deepest file", () => {
  assertEquals(
    [deep(), wide(), oneFile("f", 1)].map(levelsOf),
    [500, 2, 0],
  );
});

Deno.test("asOneFile(): makes one file of as many bytes as a tree has", () => {
  assertEquals(amountOf(asOneFile(wide())), {
    files: 1,
    directories: 0,
    bytes: 512_000,
  });
});

Deno.test("makeSource(): makes the same files in each directory", () => {
  using place = new TempDirectory();
  const roots = [`${place.path}/a`, `${place.path}/b`] as const;
  for (const root of roots) Deno.mkdirSync(root);
  const sources = [
    { ...jsonFiles(), files: jsonFiles().files.slice(0, 30) },
    smallFiles("random", { files: 20, content: "random" }),
    { ...deep(), files: deep().files.slice(0, 20) },
    oneFile("large", 3_000_000),
  ];
  for (const source of sources) makeSource(source, roots);
  assertEquals(listing(roots[0]), listing(roots[1]));
  for (const source of sources.slice(0, -1)) {
    const inside = amountIn(`${roots[0]}/${source.name}`);
    // What is in a directory does not count the directory itself.
    const directories = inside.directories + 1;
    assertEquals({ ...inside, directories }, amountOf(source));
  }
  assertEquals(Deno.statSync(`${roots[1]}/large`).size, 3_000_000);
});

Deno.test("makeContent(): JSON is one line of the length that is asked for", () => {
  for (const bytes of [64, 300, 2100, 12_000]) {
    const content = makeContent("json", bytes, bytes);
    assertEquals(content.length, bytes);
    assertEquals(content, makeContent("json", bytes, bytes));
    const text = new TextDecoder().decode(content);
    assertEquals(text.indexOf("\n"), bytes - 1);
    const { items, total } = JSON.parse(text);
    assertEquals(total, bytes);
    assertEquals(items.length > 10, bytes > 2048);
  }
});

Deno.test("treeIn(): takes regular files and what they hold", async () => {
  using place = new TempDirectory();
  makeTree(place.path, [
    { path: "from/b/c", content: "12345" },
    { path: "from/a", content: "1", mode: 0o600 },
    { path: "from/empty/" },
  ]);
  const tree = await treeIn("tree", `${place.path}/from`);
  assertEquals(tree.files, [
    { path: "a", bytes: 1 },
    { path: "b/c", bytes: 5 },
  ]);
  makeSource(tree, [place.path]);
  assertEquals(listing(`${place.path}/tree`), [
    'a = "1"',
    "b/",
    'b/c = "12345"',
  ]);
});

Deno.test("treeIn(): refuses a directory without files, and one that is missing", async () => {
  using place = new TempDirectory();
  for (const path of [place.path, `${place.path}/missing`]) {
    await assertRejects(
      () => treeIn("tree", path),
      MissingTreeError,
      "tree: ",
    );
  }
});

Deno.test("findTrees(): gives one's own tree first", async () => {
  using place = new TempDirectory();
  makeTree(place.path, [{ path: "f", content: "x" }]);
  const trees = await findTrees(
    parseSettings([`--tree=${place.path}`, "--trees=words,wide", "--files=30"]),
  );
  assertEquals(
    trees.map((tree) => `${tree.name}: ${tree.files.length}`),
    ["tree: 1", "wide: 500", "words: 30"],
  );
});

Deno.test("Cache: fills a directory once for the same contents", async () => {
  using place = new TempDirectory();
  const cache = new Cache(`${place.path}/cache`);
  let filled = 0;
  const fill = async (empty: string) => {
    Deno.writeTextFileSync(`${empty}/f`, `${++filled}`);
  };
  const first = await cache.get("a", ["x@1", "y@1"], fill);
  assertEquals(await cache.get("a", ["x@1", "y@1"], fill), first);
  assertEquals(Deno.readTextFileSync(`${first}/f`), "1");
  const other = await cache.get("a", ["x@2", "y@1"], fill);
  assertEquals(Deno.readTextFileSync(`${other}/f`), "2");
});

Deno.test("Cache: keeps nothing of what could not be filled", async () => {
  using place = new TempDirectory();
  const cache = new Cache(`${place.path}/cache`);
  const failure = new Error("out of reach");
  const fill = async (empty: string) => {
    Deno.writeTextFileSync(`${empty}/half`, "");
    throw failure;
  };
  await assertRejects(() => cache.get("a", ["x"], fill), Error, "out of reach");
  assertEquals(listing(cache.directory), []);
});

Deno.test("comparisonRow(): tells the size, the ratios of pairs and the floor", () => {
  const [work] = works(
    parseSettings(["--trees=wide", "--rtt=20", "--direction=up"]),
    [wide()],
  );
  const runs = [
    { contender: "seacp", round: 0, seconds: 2 },
    { contender: "rsync", round: 0, seconds: 4 },
    { contender: "floor", round: 0, seconds: 1 },
    { contender: "seacp", round: 1, seconds: 3 },
    { contender: "floor", round: 1, seconds: 1.5 },
  ];
  const summary = summarize(work!, runs);
  const rowWith = (floor: boolean) =>
    comparisonRow(summary, ["rsync", "tar"], { floor });
  const row = [
    ...["wide, 20 ms", "up", "500", "501", "0.488", "2.50", "-", "-"],
    ...["0.500 (n=1)", "-"],
  ];
  assertEquals(rowWith(false), row);
  assertEquals(rowWith(true), [...row, "1.25", "2.000"]);
  for (const floor of [false, true]) {
    const head = comparisonHead(["rsync", "tar"], { floor });
    assertEquals(head.length, rowWith(floor).length);
  }
});
