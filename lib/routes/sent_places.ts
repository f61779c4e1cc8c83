/** Places of the files that a host sends, as its hash script finds them. */

import type { HashBase, HashRequest } from "../digest/hash_script.ts";
import type { MovingFile } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import { withSlashes } from "../names/remote_path.ts";
import type { RouteContext } from "./route.ts";
import { topRules } from "./scp_request.ts";

/** Most operands of one name that are looked into for a file. */
const MOST_OF_A_NAME = 4;

/** Place of a file in what a host sends. */
interface SentPlace {
  /** Name of the topmost entry; absent where the operand is known without it. */
  readonly top: string | undefined;
  /** Path below the topmost entry; empty for that one. */
  readonly inside: string;
}

/** Gives the requests that lead to a file that a host has sent, the likeliest first. */
export function requestsFor(
  { top, inside }: SentPlace,
): readonly HashRequest[] {
  if (top === undefined) return [{ path: inside, base: { kind: "first" } }];
  return Array.from({ length: MOST_OF_A_NAME }, (_, at) => {
    const base: HashBase = { kind: "source", name: top, count: at + 1 };
    return { path: inside, base };
  });
}

/** Splits the path of an entry behind its first name. */
export function split(path: string): { first: string; rest: string } {
  const [first = "", ...rest] = path.split("/");
  return { first, rest: rest.join("/") };
}

/** Tells whether a topmost entry is that of the one operand, whatever its name. */
export function isUnnamed(
  source: RemoteLocation,
  { job }: Pick<RouteContext, "job">,
): boolean {
  const { top, topName } = topRules(source, job.options);
  return top === "content" || topName !== undefined;
}

/** Places on a host of the files that a download has brought. */
export class DownloadPlaces {
  readonly #source: RemoteLocation;
  readonly #target: string;
  readonly #context: Pick<RouteContext, "files" | "job">;
  /** True where the target is a directory that was there. */
  readonly #isInside: boolean;

  private constructor(
    source: RemoteLocation,
    target: string,
    context: Pick<RouteContext, "files" | "job">,
    isInside: boolean,
  ) {
    this.#source = source;
    this.#target = target;
    this.#context = context;
    this.#isInside = isInside;
  }

  /** Looks at the target, before the copy begins. */
  static async find(
    source: RemoteLocation,
    target: string,
    context: Pick<RouteContext, "files" | "job">,
  ): Promise<DownloadPlaces> {
    const found = await context.files.find(target);
    const isInside = found?.kind === "directory";
    return new DownloadPlaces(source, target, context, isInside);
  }

  /** Gives the place of a file by its path here, and the name that it came by. */
  of({ path, name }: Pick<MovingFile, "path" | "name">): SentPlace {
    const { files, job: { rules, options } } = this.#context;
    const isUnknown = isUnnamed(this.#source, this.#context);
    const { top } = topRules(this.#source, options);
    if (path === this.#target) {
      return { top: isUnknown ? undefined : name, inside: "" };
    }
    const below = path.slice(files.join(this.#target, "").length);
    const inside = withSlashes(below, rules);
    // The target is the topmost entry, or its content goes there.
    if (top === "content" || !this.#isInside) return { top: undefined, inside };
    const { first, rest } = split(inside);
    return { top: isUnknown ? undefined : first, inside: rest };
  }
}
