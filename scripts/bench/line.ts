import { HOST } from "./copy.ts";
import type { Field } from "./field.ts";
import { LatencyProxy } from "./latency_proxy.ts";

/** A way to the host, with or without a round-trip time, until it is disposed of. */
export class Line implements AsyncDisposable {
  /** The file of ssh's configuration that takes this way, in the field's directory. */
  readonly config: string;
  readonly #proxy: LatencyProxy | undefined;

  /** @param roundTrip What is added to the round-trip time, in milliseconds. */
  constructor(
    { directory, host: { sshd, settings } }: Field,
    roundTrip: number,
  ) {
    if (roundTrip > 0) this.#proxy = new LatencyProxy(sshd.port, roundTrip);
    this.config = `${roundTrip}ms.ssh_config`;
    // Of what is said twice, ssh takes the first.
    Deno.writeTextFileSync(
      `${directory}/${this.config}`,
      `Host ${HOST}
${settings}
  Port ${this.#proxy?.port ?? sshd.port}
  HostKeyAlias [127.0.0.1]:${sshd.port}
  Include "${sshd.config}"
`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy?.[Symbol.asyncDispose]();
  }
}
