import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fileURLToPath, pathToFileURL } from "node:url";
import project from "../../../deno.json" with { type: "json" };
import { compileExecutable } from "../../../scripts/build/executable.ts";
import { checkRuntime } from "../../../scripts/build/npm_runtime.ts";
import {
  type BuildConfig,
  withPublished,
} from "../../../scripts/build/published.ts";
import { dist, root } from "../../../scripts/build/root.ts";
import { findTarget, TARGETS } from "../../../scripts/build/targets.ts";
import { runProgram } from "../../support/process/program.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { exists } from "../../support/fixtures/tree.ts";

Deno.test("checkRuntime(): refuses what is not the one that is known", () => {
  const runtime = new TextEncoder().encode("abc");
  const known =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  checkRuntime(runtime, known);
  for (const other of [runtime.subarray(1), new Uint8Array()]) {
    assertThrows(() => checkRuntime(other, known), Error, "Refusing a runtime");
  }
});

Deno.test("findTarget(): knows each target and the name of its executable", () => {
  assertEquals(TARGETS.length, 6);
  for (const target of TARGETS) {
    assertEquals(findTarget(target.triple), target);
    const isWindows = target.triple.includes("windows");
    assertEquals(target.executable, isWindows ? "seacp.exe" : "seacp");
  }
  assertThrows(() => findTarget("riscv64"), RangeError, "aarch64-apple-darwin");
});

const { links = [], ...config }: BuildConfig = project;

Deno.test("withPublished(): takes the stand-ins away, and nothing else", () => {
  assertEquals(withPublished({ ...config, links: ["./stand-in"] }), {
    ...config,
    lock: { path: "deno.lock", frozen: false },
  });
});

Deno.test("deno.json: each dependency has one exact version", () => {
  for (const [name, specifier] of Object.entries(config.imports)) {
    assertMatch(
      specifier,
      /^(jsr:@std|npm:(@[^@/]+\/)?)[^@]*@\d+\.\d+\.\d+$/,
      name,
    );
  }
});

Deno.test("deno.json: each stand-in has the version of its package", () => {
  for (const link of links) {
    const text = Deno.readTextFileSync(new URL(`${link}/deno.json`, root));
    const { name, version } = JSON.parse(text);
    assertEquals(config.imports[name], `jsr:${name}@${version}`);
  }
});

/** Compiles a file where Deno's server cannot be reached, and says how it went. */
const COMPILE = `
import { compileExecutable } from "${
  import.meta.resolve("../../../scripts/build/executable.ts")
}";
try {
  await compileExecutable(
    { entry: new URL("entry.js", import.meta.url) },
    {
      triple: Deno.args[0],
      output: new URL("made", import.meta.url),
      official: Deno.args[1] === "official",
    },
  );
  console.log("made");
} catch (error) {
  console.log(error.message);
}
`;

for (
  const [triple, kind, expected] of [
    [
      "x86_64-unknown-linux-gnu",
      "official",
      "Deno's runtime for x86_64-unknown-linux-gnu cannot be downloaded, " +
      "and a release takes no other\n",
    ],
    [
      "aarch64-pc-windows-msvc",
      "any",
      "Deno's runtime for aarch64-pc-windows-msvc cannot be downloaded, " +
      "and the npm registry has none\n",
    ],
  ] as const
) {
  Deno.test(`compileExecutable(): for ${triple} without Deno's server, ${kind}, fails and leaves nothing`, async () => {
    using directory = new TempDirectory();
    Deno.writeTextFileSync(`${directory.path}/compile.ts`, COMPILE);
    Deno.writeTextFileSync(`${directory.path}/entry.js`, "");
    Deno.writeTextFileSync(`${directory.path}/made`, "older");
    const outcome = await runProgram(
      [
        ...[Deno.execPath(), "run", "-A", "--quiet", "--no-config"],
        ...[`${directory.path}/compile.ts`, triple, kind],
      ],
      {
        env: {
          // No runtime is known there from earlier, and nobody listens. Deno links
          // itself into this directory, which Windows then removes only after its end.
          DENO_DIR: fileURLToPath(new URL("without-runtimes/", dist)),
          HTTPS_PROXY: "http://127.0.0.1:9",
        },
      },
    );
    assertEquals(outcome, { status: 0, stdout: expected, stderr: "" });
    assertEquals(exists(`${directory.path}/made`), false);
  });
}

Deno.test("compileExecutable(): for a release refuses a runtime from elsewhere", async () => {
  using directory = new TempDirectory();
  const before = Deno.env.get("DENORT_BIN");
  Deno.env.set("DENORT_BIN", "/bin/true");
  try {
    await assertRejects(
      () =>
        compileExecutable(
          { entry: pathToFileURL(`${directory.path}/entry.js`) },
          {
            triple: "x86_64-unknown-linux-gnu",
            output: pathToFileURL(`${directory.path}/made`),
            official: true,
          },
        ),
      Error,
      "unset DENORT_BIN",
    );
  } finally {
    if (before === undefined) Deno.env.delete("DENORT_BIN");
    else Deno.env.set("DENORT_BIN", before);
  }
});

Deno.test("task build: names every target where it is asked for another one", async () => {
  const { status, stderr } = await runProgram([
    ...[Deno.execPath(), "run", "-A", "--quiet"],
    import.meta.resolve("../../../scripts/build.ts"),
    "--target=sparc-sun-solaris",
  ]);
  assertEquals(status, 1);
  assertStringIncludes(stderr, "Unknown target: sparc-sun-solaris");
  assert(TARGETS.every(({ triple }) => stderr.includes(triple)));
});
