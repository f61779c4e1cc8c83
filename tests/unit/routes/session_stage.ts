import { LocalFileSystem } from "../../../lib/disk/local_file_system.ts";
import { PlannedEntries } from "../../../lib/filesystem/planned_entries.ts";
import { NameCollisions } from "../../../lib/filesystem/name_collisions.ts";
import type { ScpContext } from "../../../lib/routes/scp_routes.ts";
import { ScpSessions } from "../../../lib/routes/scp_sessions.ts";
import type { SftpContext } from "../../../lib/routes/sftp_routes.ts";
import { SftpSessions } from "../../../lib/routes/sftp_sessions.ts";
import { Banners } from "../../../lib/routes/banners.ts";
import { HostMemory } from "../../../lib/routes/host_memory.ts";
import { Hosts } from "../../../lib/routes/hosts.ts";
import type { SessionContext } from "../../../lib/routes/route.ts";
import { Tally } from "../../../lib/events/tally.ts";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import { SshConfiguration } from "../../../lib/ssh/configuration.ts";
import { writeFailure, writeScript } from "../../support/doors.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { RecordingObserver } from "../../support/recording_observer.ts";

export const FAR: RemoteLocation = { kind: "remote", host: "far", path: "x" };
export const OTHER: RemoteLocation = {
  kind: "remote",
  host: "other",
  path: "y",
};

/** Options of a copy for which nothing else is said. */
export const OPTIONS: CopyOptions = {
  recursive: false,
  preserve: false,
  checkNames: true,
  targetIsDirectory: false,
  throughHere: true,
  verbose: false,
  sftpTuning: {},
  lockstep: false,
  jobs: 1,
  share: false,
  ssh: { program: "ssh", flags: [] },
};

/** Job whose ssh is a program of the test, and a record of its reports. */
export class SessionStage extends TempDirectory {
  readonly reported = new RecordingObserver();
  readonly observer = new Tally(this.reported);
  readonly interruption = new AbortController();
  readonly context: SessionContext;

  /** @param write Writes the program to a path; gives the program's path. */
  constructor(
    write: (path: string) => string,
    change: Partial<CopyOptions> = {},
  ) {
    super();
    const ssh = { program: write(`${this.path}/ssh`), flags: [] };
    const options: CopyOptions = { ...OPTIONS, ssh, ...change };
    const { observer } = this;
    this.context = {
      job: {
        sources: [],
        target: "",
        options,
        rules: { platform: "posix", servicePort: () => undefined },
        interrupted: this.interruption.signal,
      },
      observer,
      pacer: undefined,
      banners: new Banners(observer),
      hosts: new Hosts(options, {
        memory: new HostMemory(undefined),
        observer,
      }),
    };
  }
}

/** Hosts of one configuration; of none where its text is empty. */
class KnownHosts extends Hosts {
  text = "";

  override async configurationOf(): Promise<SshConfiguration | undefined> {
    return this.text === "" ? undefined : new SshConfiguration(this.text);
  }
}

/** Stage whose ssh has a configuration, with a key that needs no passphrase. */
export class KeyStage extends SessionStage {
  readonly hosts: KnownHosts;
  readonly keyContext: SessionContext;

  constructor(
    write: (path: string) => string,
    change: Partial<CopyOptions> = {},
  ) {
    super(write, change);
    const { observer, context } = this;
    this.hosts = new KnownHosts(context.job.options, {
      memory: new HostMemory(undefined),
      observer,
    });
    this.keyContext = { ...context, hosts: this.hosts };
    Deno.writeTextFileSync(
      `${this.path}/key`,
      "-----BEGIN RSA PRIVATE KEY-----\n",
    );
    this.configure("");
  }

  /** Sets the configuration to that key and further lines. */
  configure(lines: string): void {
    this.hosts.text = `hostname other\nidentityfile ${this.path}/key\n${lines}`;
  }
}

/** Gives an ssh that is a shell script. */
export function script(body: string): (path: string) => string {
  return (path) => writeScript(path, body);
}

/** Gives an ssh that writes a line to standard error and exits with a status. */
export function saying(
  line: string,
  status: number,
): (path: string) => string {
  return (path) => writeFailure(path, line, status);
}

/** ssh that reaches no host. */
export const BROKEN = saying("ssh: no route", 255);

/** End of a message about such an ssh. */
export const BROKEN_REASON = ": ssh failed (exit status 255)";

/** Gives the tools of routes over SCP and SFTP on a stage, for a local target. */
export function routeContext(
  { context }: SessionStage,
  target = "",
): ScpContext & SftpContext {
  const files = new LocalFileSystem();
  return {
    ...context,
    files,
    rules: undefined,
    planned: new PlannedEntries(),
    settledLinks: new Map(),
    among: new NameCollisions(files, target),
    scpSessions: new ScpSessions(context),
    sftpSessions: new SftpSessions(context),
  };
}
