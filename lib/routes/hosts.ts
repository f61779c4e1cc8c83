import type { Observer } from "../events/copy_event.ts";
import type { RemoteLocation } from "../location/location.ts";
import { loginOf } from "../location/login.ts";
import { isPlainPath } from "../names/remote_path.ts";
import type { CopyOptions, SshSettings } from "../options/copy_options.ts";
import {
  resolveConfiguration,
  type SshConfiguration,
} from "../ssh/configuration.ts";
import { systemMeans, willPrompt } from "../ssh/prompt_prediction.ts";
import type { HostMemory } from "./host_memory.ts";
import {
  type Choice,
  type ChoiceFacts,
  chooseProtocol,
  type Protocol,
  PROTOCOL_NAMES,
} from "./protocol_choice.ts";
import type { UnavailableProtocol } from "./unavailable_protocol.ts";

/** Option by which ssh ends after some silence: 45 seconds, as asked three times. */
const ALIVE = "-oServerAliveInterval=15";

/** Level at which ssh says nothing, as it is set and as `ssh -G` prints it. */
const QUIET_LEVELS: readonly string[] = ["QUIET", "SILENT"];

/** Facts about a copy that do not come from its hosts. */
export type CopyFacts = Omit<
  ChoiceFacts,
  | "named"
  | "lacking"
  | "needsQuoting"
  | "verifies"
  | "hasJobs"
  | "mayRetry"
  | "willAsk"
>;

/** Hosts of a run, and the facts that the choice of a protocol depends on. */
export class Hosts {
  readonly #options: CopyOptions;
  readonly #memory: HostMemory;
  readonly #observer: Observer;
  /** Logins whose ssh would wait for ever on a dead line. */
  readonly #unwatched = new Set<string>();
  /** Configurations of ssh by login; none where ssh was not asked or gave none. */
  readonly #configurations = new Map<
    string,
    Promise<SshConfiguration | undefined>
  >();
  /** Protocols that hosts are known to lack, by login. */
  readonly #lacking = new Map<string, Protocol | undefined>();

  constructor(
    options: CopyOptions,
    { memory, observer }: { memory: HostMemory; observer: Observer },
  ) {
    this.#options = options;
    this.#memory = memory;
    this.#observer = observer;
  }

  /** True where the user named no protocol, so that either may serve. */
  get mayChange(): boolean {
    return this.#options.protocol === undefined;
  }

  /**
   * Chooses and reports the protocol of a copy from or to some locations. Asks ssh
   * for its configuration only where the choice may depend on it.
   *
   * @param expect Called, before ssh is asked whether it will prompt, with the protocol
   * that is chosen where it will not.
   */
  async choose(
    locations: readonly RemoteLocation[],
    copy: CopyFacts,
    expect: (protocol: Protocol) => void = () => {},
  ): Promise<Choice> {
    const { protocol: named } = this.#options;
    const lacking = named === undefined
      ? await this.#lackingAt(locations)
      : new Set<Protocol>();
    const facts = {
      named,
      lacking,
      needsQuoting: locations.some(({ path }) => !isPlainPath(path)),
      verifies: this.#options.verifies === true,
      hasJobs: this.#options.jobs > 1,
      mayRetry: this.#options.retries !== undefined ||
        this.#options.resumes === true,
      ...copy,
      willAsk: false,
    };
    let choice = chooseProtocol(facts);
    const isOpen = choice.mayChange && choice.protocol === "scp" &&
      lacking.size === 0;
    if (isOpen) {
      expect(choice.protocol);
      if (await this.willAsk(locations)) {
        choice = chooseProtocol({ ...facts, willAsk: true });
      }
    }
    this.#report(locations, choice);
    return choice;
  }

  #report(locations: readonly RemoteLocation[], choice: Choice): void {
    this.#observer.report({
      kind: "host",
      hosts: locations.map(({ host }) => host),
      protocol: PROTOCOL_NAMES[choice.protocol],
      reason: choice.reason,
    });
  }

  /**
   * Remembers that a host lacks a protocol, now that the other one has started.
   * Forgets that the host was thought to lack the other one.
   */
  async remember(
    { location, isProven }: UnavailableProtocol,
    protocol: Protocol,
  ): Promise<void> {
    this.#lacking.set(loginOf(location), protocol);
    const configuration = await this.configurationOf(location);
    if (configuration === undefined) return;
    if (isProven) await this.#memory.keep(configuration.text, protocol);
    else await this.#memory.forget(configuration.text);
  }

  /** Gives a hint for a user who named a protocol that is unavailable. */
  otherProtocolHint(protocol: Protocol): string {
    if (this.#options.sftpServer !== undefined) return "";
    return protocol === "scp" ? ": try -s" : ": try -O";
  }

  /** Predicts a question of ssh at a login of one of some locations. */
  async willAsk(locations: readonly RemoteLocation[]): Promise<boolean> {
    const { ssh } = this.#options;
    for (const location of locations) {
      const configuration = await this.configurationOf(location);
      const means = systemMeans(ssh, location);
      if (await willPrompt(configuration, means)) return true;
    }
    return false;
  }

  /** Tells that ssh asks for nothing at any of some locations: it is to be a batch. */
  async areBatches(locations: readonly RemoteLocation[]): Promise<boolean> {
    for (const location of locations) {
      const configuration = await this.configurationOf(location);
      if (configuration?.isOn("batchmode") !== true) return false;
    }
    return true;
  }

  /** Tells that an ssh to one of some locations does not say why it fails. */
  async areQuiet(locations: readonly RemoteLocation[]): Promise<boolean> {
    if (this.#options.ssh.flags.includes("-q")) return true;
    for (const location of locations) {
      const configuration = await this.configurationOf(location);
      const level = configuration?.get("loglevel");
      if (level !== undefined && QUIET_LEVELS.includes(level)) return true;
    }
    return false;
  }

  /** Gives ssh's configuration for a location; `undefined` where it gives none. */
  configurationOf(
    location: RemoteLocation,
  ): Promise<SshConfiguration | undefined> {
    const login = loginOf(location);
    const known = this.#configurations.get(login) ??
      resolveConfiguration(this.#options.ssh, location);
    this.#configurations.set(login, known);
    return known;
  }

  /**
   * Has ssh notice a dead line to some locations, where a new try may follow and
   * neither the user nor the configuration says when.
   */
  async noticeDeadLines(locations: readonly RemoteLocation[]): Promise<void> {
    if (this.#options.retries === undefined) return;
    for (const location of locations) {
      const configuration = await this.configurationOf(location);
      if (configuration?.get("serveraliveinterval") !== "0") continue;
      this.#unwatched.add(loginOf(location));
    }
  }

  /** Gives the settings of ssh for a location. */
  sshFor(location: RemoteLocation): SshSettings {
    const { ssh } = this.#options;
    return this.#unwatched.has(loginOf(location))
      ? { ...ssh, flags: [...ssh.flags, ALIVE] }
      : ssh;
  }

  /** Gives the protocols that one of some locations is known to lack. */
  async #lackingAt(
    locations: readonly RemoteLocation[],
  ): Promise<ReadonlySet<Protocol>> {
    const known = await Promise.all(
      locations.map((location) => this.#lackingOf(location)),
    );
    return new Set(known.filter((protocol) => protocol !== undefined));
  }

  async #lackingOf(location: RemoteLocation): Promise<Protocol | undefined> {
    const login = loginOf(location);
    if (this.#lacking.has(login)) return this.#lacking.get(login);
    // Most users have no such host: ssh need not be asked which one this is.
    const configuration = this.#memory.isEmpty
      ? undefined
      : await this.configurationOf(location);
    const lacking = configuration &&
      await this.#memory.lacking(configuration.text);
    this.#lacking.set(login, lacking);
    return lacking;
  }
}
