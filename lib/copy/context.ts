import type { LocalFiles } from "../files/local_files.ts";
import type { Reporter } from "../progress/reporter.ts";
import type { FarSide } from "./far_side.ts";
import type { CopyJob } from "./job.ts";

/** What every route of a job works with. */
export interface CopyContext {
  readonly job: CopyJob;
  readonly files: LocalFiles;
  readonly reporter: Reporter;
  readonly farSide: FarSide;
}
