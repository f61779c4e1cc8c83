import { type Cut, CutProxy } from "../hostile/cut_proxy.ts";
import { Place } from "../fixtures/place.ts";
import type { Outcome } from "../process/program.ts";
import { describeTree } from "../fixtures/tree.ts";
import type { ModeFlag, Server, ServerKind } from "./server.ts";

/** Options that name a protocol, or none. */
export interface Mode {
  readonly name: string;
  readonly flag: ModeFlag;
  /** The only protocol that may be spoken. */
  readonly protocol?: "scp" | "sftp";
}

export const MODES: readonly Mode[] = [
  { name: "by default", flag: "" },
  { name: "with -s", flag: "-s", protocol: "sftp" },
  { name: "with -O", flag: "-O", protocol: "scp" },
];

/** Longest that a copy may take, in seconds. */
const PATIENCE_SECONDS = 40;

/** Exit status of a run that took longer. */
export const TIMED_OUT = 124;

/** Place of one row of the table: a server, and the mode of its copies. */
export class Stage extends Place {
  readonly #server: Server;

  constructor(server: Server, readonly kind: ServerKind, readonly mode: Mode) {
    super(server);
    this.#server = server;
  }

  /** Runs one copy in this mode; it remembers nothing of earlier ones. */
  override async copy(args: readonly string[]): Promise<Outcome> {
    const { flag } = this.mode;
    return await super.copy([...(flag === "" ? [] : [flag]), ...args], {
      wrapper: ["timeout", "--kill-after=5", String(PATIENCE_SECONDS)],
      env: { XDG_CACHE_HOME: this.#server.newDirectory() },
    });
  }

  /** Runs one copy over a line that is cut. */
  async copyCut(cut: Cut, args: readonly string[]): Promise<Outcome> {
    await using proxy = new CutProxy(this.#server.port, cut);
    return await this.copy(["-P", String(proxy.port), ...args]);
  }

  /** Describes what is below a directory, as far as the server keeps it. */
  async describe(root: string): Promise<string[]> {
    const { keeps = "everything", listsTab = "\\t" } = this.kind;
    const lines = await describeTree(root, {
      modes: keeps.startsWith("all") || keeps === "everything",
      times: keeps !== "nothing",
    });
    const hasTimes = keeps === "everything" || keeps === "nothing";
    return lines
      .map((line) => line.replaceAll("\\t", listsTab))
      .map((line) =>
        hasTimes ? line : line.replace(/^(directory.*) \d+ (?=")/, "$1 ")
      );
  }
}
