import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { unzipSync } from "fflate";
import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import { sha256 } from "../../../scripts/build/sha256.ts";
import { findTarget, TARGETS } from "../../../scripts/build/targets.ts";
import { checkTag, documents, templates } from "../../../scripts/release.ts";
import {
  archiveName,
  packArchive,
  type Packed,
  unpackArchive,
} from "../../../scripts/release/archives.ts";
import {
  type Release,
  releaseAssets,
} from "../../../scripts/release/assets.ts";
import { stamp } from "../../../scripts/release/stamp.ts";
import { onWindows } from "../../support/platform.ts";
import { type Outcome, runProgram } from "../../support/process/program.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));
const DATE = new Date("2026-11-25T12:34:56Z");
const LINUX = findTarget("x86_64-unknown-linux-gnu");
const WINDOWS = findTarget("aarch64-pc-windows-msvc");

const bytes = (text: string) => new TextEncoder().encode(text);

const FILES: readonly Packed[] = [
  { path: "seacp", content: bytes("program"), mode: 0o755 },
  { path: "completions/_seacp", content: bytes("zsh"), mode: 0o644 },
];

/** A release whose executables say what they are for. */
function releaseOf(changes: Partial<Release> = {}): Release {
  return {
    version: "1.2.3",
    releases: "https://example.org/seacp/releases",
    date: DATE,
    documents: documents("1.2.3", DATE),
    templates: templates(),
    targets: TARGETS,
    executable: ({ triple }) => bytes(`for ${triple}`),
    ...changes,
  };
}

function textsOf(release: Release): Map<string, string> {
  const decoder = new TextDecoder();
  return new Map(
    Array.from(
      releaseAssets(release),
      ({ name, content }) => [name, decoder.decode(content)],
    ),
  );
}

Deno.test(
  "packArchive(): makes a tar archive of one directory, owned by nobody here",
  {
    ignore: onWindows, // Its tar tells no whole times.
  },
  async () => {
    using directory = new TempDirectory();
    const path = `${directory.path}/archive.tar.gz`;
    Deno.writeFileSync(path, packArchive(LINUX, FILES, DATE));
    const { status, stdout } = await runProgram(
      ["tar", "-tvzf", path, "--numeric-owner", "--full-time"],
      { env: { TZ: "UTC" } },
    );
    assertEquals(status, 0);
    assertEquals(
      stdout.replaceAll(/ +/g, " "),
      [
        `-rwxr-xr-x 0/0 7 2026-11-25 12:34:56 seacp-${LINUX.triple}/seacp\n`,
        `-rw-r--r-- 0/0 3 2026-11-25 12:34:56 seacp-${LINUX.triple}/completions/_seacp\n`,
      ].join(""),
    );
  },
);

for (const target of [LINUX, WINDOWS]) {
  Deno.test(`unpackArchive(): gives back what packArchive() packed for ${target.triple}`, () => {
    using directory = new TempDirectory();
    unpackArchive(target, packArchive(target, FILES, DATE), directory.path);
    const root = `${directory.path}/seacp-${target.triple}`;
    assertEquals(Deno.readTextFileSync(`${root}/seacp`), "program");
    assertEquals(Deno.readTextFileSync(`${root}/completions/_seacp`), "zsh");
    if (Deno.build.os === "windows") return;
    assertEquals(Deno.statSync(`${root}/seacp`).mode! & 0o777, 0o755);
  });
}

const HERE = findTarget(Deno.build.target);

/** Runs the task on a directory with an archive that holds this as an executable. */
async function startRelease(
  script: string,
  change: (name: string, content: Uint8Array) => Uint8Array = (_, content) =>
    content,
): Promise<Outcome> {
  using directory = new TempDirectory();
  const assets = releaseAssets(releaseOf({
    targets: [HERE],
    templates: new Map(),
    executable: () => bytes(script),
  }));
  for (const { name, content } of assets) {
    Deno.writeFileSync(
      `${directory.path}/${name}`,
      change(name, content),
    );
  }
  return await runProgram([
    ...[Deno.execPath(), "run", "-A", "--quiet"],
    fileURLToPath(import.meta.resolve("../../../scripts/start.ts")),
    `--release=${directory.path}`,
  ]);
}

Deno.test("task start: refuses an archive that is not the one in SHA256SUMS", async () => {
  const archive = archiveName(HERE);
  for (const changed of [archive, "SHA256SUMS"]) {
    const { status, stdout, stderr } = await startRelease(
      "#!/bin/sh\nexit 1\n",
      (name, content) => {
        if (name !== changed) return content;
        if (name === archive) return new Uint8Array([...content, 0]);
        return bytes(` ${new TextDecoder().decode(content)}`);
      },
    );
    assertEquals([status, stdout], [1, ""]);
    assertMatch(
      stderr,
      /is not the one in SHA256SUMS|SHA256SUMS says: {2}[0-9a-f]{64}/,
    );
  }
});

Deno.test("task start: refuses a release that lacks an archive of SHA256SUMS", async () => {
  const { status, stdout, stderr } = await startRelease(
    "#!/bin/sh\nexit 1\n",
    (name, content) =>
      name === "SHA256SUMS"
        ? bytes(
          `${new TextDecoder().decode(content)}${"0".repeat(64)}  b.zip\n`,
        )
        : content,
  );
  assertEquals([status, stdout], [1, ""]);
  assertStringIncludes(stderr, "b.zip");
});

for (
  const [what, version, said] of [
    ["of another version", "9.9.9", "It says:\nseacp 9.9.9\n"],
    ["that does not copy", config.version, "The demonstration failed"],
  ] as const
) {
  Deno.test(`task start: refuses a product ${what}`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const { status, stdout, stderr } = await startRelease(
      `#!/bin/sh\nprintf 'seacp ${version}\\ntarget:    ${HERE.triple}\\n'\n`,
    );
    assertEquals([status, stdout], [1, ""]);
    assertStringIncludes(stderr, said);
  });
}

Deno.test("packArchive(): makes a zip archive for Windows", () => {
  const unpacked = unzipSync(
    new Uint8Array(packArchive(WINDOWS, FILES, DATE)),
  );
  assertEquals(unpacked, {
    [`seacp-${WINDOWS.triple}/seacp`]: new Uint8Array(bytes("program")),
    [`seacp-${WINDOWS.triple}/completions/_seacp`]: new Uint8Array(
      bytes("zsh"),
    ),
  });
});

Deno.test("packArchive(): gives the same bytes in any time zone", async () => {
  const script = `
    import { packArchive } from "${
    import.meta.resolve("../../../scripts/release/archives.ts")
  }";
    import { sha256 } from "${
    import.meta.resolve("../../../scripts/build/sha256.ts")
  }";
    const files = [{ path: "seacp", content: new Uint8Array(9), mode: 0o755 }];
    for (const executable of ["seacp", "seacp.exe"]) {
      const target = { triple: "t", executable };
      console.log(sha256(packArchive(target, files, new Date(${+DATE}))));
    }`;
  using directory = new TempDirectory();
  Deno.writeTextFileSync(`${directory.path}/pack.ts`, script);
  const [here, there] = await Promise.all(
    ["UTC", "Asia/Kathmandu"].map((TZ) =>
      runProgram([
        ...[Deno.execPath(), "run", "-A", "--quiet", "--config"],
        ...[CONFIG, `${directory.path}/pack.ts`],
      ], { env: { TZ } })
    ),
  );
  assertEquals(here!.status, 0, here!.stderr);
  assertEquals(here!.stdout, there!.stdout);
});

Deno.test("releaseAssets(): gives an archive for each target, sums, and what is made of them", () => {
  assertEquals(Array.from(releaseAssets(releaseOf()), ({ name }) => name), [
    "seacp-x86_64-unknown-linux-gnu.tar.gz",
    "seacp-aarch64-unknown-linux-gnu.tar.gz",
    "seacp-x86_64-apple-darwin.tar.gz",
    "seacp-aarch64-apple-darwin.tar.gz",
    "seacp-x86_64-pc-windows-msvc.zip",
    "seacp-aarch64-pc-windows-msvc.zip",
    "SHA256SUMS",
    "install.sh",
    "install.ps1",
    "seacp.rb",
    "seacp.json",
  ]);
});

Deno.test("releaseAssets(): gives the sums that sha256sum finds", {
  ignore: onWindows, // It has no such program.
}, async () => {
  using directory = new TempDirectory();
  for (const { name, content } of releaseAssets(releaseOf())) {
    Deno.writeFileSync(`${directory.path}/${name}`, content);
  }
  const { status, stdout } = await runProgram(
    ["sha256sum", "--check", "--strict", "SHA256SUMS"],
    { cwd: directory.path },
  );
  assertEquals([status, stdout.match(/: OK$/gm)?.length], [0, 6]);
});

Deno.test("A release's formula and manifest name each archive with its sum", () => {
  const assets = [...releaseAssets(releaseOf())];
  const sum = (name: string) =>
    sha256(assets.find((asset) => asset.name === name)!.content);
  const text = textsOf(releaseOf());
  const at = "https://example.org/seacp/releases/download/v1.2.3";
  const formula = text.get("seacp.rb")!;
  const blocks = [...formula.matchAll(/url "(.*)"\n +sha256 "(.*)"/g)];
  assertEquals(
    blocks.map(([_, url, sha]) => [url, sha]).toSorted(),
    TARGETS.filter(({ executable }) => executable === "seacp")
      .map(({ triple }) => `seacp-${triple}.tar.gz`)
      .map((name) => [`${at}/${name}`, sum(name)]).toSorted(),
  );
  assert(formula.includes('homepage "https://example.org/seacp"\n'));
  const { architecture, version } = JSON.parse(text.get("seacp.json")!);
  assertEquals(version, "1.2.3");
  for (const [name, processor] of [["64bit", "x86_64"], ["arm64", "aarch64"]]) {
    const archive = `seacp-${processor}-pc-windows-msvc`;
    assertEquals(architecture[name!], {
      url: `${at}/${archive}.zip`,
      hash: sum(`${archive}.zip`),
      extract_dir: archive,
    });
  }
});

Deno.test("A release's install scripts know where the releases are", () => {
  const text = textsOf(releaseOf());
  for (const name of ["install.sh", "install.ps1"]) {
    const script = text.get(name)!;
    assert(script.includes("https://example.org/seacp/releases"), name);
    assert(!script.includes("@RELEASES@"), name);
  }
});

Deno.test("stamp(): refuses a mark that stands for nothing", () => {
  const given = { version: "1", releases: "r", sums: new Map() };
  assertEquals(stamp("a@b.c @VERSION@ $@ @ {}", given), "a@b.c 1 $@ @ {}");
  for (const mark of ["@VERSIONS@", "@SHA256:none@", "@SHA256@"]) {
    assertThrows(() => stamp(`x ${mark} y`, given), RangeError, mark);
  }
});

Deno.test("documents(): is what an archive holds besides the executable", () => {
  const found = documents("1.2.3", DATE);
  assertEquals(found.map(({ path }) => path), [
    "seacp.1",
    "completions/seacp.bash",
    "completions/_seacp",
    "completions/seacp.fish",
    "completions/seacp.ps1",
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/completions.md",
    "docs/differences.md",
    "docs/json-events.schema.json",
    "docs/performance.md",
    "docs/platforms.md",
    "docs/protocols.md",
    ...["docs/reports.md", "docs/server.md", "docs/verification.md"],
  ]);
  assert(
    found.every(({ content, mode }) => content.length > 100 && mode === 0o644),
  );
});

Deno.test("checkTag(): takes the version's tag on a clean commit with its section", () => {
  const commit = { name: "0123abc", date: DATE };
  const changelog = "# Changelog\n\n## [1.2.3] - 2026-11-25\n";
  const state = { version: "1.2.3", changelog, commit };
  assertEquals(checkTag("v1.2.3", state), commit);
  for (
    const [tag, changes, reason] of [
      ["v1.2.4", {}, "deno.json says 1.2.3"],
      ["1.2.3", {}, "deno.json says 1.2.3"],
      ["v1.2.3", { changelog: "\n## [Unreleased]\n" }, "no section for 1.2.3"],
      ["v1.2.3", { commit: { ...commit, name: "0123abc-dirty" } }, "no commit"],
      ["v1.2.3", { commit: undefined }, "no commit"],
    ] as const
  ) {
    assertThrows(
      () => checkTag(tag, { ...state, ...changes }),
      RangeError,
      reason,
    );
  }
});

Deno.test("documents(): holds every file that README links to", () => {
  const files = documents("1.2.3", new Date(0));
  const paths = files.map(({ path }) => path);
  const { content } = files.find(({ path }) => path === "README.md")!;
  const text = new TextDecoder().decode(content);
  const links = Array.from(
    text.matchAll(/\]\((?!https?:)([^)#]+)/g),
    ([, path]) => path!,
  );
  assert(links.length > 5);
  assertEquals(links.filter((path) => !paths.includes(path)), []);
});
