import type { RemoteLocation } from "../location/location.ts";
import type { Observer } from "../events/copy_event.ts";
import type { Absence } from "./absence.ts";
import type { Beginning, Route, Terms } from "./beginning.ts";
import type { Hosts } from "./hosts.ts";
import {
  type Choice,
  otherThan,
  type Protocol,
  PROTOCOL_NAMES,
} from "./protocol_choice.ts";

/** A copy over either protocol. */
export type Routes = Readonly<Record<Protocol, Route>>;

export interface ConversationContext {
  readonly hosts: Pick<Hosts, "remember" | "hintBeside">;
  readonly observer: Observer;
  readonly interrupted: AbortSignal;
}

/**
 * Makes a copy over the protocol that was chosen; where that does not begin, and
 * the user named none, over the other one. Reports what fails: only if neither
 * begins, that, with both reasons.
 */
export async function converse(
  routes: Routes,
  choice: Choice,
  context: ConversationContext,
): Promise<void> {
  const { protocol, mayChange } = choice;
  if (!mayChange) return await converseOverOne(routes, protocol, context);
  const { hosts, observer, interrupted } = context;
  const other = otherThan(protocol);
  const standby = new Standby(routes[other]);
  const absence = await held(await routes[protocol].begin(standby.terms));
  if (absence === undefined || interrupted.aborted) return;
  const next = await standby.beginning();
  const isCertain = next.kind === "begun" && next.isCertain;
  const change = async () => {
    await hosts.remember(absence, protocol);
    observer.report({
      kind: "warning",
      message: `${absence.location.host}: ${absence.why}: ` +
        `going on over ${PROTOCOL_NAMES[other]}`,
    });
  };
  if (isCertain) await change();
  const absenceToo = await held(next);
  if (next.kind === "over" || interrupted.aborted) return;
  if (absenceToo === undefined) return isCertain ? undefined : await change();
  observer.report({
    kind: "failure",
    message: neither({ [protocol]: absence, [other]: absenceToo } as Absences),
    isConnection: true,
  });
}

async function converseOverOne(
  routes: Routes,
  protocol: Protocol,
  { hosts, observer, interrupted }: ConversationContext,
): Promise<void> {
  const absence = await held(await routes[protocol].begin({}));
  if (absence === undefined || interrupted.aborted) return;
  const hint = hosts.hintBeside(protocol);
  observer.report({
    kind: "failure",
    message: `${absence.location.host}: ${absence.why}${hint}`,
    isConnection: true,
  });
}

/** Makes a copy that has begun; gives why there was none. */
async function held(beginning: Beginning): Promise<Absence | undefined> {
  switch (beginning.kind) {
    case "begun":
      return await beginning.run();
    case "absent":
      return beginning;
    case "over":
      return undefined;
    default:
      return beginning satisfies never;
  }
}

type Absences = Readonly<Record<Protocol, Absence>>;

function neither({ scp, sftp }: Absences): string {
  const hosts = new Set<RemoteLocation["host"]>(
    [scp, sftp].map(({ location }) => location.host),
  );
  const reason = ({ location, why }: Absence): string =>
    hosts.size > 1 ? `${location.host}: ${why}` : why;
  return `${[...hosts].join(", ")}: neither protocol begins: ` +
    `SCP: ${reason(scp)}; SFTP: ${reason(sftp)}`;
}

/** The other protocol, which begins while the first one is silent, or after it. */
class Standby {
  readonly #route: Route;
  #beginning: Beginning | undefined;

  constructor(route: Route) {
    this.#route = route;
  }

  /** Terms of the first protocol's beginning. */
  get terms(): Terms {
    return { whileSilent: (spoke) => this.#beginUnless(spoke) };
  }

  async #beginUnless(spoke: Promise<void>): Promise<boolean> {
    const abandoned = new AbortController();
    const beginning = this.#route.begin({ abandoned: abandoned.signal });
    const first = await Promise.race([
      beginning,
      spoke.then(() => undefined),
    ]);
    if (first === undefined) {
      abandoned.abort();
      const late = await beginning;
      if (late.kind === "begun") await late.abandon();
      return false;
    }
    this.#beginning = first;
    return first.kind === "begun";
  }

  /** Gives its beginning; it begins now if it has not. */
  async beginning(): Promise<Beginning> {
    return this.#beginning ?? await this.#route.begin({});
  }
}
