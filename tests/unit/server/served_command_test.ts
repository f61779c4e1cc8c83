import { assertEquals } from "@std/assert";
import {
  ONLY_COPIES,
  readCommand,
  type ServedCommand,
} from "../../../lib/server/served_command.ts";
import { textOf } from "../../../lib/names/shell_word.ts";

/** Letters of what is asked for, and the paths; an active character is in `<>`. */
function inShort(command: ServedCommand): string {
  if (command.kind !== "scp") return command.kind;
  const letters = (command.role === "sink" ? "t" : "f") +
    (command.recursive ? "r" : "") + (command.preserve ? "p" : "") +
    (command.targetIsDirectory ? "d" : "") + (command.verbose ? "v" : "");
  const paths = command.paths.map((word) =>
    word.map(({ char, quoted }) =>
      !quoted && /[*?[\]~{}]/.test(char) ? `<${char}>` : char
    ).join("")
  );
  return [letters, ...paths].join(" | ");
}

const ANSWERED: readonly (readonly [string | undefined, string])[] = [
  [undefined, "sftp"],
  ["", "sftp"],
  ["internal-sftp", "sftp"],
  ["internal-sftp -u 0002", "sftp"],
  ["/usr/lib/openssh/sftp-server", "sftp"],
  ["sftp-server -l INFO", "sftp"],
  ["scp -t .", "t | ."],
  ["scp -f a", "f | a"],
  ["/usr/bin/scp -t x", "t | x"],
  ["scp -v -r -p -d -t -- -x", "trpdv | -x"],
  ["scp -vrpdqt x", "trpdv | x"],
  ["scp -pf a b", "fp | a | b"],
  ["scp -t 'a b'", "t | a b"],
  ["scp -t a\\ b", "t | a b"],
  ['scp -t "a;b"', "t | a;b"],
  ["scp -f '$(id)'", "f | $(id)"],
  ["scp -f '*.txt'", "f | *.txt"],
  ["scp -f *.t?t [a]", "f | <*>.t<?>t | <[>a<]>"],
  ["scp -f {a,b}.txt", "f | a.txt | b.txt"],
  ["scp -t {a,b}", "t | <{>a,b<}>"],
  ["scp -t ~", "t | ."],
  ["scp -f ~/a", "f | ./a"],
  ["scp -t '~'", "t | ~"],
  ["scp -t ''", "t | "],
  ["scp -f caf\udce9", "f | caf\udce9"],
];

for (const [text, expected] of ANSWERED) {
  Deno.test(`readCommand() answers ${JSON.stringify(text)}`, () => {
    assertEquals(inShort(readCommand(text)), expected);
  });
}

const OPTIONS = "this server takes no other options of scp than -v -r -p -d -q";

const REFUSED: readonly (readonly [string, string, boolean])[] = [
  ["id", ONLY_COPIES, false],
  ["sh -c 'scp -t x'", ONLY_COPIES, false],
  ["rsync --server -e.LsfxCIvu . /", ONLY_COPIES, false],
  ["echo seacp-1; exec scp -t x", ONLY_COPIES, false],
  ["xscp -t x", ONLY_COPIES, false],
  ["xsftp-server-x", ONLY_COPIES, false],
  ["scp -t x; id", ONLY_COPIES, true],
  ["scp -t x & id", ONLY_COPIES, true],
  ["scp -t x | id", ONLY_COPIES, true],
  ["scp -f $(id)", ONLY_COPIES, true],
  ["scp -f `id`", ONLY_COPIES, true],
  ['scp -f "$HOME"', ONLY_COPIES, true],
  ["scp -t x > /etc/passwd", ONLY_COPIES, true],
  ["scp -t (x)", ONLY_COPIES, true],
  [
    "scp -t x\nid",
    "this server takes no line breaks in a command: use SFTP",
    true,
  ],
  ["scp -S /bin/sh -t x", OPTIONS, true],
  ["scp -oProxyCommand=id -t x", OPTIONS, true],
  ["scp -F/tmp/x -t x", OPTIONS, true],
  ["scp -D /bin/sh -t x", OPTIONS, true],
  ["scp -J host -t x", OPTIONS, true],
  ["scp -tS x", OPTIONS, true],
  ["scp --serve / -t x", OPTIONS, true],
  ["scp -v x", "this server takes scp with one of -t and -f alone", true],
  ["scp a b", "this server takes scp with one of -t and -f alone", true],
  ["scp -tf x", "this server takes scp with one of -t and -f alone", true],
  ["scp -t", "this server was given no path", true],
  ["scp -t a b", "ambiguous target", true],
  ["scp -t a -S x", "ambiguous target", true],
  ["scp -f ~root/.ssh/id_rsa", "this server knows no home directories", true],
  ["scp -t " + "x".repeat(9000), "this command is too long", true],
];

for (const [text, reason, speaksScp] of REFUSED) {
  Deno.test(`readCommand() refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
    assertEquals(readCommand(text), { kind: "refused", reason, speaksScp });
  });
}

Deno.test("readCommand() takes linear time for braces that never end", () => {
  const command = readCommand(`scp -f ${"{".repeat(8000)}`);
  assertEquals(
    command.kind === "scp" && textOf(command.paths[0]!).length,
    8000,
  );
});
