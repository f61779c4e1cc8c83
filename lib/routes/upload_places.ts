import { isDotName, withoutTrailingSlashes } from "../names/names.ts";
import { withSlashes } from "../names/remote_path.ts";
import type { RouteContext } from "./route.ts";

/** Source of an upload, and its place below the target. */
interface Root {
  readonly path: string;
  /** Path below the target; empty for the target itself. */
  readonly place: string;
}

/** Places of the files of an upload below its target. */
export class UploadPlaces {
  readonly #context: Pick<RouteContext, "files" | "job">;
  readonly #roots: readonly Root[];

  /** @param isInside True where the target is a directory that the sources go into. */
  constructor(
    paths: readonly string[],
    isInside: boolean,
    context: Pick<RouteContext, "files" | "job">,
  ) {
    this.#context = context;
    this.#roots = paths.map(withoutTrailingSlashes).map((path) => {
      const name = context.files.nameOf(path);
      return { path, place: isInside && !isDotName(name) ? name : "" };
    });
  }

  /** True where no two sources can bring a file to one place. */
  get areDistinct(): boolean {
    const places = new Set(this.#roots.map(({ place }) => place));
    return this.#roots.length === 1 ||
      (places.size === this.#roots.length && !places.has(""));
  }

  /** Gives the places of a file, one for each source that it is in. */
  of(path: string): readonly string[] {
    const { files, job: { rules } } = this.#context;
    return this.#roots.flatMap((root) => {
      if (path === root.path) return [root.place];
      const beginning = files.join(root.path, "");
      if (!path.startsWith(beginning)) return [];
      const rest = path.slice(beginning.length);
      const inside = withSlashes(rest, rules);
      return [root.place === "" ? inside : `${root.place}/${inside}`];
    });
  }
}

/** Tells whether the content of a dot path is copied, straight into the target. */
export function isDotTree(
  paths: readonly string[],
  { files, job }: Pick<RouteContext, "files" | "job">,
): boolean {
  return job.options.recursive &&
    paths.some((path) => isDotName(files.nameOf(path)));
}
