// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Makes a release in `dist/release`: an archive for each target, with Deno's own
 * runtime, their checksums, the install scripts, a Homebrew formula and a Scoop
 * manifest. It publishes nothing.
 *
 *     deno task release --tag=v1.2.3 --releases=https://…/releases
 *
 * With `--trial`, makes the archives and their checksums in `dist/trial`, with the
 * runtimes that can be had, and says in each that it is no release.
 */

import { parseArgs } from "@std/cli/parse-args";
import config from "../deno.json" with { type: "json" };
import { SCRIPTS } from "../lib/completion/answers.ts";
import { build, productsFor } from "./build.ts";
import { checkedOutCommit, type Commit } from "./build/commit.ts";
import { removeIfThere } from "./build/files.ts";
import { NPM_TARGETS } from "./build/npm_runtime.ts";
import { dist, root } from "./build/root.ts";
import { TARGETS } from "./build/targets.ts";
import { manualPage } from "./manual/page.ts";
import type { Packed } from "./release/archives.ts";
import { type Release, releaseAssets } from "./release/assets.ts";
import { refuseArgument, runTask } from "./task.ts";

/** Assets that are made from a text with marks. */
const TEMPLATES: Readonly<Record<string, string>> = {
  "install.sh": "scripts/install.sh",
  "install.ps1": "scripts/install.ps1",
  "seacp.rb": "scripts/release/seacp.rb",
  "seacp.json": "scripts/release/seacp.json",
};

/** Papers of the checkout that go into every archive, so that links lead there. */
const PAPERS: readonly string[] = [
  ...["LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...Array.from(Deno.readDirSync(new URL("docs/", root)), ({ name }) => name)
    .toSorted().map((name) => `docs/${name}`),
];

/** Files of every archive besides the executable. */
export function documents(version: string, date: Date): Packed[] {
  const encoder = new TextEncoder();
  const texts: Readonly<Record<string, string>> = {
    "seacp.1": manualPage({ version, date }),
    "completions/seacp.bash": SCRIPTS.bash,
    "completions/_seacp": SCRIPTS.zsh,
    "completions/seacp.fish": SCRIPTS.fish,
    "completions/seacp.ps1": SCRIPTS.powershell,
    ...Object.fromEntries(PAPERS.map((path) => [path, read(path)])),
  };
  return Object.entries(texts).map(([path, text]) => ({
    path,
    content: encoder.encode(text),
    mode: 0o644,
  }));
}

/** The templates of a release, by the names of what is made from them. */
export function templates(): Map<string, string> {
  return new Map(
    Object.entries(TEMPLATES).map(([name, path]) => [name, read(path)]),
  );
}

/**
 * Checks that what is checked out is what the tag says.
 *
 * @throws {RangeError} With a sentence, if it is not.
 */
export function checkTag(
  tag: string,
  { version, changelog, commit }: {
    readonly version: string;
    readonly changelog: string;
    readonly commit: Commit | undefined;
  },
): Commit {
  if (tag !== `v${version}`) {
    throw new RangeError(`The tag is ${tag}, but deno.json says ${version}`);
  }
  if (!changelog.includes(`\n## [${version}] - `)) {
    throw new RangeError(`CHANGELOG.md has no section for ${version}`);
  }
  if (commit === undefined || commit.name.endsWith("-dirty")) {
    throw new RangeError("What is checked out is no commit as it was made");
  }
  return commit;
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

/** The archive's word on a runtime that is not the one of a release. */
const NOT_A_RELEASE: Packed = {
  path: "NOT-A-RELEASE.txt",
  content: new TextEncoder().encode(
    "This was made for a trial, perhaps with another runtime than a release has.\n",
  ),
  mode: 0o644,
};

/** Order for the assets of a release. */
interface Order {
  readonly triples: readonly string[];
  /** True where only Deno's own runtime will do. */
  readonly official: boolean;
  readonly directory: URL;
  readonly release: Pick<
    Release,
    "version" | "releases" | "date" | "documents" | "templates"
  >;
}

/** Makes the assets of a release in a directory, which holds nothing else then. */
async function makeAssets(
  { triples, official, directory, release }: Order,
): Promise<void> {
  const products = productsFor(triples);
  await build(products, { official });
  removeIfThere(directory);
  Deno.mkdirSync(directory, { recursive: true });
  const assets = releaseAssets({
    ...release,
    targets: products.map(({ target }) => target),
    executable: (target) => {
      const product = products.find((each) => each.target === target)!;
      return Deno.readFileSync(product.output);
    },
  });
  for (const { name, content } of assets) {
    const path = new URL(name, directory);
    Deno.writeFileSync(path, content);
    console.log(path.pathname.slice(root.pathname.length));
  }
}

async function release(tag: string, releases: string): Promise<void> {
  const { version } = config;
  const { date } = checkTag(tag, {
    version,
    changelog: read("CHANGELOG.md"),
    commit: checkedOutCommit(),
  });
  await makeAssets({
    triples: TARGETS.map(({ triple }) => triple),
    official: true,
    directory: new URL("release/", dist),
    release: {
      version,
      releases,
      date,
      documents: documents(version, date),
      templates: templates(),
    },
  });
}

async function makeTrial(): Promise<void> {
  const { version } = config;
  const date = checkedOutCommit()?.date ?? new Date(0);
  await makeAssets({
    triples: NPM_TARGETS,
    official: false,
    directory: new URL("trial/", dist),
    release: {
      version,
      releases: "",
      date,
      documents: [...documents(version, date), NOT_A_RELEASE],
      templates: new Map(),
    },
  });
}

if (import.meta.main) {
  await runTask(async () => {
    const { tag, releases, trial } = parseArgs(Deno.args, {
      string: ["tag", "releases"],
      boolean: ["trial"],
      unknown: refuseArgument,
    });
    if (trial) return await makeTrial();
    if (!tag || !releases) {
      throw new RangeError(
        "--tag=vX.Y.Z and --releases=ADDRESS are needed, or --trial",
      );
    }
    await release(tag, releases.replace(/\/$/, ""));
  });
}
