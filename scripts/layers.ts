// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Checks that the rooms of lib/ keep to their order: a file imports its own room
 * and rooms below it, a unit test the room it mirrors and rooms below that.
 * The program's imports are read from `deno info --json`, type imports among
 * them. What only a running copy needs is loaded after its ssh has started.
 */

interface Room {
  /** Path below lib/. */
  readonly path: string;
  /** True where `Deno` and the C library may be named. */
  readonly isEdge?: true;
  /** Packages that no other room may import. */
  readonly packages?: readonly string[];
}

/** The rooms, lowest first. A room inside a room is one of its own. */
const ROOMS: readonly Room[] = [
  { path: "errors.ts" },
  { path: "names/" },
  { path: "location/" },
  { path: "filesystem/" },
  { path: "events/" },
  { path: "options/" },
  { path: "channel/" },
  // WebCrypto cannot hash what comes in parts.
  { path: "digest/", packages: ["node:crypto"] },
  { path: "system/", isEdge: true },
  { path: "disk/", isEdge: true },
  { path: "ssh/", isEdge: true },
  { path: "scp/wire/" },
  { path: "scp/" },
  { path: "sftp/wire/" },
  { path: "sftp/" },
  { path: "tree/" },
  { path: "routes/" },
  { path: "server/" },
  { path: "completion/", isEdge: true },
  { path: "terminal/", isEdge: true },
  { path: "cli/" },
];

/** Modules that start the ssh of a copy. */
const STARTERS = [
  "copy",
  "scp_routes",
  "scp_sessions",
  "sftp_routes",
  "sftp_sessions",
]
  .map((name) => `lib/routes/${name}.ts`);

/** Modules that are loaded behind it, with all that they alone need. */
const LOADED_LATE = [
  "lib/scp/relay.ts",
  "lib/scp/sink.ts",
  "lib/scp/source.ts",
  "lib/sftp/session.ts",
  "lib/sftp/sftp_file_system.ts",
  "lib/tree/copy_tree.ts",
];

/** Calls of main.ts alone. */
const MAIN_ONLY = /\bDeno\.(exit|args|addSignalListener)\b/;

/** Beginnings of the packages that lib may import. */
const PACKAGES = ["jsr:@std/", "npm:ignore@"];

/** Files that are no room's: the standard library's stand-ins. */
const STAND_INS = "lib/std/";

/** Imports of other files, as the text of a module names them. */
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"(\.[^"]+)"/g;

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
    /** True for an import that is made when it is called. */
    readonly isDynamic?: boolean;
  }[];
}

const root = new URL("../", import.meta.url).href;

/** Gives the index of the room that a path below `base` lies in. */
function roomOf(path: string, base: string): number | undefined {
  if (!path.startsWith(base)) return undefined;
  const inside = path.slice(base.length);
  const at = ROOMS.findIndex((room) => inside.startsWith(room.path));
  return at === -1 ? undefined : at;
}

/** Gives the files that a module imports, and the packages. */
function importsOf(module: Module): string[] {
  return (module.dependencies ?? []).map(({ specifier, code, type }) =>
    code?.specifier ?? type?.specifier ?? specifier
  );
}

function checkModule(module: Module): string[] {
  const path = module.specifier.slice(root.length);
  const isCode = path.endsWith(".ts");
  if (!path.startsWith("lib/") || path.startsWith(STAND_INS)) return [];
  const room = roomOf(path, "lib/");
  if (room === undefined) return [`${path}: lies in no room`];
  return isCode
    ? [...checkImports(path, room, module), ...checkText(path)]
    : [];
}

function checkImports(path: string, room: number, module: Module): string[] {
  return importsOf(module).flatMap((target) => {
    if (!target.startsWith(root)) {
      const packages = [...PACKAGES, ...ROOMS[room]!.packages ?? []];
      return packages.some((each) => target.startsWith(each)) ? [] : [
        `${path}: imports ${target}: it may import ${
          packages.join(", ")
        } alone`,
      ];
    }
    return checkOrder(path, room, target.slice(root.length));
  });
}

/** Complains about an import of a room that stands higher in the list. */
function checkOrder(path: string, room: number, target: string): string[] {
  const to = roomOf(target, "lib/");
  if (to === undefined || to <= room) return [];
  return [
    `${path}: imports ${target}: ${ROOMS[to]!.path} stands above ` +
    `${ROOMS[room]!.path} in the list of rooms`,
  ];
}

function checkText(path: string): string[] {
  const code = textOf(path).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const complaints: string[] = [];
  const isEdge = ROOMS[roomOf(path, "lib/")!]!.isEdge === true;
  if (!isEdge && /\bDeno\./.test(code)) {
    complaints.push(`${path}: names Deno, which only edges and main.ts may`);
  }
  if (MAIN_ONLY.test(code)) {
    complaints.push(`${path}: only main.ts exits, reads arguments and signals`);
  }
  return complaints;
}

/**
 * Checks a unit test: what it imports, by way of tests/support too, up to the
 * first file of lib/.
 */
function checkUnitTest(path: string): string[] {
  const room = roomOf(path, "tests/unit/");
  if (room === undefined) return [];
  const complaints: string[] = [];
  const seen = new Set<string>();
  const queue = [path];
  for (let next; (next = queue.pop()) !== undefined;) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const target of relativeImports(next)) {
      if (target.startsWith("tests/")) queue.push(target);
      const via = next === path ? "" : ` (by way of ${next})`;
      complaints.push(
        ...checkOrder(path, room, target).map((each) => each + via),
      );
    }
  }
  return complaints;
}

function relativeImports(path: string): string[] {
  const base = new URL(path, root);
  return Array.from(
    textOf(path).matchAll(IMPORT),
    ([, specifier]) => new URL(specifier!, base).href.slice(root.length),
  ).filter((target) => target.endsWith(".ts"));
}

/** Gives the late modules that a starter loads before its ssh has started. */
function findEarly(modules: readonly Module[]): string[] {
  const loads = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier.slice(root.length),
    dependencies.filter(({ isDynamic }) => isDynamic !== true)
      .flatMap(({ code }) => code?.specifier?.slice(root.length) ?? []),
  ]));
  return STARTERS.flatMap((starter) => {
    const loaded = new Set([starter]);
    // A set gives what is added meanwhile, too.
    for (const path of loaded) loads.get(path)?.forEach((it) => loaded.add(it));
    return LOADED_LATE.filter((late) => loaded.has(late) || !loads.has(late))
      .map((late) => `${starter}: loads ${late} before it starts ssh`);
  });
}

/** Gives the files of the program that main.ts leads to no import of. */
function findUnused(modules: readonly Module[]): string[] {
  const used = new Set(modules.map(({ specifier }) => specifier));
  return [...filesBelow("lib/")]
    .filter((path) => path.endsWith(".ts") && !path.startsWith(STAND_INS))
    .filter((path) => !used.has(root + path))
    .map((path) => `${path}: nothing that main.ts leads to imports it`);
}

/** Gives every cycle of imports among files, as its path. */
function findCycles(modules: readonly Module[]): string[] {
  const imports = new Map(
    modules.map((module) => [module.specifier, importsOf(module)]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (module: string, trail: readonly string[]) => {
    if (trail.includes(module)) {
      const cycle = [...trail.slice(trail.indexOf(module)), module];
      cycles.push(cycle.map((each) => each.slice(root.length)).join(" → "));
      return;
    }
    if (done.has(module)) return;
    for (const next of imports.get(module) ?? []) {
      visit(next, [...trail, module]);
    }
    done.add(module);
  };
  for (const module of imports.keys()) visit(module, []);
  return cycles.map((cycle) => `files import each other: ${cycle}`);
}

function* filesBelow(directory: string): Iterable<string> {
  const entries = Deno.readDirSync(new URL(directory, root));
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* filesBelow(`${directory}${name}/`);
    else yield directory + name;
  }
}

function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

if (import.meta.main) {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "main.ts"],
    cwd: new URL(root),
    stderr: "inherit",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: readonly Module[];
  };
  const own = modules.filter(({ specifier }) => specifier.startsWith(root));
  const tests = [...filesBelow("tests/unit/")]
    .filter((path) => path.endsWith("_test.ts"));
  const complaints = [
    ...own.flatMap(checkModule),
    ...findCycles(own),
    ...findUnused(own),
    ...findEarly(own),
    ...tests.flatMap(checkUnitTest),
  ];
  for (const complaint of complaints) console.error(complaint);
  console.log(
    `layers: ${own.length} files, ${tests.length} unit tests, ` +
      `${complaints.length} complaints`,
  );
  if (complaints.length > 0 || own.length < 2 || tests.length < 2) {
    Deno.exit(1);
  }
}
