import type { PlannedDirectory } from "./tree_survey.ts";
import { OUTERMOST } from "./directory_script.ts";
import type { Layout, Level } from "./layout.ts";
import type { SentDirectory } from "./sent_entry.ts";

/** Mode of the private directories, octal. */
const PRIVATE_MODE = 0o700;

/**
 * Layout of a private directory that the directory script has filled with links. A
 * sink that refuses one is in the private directory still.
 */
export class PreparedLayout implements Layout {
  readonly isPrivate = true;
  readonly #prepared: ReadonlyMap<string, PlannedDirectory>;
  readonly #key: string;
  readonly #target: string;

  /**
   * @param key Name of the private directory.
   * @param target Path of the outermost directory, for messages.
   */
  constructor(
    plan: readonly PlannedDirectory[],
    { key, target }: { key: string; target: string },
  ) {
    this.#prepared = new Map(plan.map((planned) => [planned.source, planned]));
    this.#key = key;
    this.#target = target;
  }

  levelsInto(directory: SentDirectory | undefined): readonly Level[] {
    if (directory?.announcement === undefined) return [];
    const { announcement } = directory;
    const planned = this.#prepared.get(directory.path);
    if (planned === undefined) {
      return [
        ...this.levelsInto(directory.above),
        { announcement, directory, isPrepared: false },
      ];
    }
    const { record } = announcement;
    const name = linkNameOf(planned);
    return [
      groupLevel(directory.path, planned.group),
      {
        announcement: { ...announcement, record: { ...record, name } },
        directory,
        isPrepared: true,
      },
    ];
  }

  reworded(message: string): string {
    const at = message.indexOf(this.#key);
    if (at === -1) return message;
    const [, group, rest] =
      /^\/(\d+)(.*)$/s.exec(message.slice(at + this.#key.length)) ?? [];
    if (group === undefined) return message;
    // A message begins with the path, perhaps behind the program's name.
    const [prefix] = /^(?:scp: )?/.exec(message)!;
    return `${prefix}${this.#target}${this.#pathBehind(Number(group), rest!)}`;
  }

  /** Gives the path below the target of what a link's own path ends in. */
  #pathBehind(group: number, rest: string): string {
    const [, name, inside] = /^\/([^/]*)(.*)$/s.exec(rest) ?? [];
    const planned = this.#prepared.values()
      .find((one) => one.group === group && linkNameOf(one) === name);
    return planned === undefined ? rest : `${planned.path}${inside}`;
  }
}

/** Gives the name of the link to a directory, in its group. */
function linkNameOf(
  { group, name }: Pick<PlannedDirectory, "group" | "name">,
): string {
  return group === 0 ? OUTERMOST : name;
}

/** Gives the level of a group, which only leads to its links. */
function groupLevel(path: string, group: number): Level {
  return {
    announcement: {
      path,
      record: { kind: "directory", mode: PRIVATE_MODE, name: String(group) },
      times: undefined,
    },
    directory: undefined,
    isPrepared: true,
  };
}
