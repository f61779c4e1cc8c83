import { assertEquals, assertRejects } from "@std/assert";
import { EntryError } from "../../../lib/errors.ts";
import { namedEntries, targetPath } from "../../../lib/sftp/operand_paths.ts";
import { SftpFileSystem } from "../../../lib/sftp/sftp_file_system.ts";
import { SftpSession } from "../../../lib/sftp/session.ts";
import { peerTest } from "../../support/doors.ts";
import { UNPRIVILEGED } from "../../support/fixtures/place.ts";
import {
  emptied,
  lacksRawNames,
  shell,
} from "../../support/fixtures/raw_names.ts";
import {
  SFTP_CHILD_NEEDS,
  SftpChild,
  type SftpChildOptions,
} from "../../support/sftp/child.ts";
import {
  handle,
  names,
  SftpServer,
  status,
} from "../../support/sftp/server.ts";
import { makeTree } from "../../support/fixtures/tree.ts";

/** Registers a test with the files of the system's own server. */
function childTest(
  name: string,
  test: (files: SftpFileSystem, root: string) => Promise<void>,
  { lacks, ...options }: SftpChildOptions & { lacks?: string | undefined } = {},
): void {
  if (lacks !== undefined) {
    Deno.test({ name: `${name} (${lacks})`, ignore: true, fn: () => {} });
    return;
  }
  const needs = [...SFTP_CHILD_NEEDS, ...(options.wrapper ?? []).slice(0, 1)];
  peerTest(name, needs, async () => {
    await using child = await SftpChild.start(options);
    await test(child.files, child.path);
  });
}

const TREE = [
  "a.txt",
  "b.txt",
  "c.txt",
  "B.txt",
  ".hidden.txt",
  "d1/f",
  "d1/.dot",
  "d2/f",
  "d2/g",
  "deep/er/x1",
  "deep/er/x2",
  "name[1]",
  "name1",
  "star*",
  "starx",
  "back\\slash",
  "one two",
  "quote's",
  "{a,b}.md",
  "a.md",
].map((path) => ({ path, content: "x" }));

/** Gives the paths that an operand below `root` names, relative to it. */
async function named(
  files: SftpFileSystem,
  root: string,
  operand: string,
): Promise<string[]> {
  const entries = await namedEntries(files, `${root}/${operand}`);
  return entries.map(({ path }) => path.replace(`${root}/`, ""));
}

type Row = readonly [operand: string, names: readonly string[]];

async function assertNames(
  files: SftpFileSystem,
  root: string,
  rows: readonly Row[],
): Promise<void> {
  for (const [operand, names] of rows) {
    assertEquals(await named(files, root, operand), names, operand);
  }
}

const PATTERNS: readonly Row[] = [
  ["*.txt", ["B.txt", "a.txt", "b.txt", "c.txt"]],
  ["?.txt", ["B.txt", "a.txt", "b.txt", "c.txt"]],
  ["a*", ["a.md", "a.txt"]],
  ["*a*t*", ["a.txt", "starx"].filter((name) => /a.*t/.test(name))],
  [
    "?????",
    ["a.txt", "b.txt", "c.txt", "B.txt", "name1", "star*", "starx"]
      .toSorted(),
  ],
  ["[a-c].txt", ["a.txt", "b.txt", "c.txt"]],
  ["[ab].txt", ["a.txt", "b.txt"]],
  ["[!a].txt", ["B.txt", "b.txt", "c.txt"]],
  // In scp's patterns `^` does not negate.
  ["[^a].txt", ["a.txt"]],
  ["[[:upper:]].txt", ["B.txt"]],
  ["b.tx[t]", ["b.txt"]],
  [".*", [".hidden.txt"]],
  [".h*.txt", [".hidden.txt"]],
  ["*/f", ["d1/f", "d2/f"]],
  ["d?/*", ["d1/f", "d2/f", "d2/g"]],
  ["d?/.*", ["d1/.dot"]],
  ["d[2]/[fg]", ["d2/f", "d2/g"]],
  ["*/er/x*", ["deep/er/x1", "deep/er/x2"]],
  ["deep/*/x2", ["deep/er/x2"]],
  ["d?/../a*", ["d1/../a.md", "d1/../a.txt", "d2/../a.md", "d2/../a.txt"]],
  ["d*/", ["d1", "d2", "deep"]],
  ["d1//*", ["d1/f"]],
  ["*/", ["d1", "d2", "deep"]],
  // A backslash makes the next character literal.
  ["star\\*", ["star*"]],
  ["sta[r]\\*", ["star*"]],
  ["\\a.tx?", ["a.txt"]],
  ["nam?[1]", ["name1"]],
  ["nam?\\[1]", ["name[1]"]],
  ["back\\\\slas?", ["back\\slash"]],
  ["one\\ tw?", ["one two"]],
  // An entry with the pattern as its name comes first.
  ["name[1]", ["name[1]"]],
  ["star*", ["star*"]],
  ["back\\slash", ["back\\slash"]],
  ["one two", ["one two"]],
  ["quote's", ["quote's"]],
  ["{a,b}.md", ["{a,b}.md"]],
];

childTest(
  "namedEntries(): gives the sorted matches of a pattern, without dot files",
  async (
    files,
    root,
  ) => {
    makeTree(root, TREE);
    await assertNames(files, root, PATTERNS);
  },
);

childTest(
  "namedEntries(): throws an error that names a pattern without matches",
  async (
    files,
    root,
  ) => {
    makeTree(root, TREE);
    for (
      const operand of [
        "nope*",
        "*.TXT",
        "A*",
        "?",
        "[!a-z]",
        "*.txt/",
        "*.txt/*",
        "nope/*",
        "*/nope",
        "d?/[h-z]",
        "[",
        "[a",
      ]
    ) {
      const error = await assertRejects(
        () => named(files, root, operand),
        EntryError,
        operand,
      );
      assertEquals(
        error.message,
        `scp: ${root}/${operand}: No such file or directory`,
      );
    }
  },
);

childTest(
  "namedEntries(): looks up no name without a pattern",
  async (files, root) => {
    for (
      const [operand, name] of [
        ["a.txt", "a.txt"],
        ["missing", "missing"],
        ["d/../e", "e"],
        ["d/", "d"],
        ["d//", "d"],
        ["d/.", ""],
        ["d/..", ""],
        ["#;&|<>!%", "#;&|<>!%"],
        ["~", "~"],
      ] as const
    ) {
      assertEquals(
        await namedEntries(files, `${root}/${operand}`),
        [{ path: `${root}/${operand}`, name }],
      );
    }
    for (const operand of ["", "~", "~/", "~//"]) {
      assertEquals(
        await namedEntries(files, operand),
        [{ path: ".", name: "" }],
      );
    }
  },
);

childTest(
  "namedEntries(): takes the home directory to be where the session begins",
  async (files, root) => {
    makeTree(root, TREE);
    const rows: readonly Row[] = [
      ["~", ["."]],
      ["~/", ["."]],
      ["~/a.txt", ["a.txt"]],
      ["~//a.txt", ["a.txt"]],
      ["~/missing", ["missing"]],
      ["~/[ab].txt", ["a.txt", "b.txt"]],
      ["~/d?/f", ["d1/f", "d2/f"]],
      ["~/name[1]", ["name[1]"]],
      ["[ab].txt", ["a.txt", "b.txt"]],
      ["d?/f", ["d1/f", "d2/f"]],
      ["./[ab].txt", ["./a.txt", "./b.txt"]],
      ["\\~", ["~"]],
      ["\\~/a.txt", ["~/a.txt"]],
      ["a~", ["a~"]],
      ["./~", ["./~"]],
    ];
    for (const [operand, names] of rows) {
      const entries = await namedEntries(files, operand);
      assertEquals(entries.map(({ path }) => path), names, operand);
    }
  },
);

childTest(
  "namedEntries() and targetPath(): have the server expand ~user",
  async (files) => {
    const home = await files.expandPath("~root");
    for (
      const [operand, path, name] of [
        ["~root", home, "root"],
        ["~root/missing", `${home}/missing`, "missing"],
      ] as const
    ) {
      assertEquals(await namedEntries(files, operand), [{ path, name }]);
      assertEquals(await targetPath(files, operand), path);
    }
    for (const operand of ["~no-such-user-here", "~no-such-user-here/*"]) {
      await assertRejects(
        () => namedEntries(files, operand),
        EntryError,
        "scp: ~no-such-user-here",
      );
      await assertRejects(
        () => targetPath(files, operand),
        EntryError,
        "scp: ~no-such-user-here",
      );
    }
  },
);
childTest(
  "namedEntries(): takes quotes and braces literally",
  async (files, root) => {
    makeTree(root, [
      ...TREE,
      { path: "'q r'", content: "" },
      { path: "$HOME", content: "" },
    ]);
    await assertNames(files, root, [
      ["'q r'", ["'q r'"]],
      ["'?*", ["'q r'"]],
      ["'one two'", ["'one two'"]],
      ['"one two"', ['"one two"']],
      ["{a,b}.txt", ["{a,b}.txt"]],
      ["{a,b}.m?", ["{a,b}.md"]],
      ["$HOME", ["$HOME"]],
      ["$HO?E", ["$HOME"]],
      ["*s", ["quote's"]],
      ["a.txt b.txt", ["a.txt b.txt"]],
      ["one tw?", ["one two"]],
      ["tail\\", ["tail\\"]],
    ]);
  },
);

childTest(
  "namedEntries(): takes a quoted ~ for a name",
  async (files, root) => {
    makeTree(root, [{ path: "~/f", content: "" }, { path: "f", content: "" }]);
    for (const operand of ["\\~/f", "\\~/?", "./~/f", "[~]/f"]) {
      const entries = await namedEntries(files, operand);
      assertEquals(
        entries.map(({ path, name }) => [path.replace(/^\.\//, ""), name]),
        [["~/f", "f"]],
        operand,
      );
    }
    for (const [operand, name] of [["\\~", "~"], ["\\~root", "~root"]]) {
      assertEquals(
        await namedEntries(files, operand!),
        [{ path: name!, name: name! }],
        operand,
      );
    }
  },
);

childTest(
  "namedEntries(): gives the attributes of matches",
  async (files, root) => {
    makeTree(root, [{ path: "a1", content: "abc" }, { path: "a2/" }]);
    Deno.symlinkSync("a1", `${root}/a3`);
    Deno.symlinkSync("a2", `${root}/a4`);
    for (const pattern of ["a?", "a[1-4]"]) {
      const entries = await namedEntries(files, `${root}/${pattern}`);
      assertEquals(
        entries.map(({ path, attributes }) => [path, attributes?.kind]),
        [
          [`${root}/a1`, "file"],
          [`${root}/a2`, "directory"],
          [`${root}/a3`, "file"],
          [`${root}/a4`, "directory"],
        ],
      );
    }
    assertEquals(
      await named(files, root, "a*/"),
      ["a2", "a4"],
    );
  },
);

childTest("namedEntries(): matches no dangling link", async (files, root) => {
  makeTree(root, [{ path: "a1", content: "abc" }]);
  Deno.symlinkSync("missing", `${root}/a2`);
  assertEquals(await named(files, root, "a?"), ["a1"]);
  await assertRejects(() => named(files, root, "?2"), EntryError);
});

childTest(
  "namedEntries(): matches in many directories",
  async (files, root) => {
    const directories = Array.from({ length: 100 }, (_, at) => `d${at}`);
    makeTree(
      root,
      directories.map((path) => ({ path: `${path}/f`, content: "" })),
    );
    assertEquals(
      await named(files, root, "*/?"),
      directories.toSorted().map((path) => `${path}/f`),
    );
  },
);

Deno.test("namedEntries(): searches directories alone", async () => {
  let isListed = false;
  const server = new SftpServer()
    .on("LSTAT", () => status(2))
    .on("OPENDIR", ({ subject }) => handle(subject))
    .on("READDIR", ({ subject }) => {
      if (subject !== "." || isListed) return status(1);
      isListed = true;
      return names(["f", 0o100644], ["d", 0o040755], ["link", 0o120777]);
    });
  const session = await SftpSession.begin(server.channel);
  const files = await SftpFileSystem.of(session, {
    label: "scp: ",
    tuning: {},
    blockBytes: 1024,
  });
  await assertRejects(() => namedEntries(files, "*/x*"), EntryError);
  assertEquals(
    server.asked.filter((asked) => asked.startsWith("OPENDIR ")),
    ["OPENDIR .", "OPENDIR d", "OPENDIR link"],
  );
});

childTest(
  "namedEntries(): passes over directories that cannot be read",
  async (files, root) => {
    makeTree(root, [
      { path: "closed/f", content: "" },
      { path: "closed/", mode: 0o000 },
      { path: "open/f", content: "" },
    ]);
    assertEquals(await named(files, root, "*/?"), ["open/f"]);
    assertEquals(await named(files, root, "*/f"), ["open/f"]);
  },
  { wrapper: UNPRIVILEGED },
);

childTest(
  "namedEntries(): matches names that are not UTF-8",
  async (files, root) => {
    using _emptied = emptied(root);
    shell("touch $(printf 'caf\\351 caf\\303\\251 cafe')", root);
    assertEquals(
      await named(files, root, "caf?"),
      ["cafe", "café", "caf\udce9"],
    );
    assertEquals(
      await named(files, root, "ca?\udce9"),
      ["caf\udce9"],
    );
  },
  { lacks: lacksRawNames },
);

type TargetRow = readonly [operand: string, path: string];

const TARGETS: readonly TargetRow[] = [
  ["", "."],
  ["f", "f"],
  ["/d/f", "/d/f"],
  ["d/", "d/"],
  ["~", "."],
  ["~/", "."],
  ["~/f", "f"],
  ["~//d/f", "d/f"],
  ["./~", "./~"],
  ["a*b?[c]", "a*b?[c]"],
  ["{a,b}", "{a,b}"],
  ["$HOME/f", "$HOME/f"],
  ["two words", "two words"],
];

childTest(
  "targetPath(): takes a target literally, but for ~",
  async (files) => {
    const rows: readonly TargetRow[] = [
      ...TARGETS,
      ["'one two'", "'one two'"],
      ["one\\ two", "one\\ two"],
      ["\\~/f", "\\~/f"],
      ['"one two"', '"one two"'],
      ["a'b'\"c\"", "a'b'\"c\""],
      ["~/'one two'", "'one two'"],
      ["'~'/f", "'~'/f"],
      ["''", "''"],
    ];
    for (const [operand, path] of rows) {
      assertEquals(await targetPath(files, operand), path, operand);
    }
  },
);
