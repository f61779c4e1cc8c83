/**
 * Clients of many makers on our remote side: each finds in it what it finds in
 * the system's scp.
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Client,
  type CopyRequest,
  featuresOf,
} from "../support/clients/client.ts";
import { assertSame } from "../support/clients/assert_same.ts";
import { COPIES, type Copy, LARGE } from "../support/clients/copies.ts";
import { libraries } from "../support/clients/libraries.ts";
import { programs } from "../support/clients/programs.ts";
import { ClientSite, type Site } from "../support/clients/site.ts";
import type { Direction } from "../support/hostile/cut_proxy.ts";
import { peerTest } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { type Outcome, startProgram } from "../support/process/program.ts";
import {
  cutShort,
  describeTree,
  makeTree,
  pattern,
} from "../support/fixtures/tree.ts";

const CLIENTS: readonly Client[] = [...programs, ...libraries];

const NEEDS = ["ssh", "scp", "sshd", "ssh-keygen"];

/** Longest a client may take for a copy, in milliseconds. */
const DEADLINE_MILLISECONDS = 20_000;

const opened = new Map<"seacp" | "system", Promise<ClientSite>>();
Deno.test.afterAll(async () => {
  for (const site of opened.values()) await (await site)[Symbol.asyncDispose]();
});

function openSite(scp: "seacp" | "system"): Promise<ClientSite> {
  const site = opened.get(scp) ?? ClientSite.start(scp);
  opened.set(scp, site);
  return site;
}

/** A place at a site; its door's options are not used. */
function placeAt({ home }: ClientSite): Place {
  return new Place({
    options: [],
    home,
    [Symbol.asyncDispose]: async () => {},
  });
}

/** Runs a client in a place; one that hangs is killed, with status 137. */
async function runClient(
  client: Client,
  place: Place,
  [site, request]: readonly [Site, CopyRequest],
): Promise<Outcome> {
  const [program, ...args] = client.command(site, request, place.far);
  const running = startProgram([program!, ...args], { cwd: place.near });
  const watchdog = setTimeout(
    () => Deno.kill(running.pid, "SIGKILL"),
    DEADLINE_MILLISECONDS,
  );
  const outcome = await running.outcome;
  clearTimeout(watchdog);
  return outcome;
}

/** All that came of a copy, whatever its directories and its site are called. */
interface Copied {
  readonly outcome: Outcome;
  readonly near: readonly string[];
  readonly far: readonly string[];
}

async function copyAt(
  site: ClientSite,
  client: Client,
  copy: Copy,
): Promise<Copied> {
  using place = placeAt(site);
  place.makeNear(copy.near ?? []);
  place.makeFar(copy.far ?? []);
  const outcome = await runClient(client, place, [site.site, copy]);
  if (outcome.status === 0 && !(copy.recursive && client.changesTrees)) {
    await assertSame(place, copy);
  }
  const facts = { modes: true };
  return {
    outcome: withoutPlace(outcome, place),
    near: await describeTree(place.near, facts),
    far: await describeTree(place.far, facts),
  };
}

function withoutPlace(
  { status, stdout, stderr }: Outcome,
  { far, near }: Place,
): Outcome {
  const clean = (text: string) =>
    text.replaceAll(far, "FAR").replaceAll(near, "NEAR");
  return { status, stdout: clean(stdout), stderr: clean(stderr) };
}

for (const client of CLIENTS) {
  const rows = COPIES.filter((copy) =>
    !featuresOf(copy).some((feature) => client.lacks.includes(feature))
  );
  for (const copy of rows) {
    peerTest(
      `foreign clients: ${client.name} finds in seacp what it finds in the system's scp: ` +
        copy.name,
      [...NEEDS, ...client.needs],
      async () => {
        const sites = await Promise.all(
          [openSite("system"), openSite("seacp")],
        );
        const [theirs, ours] = await Promise.all(
          sites.map((site) => copyAt(site, client, copy)),
        );
        assertEquals(ours, theirs);
        const { status, stderr } = ours!.outcome;
        if (copy.fails) assert(status !== 0 && stderr !== "", stderr);
        else assertEquals([status, stderr], [0, ""]);
      },
    );
  }
}

for (const client of CLIENTS) {
  for (const direction of ["up", "down"] as const) {
    peerTest(
      `${client.name} loses the line on the way ${direction}: it fails, ` +
        "seacp ends, and what arrived is a beginning",
      [...NEEDS, ...client.needs],
      () => copyOverCutLine(client, direction),
    );
  }
}

/** Size of a file that no window holds, so that the cut is noticed. */
const LARGER_BYTES = 5_000_000;

/** Bytes that pass before the line is cut: well within the body. */
const CUT_AFTER_BYTES = 150_000;

async function copyOverCutLine(
  client: Client,
  direction: Direction,
): Promise<void> {
  const site = await openSite("seacp");
  await using line = site.cutAfter({ direction, after: CUT_AFTER_BYTES });
  using place = placeAt(site);
  const isUp = direction === "up";
  const [from, to] = isUp ? [place.near, place.far] : [place.far, place.near];
  makeTree(from, [{ ...LARGE, content: pattern(LARGER_BYTES) }]);
  const { status } = await runClient(client, place, [line.site, {
    direction,
    sources: [LARGE.path],
    target: LARGE.path,
  }]);
  assert(status !== 0 && status !== 137, `its status is ${status}`);
  await site.assertNobodyLeft();
  for (const path of cutShort(from, to)) assertEquals(path, LARGE.path);
}
