import { asEntryError } from "../errors.ts";
import type { Observer } from "../events/copy_event.ts";
import { rewordedFailures } from "../events/reworded_failures.ts";
import { parseLocation } from "../location/operand.ts";
import { withoutTrailingSlashes } from "../names/names.ts";
import type { CopyJob } from "../options/copy_options.ts";

/** Reason of a system where a directory on the way is missing. */
const MISSING = ": No such file or directory";

/**
 * Gives an observer that adds to the message of a missing target what would make
 * it. With -O a remote scp's words stay as they are: it has no such option.
 */
export function hintingMkdir(
  observer: Observer,
  job: Pick<CopyJob, "target" | "rules" | "options">,
): Observer {
  const hints = hintsFor(job);
  return hints.size === 0 ? observer : rewordedFailures(
    observer,
    (message) => message + (hints.get(message) ?? ""),
  );
}

/** Gives the messages that get a hint, each with that. */
function hintsFor(
  { target, rules, options }: Pick<CopyJob, "target" | "rules" | "options">,
): ReadonlyMap<string, string> {
  const hints = new Map<string, string>();
  const location = locationOf(target, rules);
  const isForeign = location?.kind === "remote" && options.protocol === "scp";
  if (location === undefined || options.makesTarget || isForeign) return hints;
  const label = location.kind === "remote" ? `${location.host}: ` : "";
  const whole = withoutTrailingSlashes(location.path);
  const last = whole.lastIndexOf("/");
  const above = withoutTrailingSlashes(whole.slice(0, Math.max(0, last)));
  // A directory that has to be there may be all that is missing here.
  const mayBeAll = options.targetIsDirectory && location.kind === "local";
  const hasAbove = !mayBeAll && above !== "" && above !== "/" && above !== "~";
  if (!hasAbove && !options.targetIsDirectory) return hints;
  const add = (path: string, hint: string) => {
    // A session over SFTP begins in the home directory.
    for (const shown of [path, path.replace(/^~\/+/, "")]) {
      hints.set(label + shown + MISSING, ` (${hint})`);
    }
  };
  if (hasAbove) add(`${above}/`, "--mkdir makes it");
  for (const path of [location.path, whole]) {
    add(path, `--mkdir makes it${hasAbove ? `, and ${above} above it` : ""}`);
  }
  return hints;
}

function locationOf(
  target: string,
  rules: CopyJob["rules"],
): ReturnType<typeof parseLocation> | undefined {
  try {
    return parseLocation(target, rules);
  } catch (error) {
    // It is reported where the copy reads it.
    asEntryError(error);
    return undefined;
  }
}
