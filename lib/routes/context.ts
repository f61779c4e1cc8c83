import type { Pacer } from "../channel/paced_channel.ts";
import type { LocalFileSystem } from "../disk/local_file_system.ts";
import type { NameCollisions } from "../filesystem/name_collisions.ts";
import type { Tally } from "../events/tally.ts";
import type { Hosts } from "./hosts.ts";
import type { CopyJob } from "../options/copy_options.ts";
import type { TalkativeShells } from "./talkative_shells.ts";

/** Tools of every dialogue with a host, whatever its protocol. */
export interface DialogueContext {
  readonly job: CopyJob;
  readonly observer: Tally;
  /** Keeps to the rate limit, if there is one. */
  readonly pacer: Pacer | undefined;
  readonly shells: TalkativeShells;
  readonly hosts: Hosts;
}

/** What every route works with. */
export interface RouteContext extends DialogueContext {
  readonly files: LocalFileSystem;
  /** Names that the job's copies put into its target, where that is local. */
  readonly among: NameCollisions;
}
