import { assertEquals, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

function read(...args: string[]) {
  return parseArgs(args, {
    boolean: ["json", "release"],
    string: ["tag", "target"],
    collect: ["target"],
    unknown: (arg, key) => {
      if (key !== undefined) throw new RangeError(`${arg} ${key}`);
      return arg !== "dropped";
    },
  });
}

const none = { _: [], json: false, release: false, target: [] };

Deno.test("parseArgs(): reads options and what is none", () => {
  const rows: readonly (readonly [readonly string[], object])[] = [
    [[], none],
    [["--json"], { ...none, json: true }],
    [["--json=false"], { ...none, json: false }],
    [["--json", "true", "a"], { ...none, json: true, _: ["a"] }],
    [["--json", "a"], { ...none, json: true, _: ["a"] }],
    [["--tag=v1"], { ...none, tag: "v1" }],
    [["--tag=a=b\nc"], { ...none, tag: "a=b\nc" }],
    [["--tag", "v1", "a"], { ...none, tag: "v1", _: ["a"] }],
    [["--tag=1", "--tag=2"], { ...none, tag: "2" }],
    [["--tag"], { ...none, tag: "" }],
    [["--tag="], { ...none, tag: "" }],
    [["--tag", "--json"], { ...none, tag: "", json: true }],
    [["--target=a", "--target", "b"], { ...none, target: ["a", "b"] }],
    [["a", "b/c", "-", "7", "dropped"], { ...none, _: ["a", "b/c", "-", 7] }],
    [["a", "--", "--json", "7"], { ...none, _: ["a", "--json", "7"] }],
  ];
  for (const [args, expected] of rows) {
    assertEquals({ ...read(...args) }, { ...expected }, args.join(" "));
  }
});

Deno.test("parseArgs(): gives each option that it does not know to `unknown`", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["--rest", "--rest rest"],
    ["--rest=1", "--rest=1 rest"],
    ["--no-json", "--no-json no-json"],
    ["-j", "-j j"],
    ["-json", "-json j"],
  ];
  for (const [arg, expected] of rows) {
    const { message } = assertThrows(() => read("a", arg, "b"), RangeError);
    assertEquals(message, expected);
  }
});

Deno.test("parseArgs(): knows the types of what it reads", () => {
  const { json, tag, target, _ } = read("--json", "--target=a", "b");
  const flag: boolean = json;
  const text: string | undefined = tag;
  const texts: string[] = target;
  const others: (string | number)[] = _;
  assertEquals([flag, text, texts, others], [true, undefined, ["a"], ["b"]]);
});
