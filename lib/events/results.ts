import type { SkipReason } from "../filesystem/existing_files.ts";
import type { CopyEvent, Observer, Plan, Total } from "./copy_event.ts";

/** Failures for one reason. */
export interface FailureGroup {
  /** Messages of the first ones. */
  readonly messages: readonly string[];
  readonly count: number;
}

/** Most reasons that are kept apart. */
const MOST_GROUPS = 10;

/** Most messages of a reason that are kept. */
export const MOST_MESSAGES = 5;

/** Results of a copy: what arrived, what was passed over, and what failed. */
export class Results implements Observer {
  /** Files that arrived whole. */
  copied = 0;
  /** Length of those, in bytes. */
  bytes = 0;
  /** Files among them that are proven to have arrived as they were sent. */
  verified = 0;
  /** Files among those that were read back for that. */
  readBack = 0;
  /** Files that were not copied, as the user asked. */
  skipped = 0;
  /** Numbers of those by their reasons, in the order in which those came up first. */
  readonly skippedFor = new Map<SkipReason, number>();
  /** Changes that a dry run left out. */
  readonly planned = { files: 0, bytes: 0, directories: 0, links: 0 };
  /** Entries that a filter left out. */
  excluded = 0;
  failures = 0;
  /** Failures of single entries. */
  failedEntries = 0;
  /** True where a session ended, so that not everything was tried. */
  isCut = false;
  /** Amount that was to be copied, as far as it was counted. */
  total: Total | undefined;
  readonly #groups = new Map<string, { messages: string[]; count: number }>();

  report(event: CopyEvent): void {
    switch (event.kind) {
      case "settled":
        if (event.outcome !== "copied") break;
        this.copied++;
        this.bytes += event.file.size;
        if (event.proof !== undefined) this.verified++;
        if (event.proof === "read back") this.readBack++;
        break;
      case "excluded":
        this.excluded++;
        break;
      case "skipped": {
        const { reason } = event;
        this.skipped++;
        this.skippedFor.set(reason, (this.skippedFor.get(reason) ?? 0) + 1);
        break;
      }
      case "planned":
        this.#plan(event);
        break;
      case "counted":
        this.total = event.total;
        break;
      case "failure":
        this.failures++;
        if (event.isConnection || event.endsSession) this.isCut = true;
        else this.failedEntries++;
        this.#group(event.message);
        break;
    }
  }

  #plan(plan: Plan): void {
    switch (plan.action) {
      case "copy":
        this.planned.files++;
        this.planned.bytes += plan.bytes;
        break;
      case "make directory":
        this.planned.directories++;
        break;
      case "make link":
        this.planned.links++;
        break;
    }
  }

  /** Number of files and failures that came up. */
  get count(): number {
    const { files, links } = this.planned;
    return this.copied + files + links + this.skipped + this.failures;
  }

  /** Failures by their reasons, in the order in which those came up first. */
  get groups(): readonly FailureGroup[] {
    return [...this.#groups.values()];
  }

  #group(message: string): void {
    const reason = message.slice(message.lastIndexOf(": ") + 1);
    const known = this.#groups.get(reason);
    if (known !== undefined) {
      known.count++;
      if (known.messages.length < MOST_MESSAGES) known.messages.push(message);
    } else if (this.#groups.size < MOST_GROUPS) {
      this.#groups.set(reason, { messages: [message], count: 1 });
    }
  }
}
