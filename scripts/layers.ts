// deno-lint-ignore-file no-console -- a script talks to whoever runs it
/**
 * Checks that the rooms of the house keep to their layers. Imports are read
 * from `deno info --json`, type imports among them; which file may name `Deno`
 * is read from the text.
 */

interface Room {
  /** Imports point down only: to a lower layer, or to the same room. */
  readonly layer: number;
  readonly name: string;
  /** Whether it may speak to the system itself. */
  readonly usesSystem?: true;
}

const PLAIN: Room = { layer: 0, name: "plain" };
const SYSTEM: Room = { layer: 0, name: "system", usesSystem: true };
const PIPE: Room = { layer: 1, name: "channel", usesSystem: true };
const STORE: Room = { layer: 1, name: "store" };
const ENTRY: Room = { layer: 4, name: "cli" };

/** The first pattern that fits a path tells its room. */
const ROOMS: readonly (readonly [RegExp, Room])[] = [
  [/^main\.ts$/, { layer: 5, name: "main", usesSystem: true }],
  [/^deno\.json$/, PLAIN],
  [/^lib\/std\//, { layer: -1, name: "std" }],
  [/^lib\/cli\/(options|getopt)\.ts$/, PLAIN],
  [/^lib\/cli\//, ENTRY],
  [/^lib\/transfer\//, { layer: 2, name: "transfer" }],
  [/^lib\/copy\//, { layer: 3, name: "copy" }],
  [/^lib\/completions\/shell_names\.ts$/, PLAIN],
  [
    /^lib\/completions\//,
    { layer: 3, name: "completions", usesSystem: true },
  ],
  [/^lib\/server\//, { layer: 3, name: "server", usesSystem: true }],
  [/^lib\/scp\/(messages|harmless)\.ts$/, PLAIN],
  [/^lib\/scp\//, { layer: 2, name: "scp" }],
  [
    /^lib\/sftp\/(\w+_packets|packet_types|attributes|requests|status|wire|greeting)\.ts$/,
    PLAIN,
  ],
  [/^lib\/sftp\//, { layer: 2, name: "sftp" }],
  [/^lib\/ssh\/arguments\.ts$/, PLAIN],
  [/^lib\/ssh\//, { layer: 2, name: "ssh", usesSystem: true }],
  [
    /^lib\/files\/((local|deno|raw)_files|deno_(mode|path)|local_path|attempt|libc|raw_arguments)\.ts$/,
    { layer: 2, name: "local files", usesSystem: true },
  ],
  [
    /^lib\/files\/(store|stored_file|stored_folder|namesakes|local_pattern|path_pattern|find_quietly)\.ts$/,
    STORE,
  ],
  [/^lib\/files\//, PLAIN],
  [
    /^lib\/progress\/(meter|terminal|foreground|reporter)\.ts$/,
    { layer: 2, name: "terminal", usesSystem: true },
  ],
  [/^lib\/progress\//, PLAIN],
  [/^lib\/channel\//, PIPE],
  [/^lib\/location\//, PLAIN],
  [/^lib\/system\//, SYSTEM],
  [/^lib\/errors\.ts$/, PLAIN],
];

/** What only main.ts may do. */
const MAIN_ONLY = /\bDeno\.(exit|args|addSignalListener)\b/;

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

const root = new URL("../", import.meta.url).href;

function roomOf(path: string): Room | undefined {
  return ROOMS.find(([pattern]) => pattern.test(path))?.[1];
}

function isAllowed(from: Room, to: Room): boolean {
  return to.layer < from.layer || to.name === from.name;
}

function checkModule(module: Module): string[] {
  const path = module.specifier.slice(root.length);
  const room = roomOf(path);
  if (room === undefined) return [`${path}: no room is planned for it`];
  if (!path.endsWith(".ts")) return [];
  return [...checkImports(path, room, module), ...checkText(path, room)];
}

function checkImports(path: string, room: Room, module: Module): string[] {
  return (module.dependencies ?? []).flatMap((dependency) => {
    const target = dependency.code?.specifier ?? dependency.type?.specifier ??
      dependency.specifier;
    if (!target.startsWith(root)) {
      return target.startsWith("jsr:@std/") || room.name === "std"
        ? []
        : [`${path}: imports ${target}: only the standard library may be`];
    }
    const targetPath = target.slice(root.length);
    const targetRoom = roomOf(targetPath);
    return targetRoom === undefined || isAllowed(room, targetRoom) ? [] : [
      `${path} (${room.name}) imports ${targetPath} (${targetRoom.name}): ` +
      "imports point down only, and engines and edges not at each other",
    ];
  });
}

function checkText(path: string, room: Room): string[] {
  const code = Deno.readTextFileSync(new URL(path, root))
    .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const complaints: string[] = [];
  if (!room.usesSystem && /\bDeno\./.test(code)) {
    complaints.push(`${path}: only edges, channel, server and main use Deno`);
  }
  if (path !== "main.ts" && MAIN_ONLY.test(code)) {
    complaints.push(`${path}: only main.ts exits, reads arguments and signals`);
  }
  if (room.layer === 0 && /\basync\b|\bawait\b/.test(code)) {
    complaints.push(`${path}: layer 0 runs nothing asynchronous`);
  }
  return complaints;
}

/** Every cycle among the plain files, as its path. */
function findCycles(modules: readonly Module[]): string[] {
  const imports = new Map(modules.map((module) => [
    module.specifier,
    (module.dependencies ?? []).map((dependency) =>
      dependency.code?.specifier ?? dependency.type?.specifier ?? ""
    ),
  ]));
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

/** Files of the program that it does not use. */
function findUnused(modules: readonly Module[]): string[] {
  const used = new Set(modules.map(({ specifier }) => specifier));
  return [...filesBelow("lib/")]
    .filter((path) => path.endsWith(".ts") && !isForTests(path))
    .filter((path) => !used.has(root + path))
    .map((path) => `${path}: nothing that main.ts leads to imports it`);
}

function isForTests(path: string): boolean {
  return path.startsWith("lib/std/assert/");
}

function* filesBelow(folder: string): Iterable<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
    if (isDirectory) yield* filesBelow(`${folder}${name}/`);
    else yield folder + name;
  }
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
  const complaints = [
    ...own.flatMap(checkModule),
    ...findCycles(own),
    ...findUnused(own),
  ];
  for (const complaint of complaints) console.error(complaint);
  console.log(`layers: ${own.length} files, ${complaints.length} complaints`);
  if (complaints.length > 0 || own.length < 2) Deno.exit(1);
}
