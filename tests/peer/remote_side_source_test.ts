/** Tests of the remote side against the system's scp: entries that it sends. */

import { lacksDevices } from "../support/c_library.ts";
import { lacksRecentRuntime } from "../support/process/old_runtime.ts";
import { UNPRIVILEGED } from "../support/fixtures/place.ts";
import { lacksRawNames } from "../support/fixtures/raw_names.ts";
import {
  compareWithScp,
  type Group,
  OK_AHEAD,
  type Row,
  TOO_LONG,
} from "../support/scp/compared_dialogues.ts";

const MAKE_SOURCES = `
printf alpha > a; printf data > b; : > empty; chmod 640 b
mkdir -m 750 sub; printf c > sub/c; chmod 600 sub/c
touch -d @1000000000.75 a; touch -d @-5.5 b; touch -d @9999999999 sub/c
touch -d @7 sub; touch -a -d @4102444800 sub`;

/** Its length is said to be a page; what is in it is a line. */
const SYSFS_FILE = "/sys/devices/system/cpu/online";
const SYSFS_CONTENT = textAt(SYSFS_FILE);

/** A file that says that it is empty. */
const PROC_CONTENT = textAt("/proc/version");

/** Text of a file; none where there is no such file. */
function textAt(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

const SOURCES: Group = {
  name: "what is sent",
  needs: ["/proc/version", SYSFS_FILE],
  setup: MAKE_SOURCES,
  rows: [
    ["a file", "-f a", [OK_AHEAD]],
    ["an empty file, step by step", "-f empty", [
      ...[">\0", "<C0644 0 empty\n", ">\0", "<\0", ">\0"],
    ]],
    ["files with times", "-pf a b empty", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; touch -d @3 empty",
      lacks: lacksRecentRuntime,
    }],
    ["a directory", "-rf sub", [OK_AHEAD]],
    ["a directory with times", "-prf sub", [OK_AHEAD]],
    ["a file with -r", "-rf a", [OK_AHEAD]],
    ["a file with -d", "-df a b", [OK_AHEAD]],
    ["a file with every letter", "-vrpdf a", [OK_AHEAD], { verbose: true }],
    ["a file twice", "-f a a", [OK_AHEAD]],
    ["directories and files", "-rf sub a sub", [OK_AHEAD]],
    ["an empty directory", "-rf e", [OK_AHEAD], { setup: "mkdir e" }],
    ["directories in directories", "-prf e", [OK_AHEAD], {
      setup: "mkdir -p e/f/g; touch -d @9 e/f/g e/f; touch -d @8 e",
    }],
    ["no path", "-f", [OK_AHEAD]],
    ["no path, nobody there", "-f", []],
    ["an empty path", ["-f", ""], [OK_AHEAD]],
    ["a path in a directory", "-f ./sub/../sub/c", [OK_AHEAD]],
    ["a file with slashes", "-f a// a", [OK_AHEAD]],
    ["a directory with slashes", "-rf sub///", [OK_AHEAD]],
    ["a directory's dot", "-rf sub/.", [OK_AHEAD]],
    ["a directory's dot with a slash", "-rf sub/./", [OK_AHEAD]],
    ["a directory's directory", "-rf sub/e/..", [OK_AHEAD], {
      setup: "mkdir -p sub/e",
    }],
    ["the directory above", "-rf ..", [">\0\x01no\n"]],
    ["the root with slashes", "-rf ///", [">\0\x01no\n"]],
    ["the root without -r", "-f /", [OK_AHEAD]],
    ["a path after --", "-f -- -x", [OK_AHEAD], { setup: "printf x > -x" }],
    ["a pattern", "-f *", [OK_AHEAD]],
    ["a pattern that is a name", ["-f", "[a]"], [OK_AHEAD], {
      setup: "printf x > '[a]'",
    }],
    ["a directory without -r, then a file", "-f sub a", [OK_AHEAD]],
    ["a missing file in a missing directory", "-f no/pe a", [OK_AHEAD]],
    ["a path through a file", "-f a/x a", [OK_AHEAD]],
    ["a link to a file and one to a directory", "-rf l m", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; ln -s a l; ln -s sub m",
    }],
    ["a dangling link, then a file", "-f l a", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; ln -s no l",
    }],
    ["a loop of links", "-f l", [OK_AHEAD], { setup: "ln -s l l" }],
    ["a dangling link in a directory", "-rf e", [OK_AHEAD], {
      setup: "mkdir e; ln -s no e/l",
    }],
    ["links in a directory", "-rf e", [OK_AHEAD], {
      setup: "mkdir e f; printf x > f/x; ln -s ../f e/l",
    }],
    ["a FIFO, then a file", "-f p a", [OK_AHEAD], {
      setup: MAKE_SOURCES + "; mkfifo p",
    }],
    ["a FIFO in a directory", "-rf e", [OK_AHEAD], {
      setup: "mkdir e; mkfifo e/p",
    }],
    ["a device", "-rf /dev/null", [OK_AHEAD]],
    ["a file without a length", "-f /proc/version", [OK_AHEAD], {
      lacks: lacksDevices,
      differs: {
        why: "it is what can be read",
        stdout: `C0444 ${PROC_CONTENT.length} version\n${PROC_CONTENT}\0`,
      },
    }],
    ["a long file", "-f long", [OK_AHEAD], {
      setup: "seq 60000 > long",
    }],
    ...["4755", "6777", "0000", "1644", "7777"].map((mode): Row => [
      `the mode ${mode}`,
      "-rf f e",
      [OK_AHEAD],
      { setup: `: > f; mkdir e; chmod ${mode} f e` },
    ]),
    ["an early refusal", "-f a b", [">\x01no\n\0\0\0\0\0\0"]],
    ["an early end", "-f a", []],
    ["an early giving up", "-f a", [">\x02no\n"]],
    ["an early banner", "-f a", [">Welcome\n\0\0\0\0"]],
    ["an early newline", "-f a", [">\n\0\0\0\0"]],
    ["an end inside a refusal", "-f a", [">\0\x01no"]],
    ["an end after a record", "-f a b", [">\0"]],
    ["an end after a body", "-f a b", [">\0\0"]],
    ["a giving up after a body", "-f a b", [">\0\0\x02no\n\0\0\0"]],
    ["a failure after a body", "-f a b", [">\0\0\x01no\n\0\0"]],
    ["refused times", "-pf a b", [">\0\x01no\n\0\0\0\0"], {
      lacks: lacksRecentRuntime,
    }],
    ["refused times of a directory", "-prf sub a", [">\0\x01no\n\0\0\0\0"]],
    ["refused entries of a directory", "-prf sub a", [
      ">\0\0\0\0\x01no\n\0\x01no\n\0\0\0\0",
    ]],
    ["a refusal longer than a line", "-f a b", [
      `>\0\x01${"x".repeat(3000)}\n\0\0\0\0\0`,
    ], {
      differs: {
        why: TOO_LONG,
        stdout: "C0644 5 a\nC0640 4 b\ndata\0",
      },
    }],
    ["a file that is shorter than its length", `-f ${SYSFS_FILE} a`, [
      OK_AHEAD,
    ], {
      lacks: lacksDevices,
      differs: {
        why: "it is what can be read",
        status: 0,
        stdout: `C0444 ${SYSFS_CONTENT.length} online\n${SYSFS_CONTENT}\0` +
          "C0644 5 a\nalpha\0",
      },
    }],
    ["a link to the directory it is in", "-rf e", [OK_AHEAD + OK_AHEAD], {
      setup: "mkdir e; ln -s . e/l",
      differs: {
        why: "it would be sent forty levels deep",
        stdout: "D0755 0 e\n\x01scp: e/l: Too many levels of symbolic " +
          "links: it is e again\nE\n",
      },
    }],
  ],
};

/** Sets times of an entry that reading it does not change. */
const DATED = "touch -m -a -d @4102444800";

/** Tells whether the bytes of a name, a character each, are UTF-8. */
function isText(name: string): boolean {
  const bytes = Uint8Array.from(name, (char) => char.charCodeAt(0));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A shell's words for a name: a file of it, and that name in a variable. */
function naming(name: string): string {
  const octal = Array.from(
    name,
    (char) => "\\" + char.charCodeAt(0).toString(8).padStart(3, "0"),
  ).join("");
  return `n=$(printf '${octal}.'); n=\${n%.}`;
}

const ODD_NAMES = [
  ...["with blanks and  two", 'it\'s "quoted"', "-x", "*[a]?", "back\\sl"],
  ...["$HOME `id` ;&|", ".hidden", "tab\there", "a\rb", "\x1b[2J", "a:b"],
  ...["caf\xc3\xa9", "caf\xe9", "\xff", "\xef\xbf\xbd", "n".repeat(255)],
];

/** Names with newlines, and how they are encoded. */
const NEWLINE_NAMES = [
  ["a\nb", "a\\^Jb"],
  ["a\\\n\x1b\x7f \t", "a\\\\\\^J\\^[\\^? \t"],
  ["\ncaf\xc3\xa9\xff\xa0", "\\^Jcaf\\M-C\\M-)\\M^?\\240"],
] as const;

const SENT_NAMES: Group = {
  name: "names that are sent",
  setup: "mkdir d; " + [...ODD_NAMES, ...NEWLINE_NAMES.map(([name]) => name)]
    .map((name) =>
      `${
        naming(name)
      }; mkdir -- "$n"; printf x > "d/$n"; ${DATED} "d/$n"; mkfifo "d/f$n" || :`
    ).join("; "),
  rows: [
    ...[...ODD_NAMES, ...NEWLINE_NAMES.map(([name]) => name)].map(
      (name): Row => [`${JSON.stringify(name)} in a directory`, "-rf d", [
        OK_AHEAD,
      ], {
        setup: `${naming(name)}; mkdir d; printf x > "d/$n"`,
        lacks: isText(name) ? undefined : lacksRawNames,
      }],
    ),
    ["odd ones by themselves", [
      "-pf",
      ...ODD_NAMES.map((name) => `d/${name}`),
    ], [OK_AHEAD + "\0".repeat(40)]],
    ["odd ones for directories", ["-rf", "--", ...ODD_NAMES], [OK_AHEAD]],
    ["odd ones that are missing", [
      "-f",
      ...ODD_NAMES.map((name) => `d/no${name}`),
    ], [OK_AHEAD]],
    ["odd ones that are no files", [
      "-f",
      ...ODD_NAMES.map((name) => `d/f${name}`),
    ], [OK_AHEAD]],
    ...NEWLINE_NAMES.flatMap(([name, encoded]): Row[] => [
      [`${JSON.stringify(name)} by itself`, ["-f", `d/${name}`], [OK_AHEAD]],
      [`${JSON.stringify(name)} that is no file`, ["-f", `d/f${name}`], [
        OK_AHEAD,
      ]],
      [`${JSON.stringify(name)} for a directory`, ["-rf", name], [OK_AHEAD], {
        differs: {
          why: "the directory is there, if not under its encoded name",
          status: 0,
          stdout: `D0755 0 ${encoded}\nE\n`,
        },
      }],
      [`${JSON.stringify(name)} that is missing`, ["-f", `d/no${name}`], [
        OK_AHEAD,
      ], {
        differs: {
          why: "a newline in a message would end it",
          stdout: `\x01scp: d/no${encoded}: No such file or directory\n`,
        },
      }],
    ]),
  ],
};

const UNREADABLE: Group = {
  name: "what may not be read",
  needs: UNPRIVILEGED.slice(0, 1),
  setup: "printf a > a; printf s > s; chmod 0 s; mkdir -m 0 l",
  rows: ([
    ["a file, then another", "-f s a", [OK_AHEAD]],
    ["a file with times", "-pf s", [OK_AHEAD]],
    ["a directory, then a file", "-rf l a", [OK_AHEAD]],
    ["a directory without -r", "-f l a", [OK_AHEAD], {
      differs: {
        why: "that it is no file is why it is not sent",
        stdout: "\x01scp: l: not a regular file\nC0644 1 a\na\0",
      },
    }],
    ["a path through a directory", "-rf l/x a", [OK_AHEAD]],
    ["a file in a directory", "-rf d a", [OK_AHEAD], {
      setup: "mkdir d; printf s > d/s; chmod 0 d/s; printf a > a",
    }],
    ["a directory in a directory", "-prf d a", [OK_AHEAD], {
      setup: `mkdir -p d/l; chmod 0 d/l; printf a > a; ${DATED} d a`,
    }],
    ["a directory that can be listed alone", "-rf d a", [OK_AHEAD], {
      setup: "mkdir d; printf x > d/x; chmod 444 d; printf a > a",
    }],
    ["a directory that can be entered alone", "-rf d a", [OK_AHEAD], {
      setup: "mkdir d; printf x > d/x; chmod 111 d; printf a > a",
    }],
  ] as readonly Row[]).map(([name, args, talk, extra]) => [
    name,
    args,
    talk,
    { wrapper: UNPRIVILEGED, ...extra },
  ]),
};

compareWithScp([SOURCES, SENT_NAMES, UNREADABLE]);
