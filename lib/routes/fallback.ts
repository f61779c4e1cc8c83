import type { Observer } from "../events/copy_event.ts";
import type { Hosts } from "./hosts.ts";
import {
  type Choice,
  otherThan,
  type Protocol,
  PROTOCOL_NAMES,
} from "./protocol_choice.ts";
import type { ConnectOptions, ConnectResult, Route } from "./route.ts";
import type { UnavailableProtocol } from "./unavailable_protocol.ts";

/** Routes of one copy, one for each protocol. */
export type Routes = Readonly<Record<Protocol, Route>>;

/** Tools for a copy that may fall back to the other protocol. */
export interface FallbackContext {
  readonly hosts: Pick<Hosts, "remember" | "otherProtocolHint">;
  readonly observer: Observer;
  readonly interrupted: AbortSignal;
  /** True where a connection that was lost at its start is tried again. */
  readonly mendsLost?: boolean;
}

/**
 * Makes a copy over the protocol that was chosen. Where that is unavailable, and
 * the user named none, falls back to the other one. Reports what fails: both
 * reasons if both protocols are unavailable.
 */
export async function copyWithFallback(
  routes: Routes,
  choice: Choice,
  context: FallbackContext,
): Promise<void> {
  const { protocol, mayChange, isSlower } = choice;
  if (!mayChange) return await copyOverOne(routes, choice, context);
  const { hosts, observer, interrupted } = context;
  const other = otherThan(protocol);
  const fallback = new Fallback(routes[other]);
  const first = await run(
    await routes[protocol].connect({
      ...fallback.options,
      faster: isSlower ? routes[other] : undefined,
    }),
  );
  if (first === undefined || interrupted.aborted) return;
  if (first.wasLost && context.mendsLost && !fallback.hasResult) {
    return reportUnavailable(first, first.reason, context);
  }
  const result = await fallback.connect();
  const isCertain = result.kind === "connected" && result.isCertain;
  const reportFallback = async () => {
    await hosts.remember(first, protocol);
    observer.report({
      kind: "host",
      hosts: [first.location.host],
      protocol: PROTOCOL_NAMES[other],
      reason: first.reason,
      isFallback: true,
    });
    observer.report({
      kind: "warning",
      message: `${first.location.host}: ${first.reason}: ` +
        `going on over ${PROTOCOL_NAMES[other]}`,
    });
  };
  if (isCertain) await reportFallback();
  const second = await run(result);
  if (result.kind === "failed" || interrupted.aborted) return;
  if (second === undefined) {
    return isCertain ? undefined : await reportFallback();
  }
  const reasons = { [protocol]: first, [other]: second } as Reasons;
  observer.report({
    kind: "failure",
    message: bothUnavailable(reasons),
    host: first.location.host,
    isConnection: true,
  });
}

async function copyOverOne(
  routes: Routes,
  { protocol, need }: Choice,
  context: FallbackContext,
): Promise<void> {
  const { hosts, interrupted } = context;
  const unavailable = await run(await routes[protocol].connect({}));
  if (unavailable === undefined || interrupted.aborted) return;
  const hint = need === undefined
    ? hosts.otherProtocolHint(protocol)
    : `: ${need}`;
  reportUnavailable(unavailable, unavailable.reason + hint, context);
}

/** Reports a protocol that did not begin, over which nothing is copied for now. */
function reportUnavailable(
  { location: { host }, wasLost }: UnavailableProtocol,
  reason: string,
  { observer, mendsLost }: FallbackContext,
): void {
  observer.report({
    kind: "failure",
    message: `${host}: ${reason}`,
    host,
    isConnection: true,
    ...(wasLost && mendsLost ? { mendable: "login" } : {}),
  });
}

/** Makes a copy whose hosts are connected; gives the reason if there was none. */
async function run(
  result: ConnectResult,
): Promise<UnavailableProtocol | undefined> {
  switch (result.kind) {
    case "connected":
      return await result.run();
    case "unavailable":
      return result;
    case "failed":
      return undefined;
    default:
      return result satisfies never;
  }
}

type Reasons = Readonly<Record<Protocol, UnavailableProtocol>>;

function bothUnavailable({ scp, sftp }: Reasons): string {
  const hosts = new Set([scp.location.host, sftp.location.host]);
  const reasonOf = ({ location, reason }: UnavailableProtocol): string =>
    hosts.size > 1 ? `${location.host}: ${reason}` : reason;
  return `${[...hosts].join(", ")}: neither protocol begins: ` +
    `SCP: ${reasonOf(scp)}; SFTP: ${reasonOf(sftp)}`;
}

/** The other protocol, which connects while the first one is silent, or after it. */
class Fallback {
  readonly #route: Route;
  /** Result of an attempt that the first protocol did not cut short. */
  #result: ConnectResult | undefined;

  constructor(route: Route) {
    this.#route = route;
  }

  /** Options for the first protocol. */
  get options(): ConnectOptions {
    return { onSilence: (spoke) => this.#connectUnless(spoke) };
  }

  async #connectUnless(spoke: Promise<void>): Promise<boolean> {
    const abandoned = new AbortController();
    const connecting = this.#route.connect({ abandoned: abandoned.signal });
    const first = await Promise.race([
      connecting,
      spoke.then(() => undefined),
    ]);
    if (first === undefined) {
      abandoned.abort();
      const late = await connecting;
      if (late.kind === "connected") await late.close();
      return false;
    }
    this.#result = first;
    return first.kind === "connected";
  }

  /** True where it connected beside the first one, or could not. */
  get hasResult(): boolean {
    return this.#result !== undefined;
  }

  /** Gives the result of its attempt; makes one if there was none. */
  async connect(): Promise<ConnectResult> {
    return this.#result ?? await this.#route.connect({});
  }
}
