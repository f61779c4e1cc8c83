import { assertEquals } from "@std/assert";
import { nameIn, programName } from "../../../lib/system/program_name.ts";

Deno.test("nameIn(): gives the plain name that a program was called by", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["scp", "scp"],
    ["/usr/local/bin/scp", "scp"],
    ["./seacp-0.2", "seacp-0.2"],
    ["C:\\tools\\scp.exe", "scp"],
    ["C:\\tools\\SCP.EXE", "SCP"],
    ["", "seacp"],
    ["/", "seacp"],
    ["a b", "seacp"],
    ["scp\n", "seacp"],
    ["\x1b[2J", "seacp"],
    ["x".repeat(64), "x".repeat(64)],
    ["x".repeat(65), "seacp"],
  ];
  for (const [path, name] of rows) assertEquals(nameIn(path), name, path);
});

Deno.test("programName(): is the program's own where its source is run", () => {
  assertEquals(programName(false), "seacp");
});
