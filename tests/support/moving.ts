import type { Observer } from "../../lib/events/copy_event.ts";
import {
  type FileProgress,
  startFile,
} from "../../lib/events/file_progress.ts";

/** Reports that a file of this name, at a path of the same name, begins to move. */
export function moving(
  observer: Observer,
  name: string,
  size: number,
): FileProgress {
  return startFile(observer, { name, path: name, size });
}
