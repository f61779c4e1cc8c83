import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import { HostMemory } from "../../../lib/routes/host_memory.ts";
import { type CopyFacts, Hosts } from "../../../lib/routes/hosts.ts";
import type { Choice } from "../../../lib/routes/protocol_choice.ts";
import { peerTest } from "../../support/doors.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";
import { FAR, OPTIONS, OTHER } from "./session_stage.ts";

const NO_FACTS: CopyFacts = {
  leavesOut: false,
  makesTarget: false,
  sendsTree: false,
  bringsTree: false,
  hasTwoHosts: false,
  mayNest: false,
  isLengthless: false,
  hasLineBreak: false,
  sendsSeveral: false,
};

/** Options with a program that is asked for no configuration. */
const UNKNOWN: CopyOptions = {
  ...OPTIONS,
  ssh: { program: "not-ssh", flags: [] },
};

/** Options with ssh, which asks for nothing and reads no configuration file. */
const KNOWN: CopyOptions = {
  ...OPTIONS,
  ssh: { program: "ssh", flags: ["-Fnone", "-oBatchMode=yes"] },
};

/** Gives the hosts of a run that keeps its memory in a directory. */
function hostsOf(
  options: CopyOptions,
  directory?: string,
  events: CopyEvent[] = [],
): Hosts {
  return new Hosts(options, {
    memory: new HostMemory(directory),
    observer: { report: (event) => void events.push(event) },
  });
}

function choice(
  protocol: Choice["protocol"],
  reason: string,
  mayChange = true,
): Choice {
  return { protocol, reason, mayChange };
}

const FASTER = choice("scp", "it is the faster one");
const LACKS_SCP = choice("sftp", "the host is known to lack scp");
const LACKS_SFTP = choice("scp", "the host is known to lack SFTP");

Deno.test("Hosts: choose the protocol that the user named, and report it", async () => {
  const events: CopyEvent[] = [];
  const hosts = hostsOf({ ...UNKNOWN, protocol: "sftp" }, undefined, events);
  assertEquals(hosts.mayChange, false);
  assertEquals(
    await hosts.choose([FAR, OTHER], NO_FACTS),
    choice("sftp", "an option names it", false),
  );
  assertEquals(events, [{
    kind: "host",
    hosts: ["far", "other"],
    protocol: "SFTP",
    reason: "an option names it",
  }]);
});

Deno.test("Hosts: choose by the facts of the copy and the paths of the locations", async () => {
  const hosts = hostsOf(UNKNOWN);
  assertEquals(hosts.mayChange, true);
  assertEquals(await hosts.choose([FAR], NO_FACTS), FASTER);
  assertEquals(
    await hosts.choose([FAR], { ...NO_FACTS, sendsTree: true }),
    choice("sftp", "a tree goes up faster over it"),
  );
  assertEquals(
    await hosts.choose([FAR, { ...OTHER, path: "a b" }], NO_FACTS),
    choice("sftp", "a remote shell would read the path otherwise"),
  );
});

/** Hosts that count how often ssh is asked for a configuration. */
class CountingHosts extends Hosts {
  asked = 0;

  override configurationOf(): Promise<undefined> {
    this.asked++;
    return Promise.resolve(undefined);
  }
}

Deno.test("Hosts: ask ssh only where a host may lack a protocol, or a question matters", async () => {
  using directory = new TempDirectory();
  const tree = { ...NO_FACTS, sendsTree: true };
  const askedFor = async (facts: CopyFacts) => {
    const memory = new HostMemory(`${directory.path}/hosts`);
    const hosts = new CountingHosts(UNKNOWN, {
      memory,
      observer: { report: () => {} },
    });
    await hosts.choose([FAR], facts);
    return hosts.asked;
  };
  assertEquals(await askedFor(tree), 0);
  assertEquals(await askedFor(NO_FACTS), 1);
  await new HostMemory(`${directory.path}/hosts`).keep("another host", "sftp");
  assertEquals(await askedFor(tree), 1);
});

Deno.test("Hosts: tell the protocol that is expected before ssh is asked whether it prompts", async () => {
  const hosts = new CountingHosts(UNKNOWN, {
    memory: new HostMemory(undefined),
    observer: { report: () => {} },
  });
  const expected: unknown[] = [];
  const expect = (protocol: Choice["protocol"]) =>
    void expected.push({ protocol, asked: hosts.asked });
  await hosts.choose([FAR], { ...NO_FACTS, sendsTree: true }, expect);
  assertEquals(expected, []);
  await hosts.choose([FAR], NO_FACTS, expect);
  assertEquals(expected, [{ protocol: "scp", asked: 0 }]);
  assertEquals(hosts.asked, 1);
});

Deno.test("Hosts: remember during a run what a host lacks, for its login alone", async () => {
  const hosts = hostsOf(UNKNOWN);
  const unavailable = { location: FAR, reason: "none", isProven: false };
  await hosts.remember(unavailable, "scp");
  assertEquals(await hosts.choose([FAR], NO_FACTS), LACKS_SCP);
  assertEquals(await hosts.choose([OTHER, FAR], NO_FACTS), LACKS_SCP);
  assertEquals(await hosts.choose([OTHER], NO_FACTS), FASTER);
  await hosts.remember(unavailable, "sftp");
  assertEquals(await hosts.choose([FAR], NO_FACTS), LACKS_SFTP);
});

peerTest(
  "Hosts: remember what is proven for later runs, and forget what was wrong",
  ["ssh"],
  async () => {
    using directory = new TempDirectory();
    const memory = `${directory.path}/hosts`;
    const unavailable = { location: FAR, reason: "none" };
    const chosen = () => hostsOf(KNOWN, memory).choose([FAR], NO_FACTS);
    await hostsOf(KNOWN, memory)
      .remember({ ...unavailable, isProven: false }, "scp");
    assertEquals(await chosen(), FASTER);
    await hostsOf(KNOWN, memory)
      .remember({ ...unavailable, isProven: true }, "scp");
    assertEquals(await chosen(), LACKS_SCP);
    await hostsOf(KNOWN, memory)
      .remember({ ...unavailable, isProven: false }, "sftp");
    assertEquals(await chosen(), FASTER);
  },
);

peerTest(
  "configurationOf(): asks ssh, where it is ssh that connects",
  ["ssh"],
  async () => {
    for (
      const [change, isAsked] of [
        [{}, true],
        [{ protocol: "sftp" }, true],
        [{ ssh: { program: "/bin/echo", flags: [] } }, false],
      ] as const
    ) {
      const found = await hostsOf({ ...KNOWN, ...change }).configurationOf(FAR);
      assertEquals(found?.get("hostname"), isAsked ? "far" : undefined);
    }
  },
);

Deno.test("otherProtocolHint(): names the option of the other protocol, but not with -D", () => {
  assertEquals(hostsOf(OPTIONS).otherProtocolHint("scp"), ": try -s");
  assertEquals(hostsOf(OPTIONS).otherProtocolHint("sftp"), ": try -O");
  assertEquals(
    hostsOf({ ...OPTIONS, sftpServer: "/s" }).otherProtocolHint("sftp"),
    "",
  );
});

peerTest(
  "Hosts: have ssh notice a dead line only where a try may follow and nothing else says when",
  ["ssh"],
  async () => {
    const alive = "-oServerAliveInterval=15";
    const flagsOf = async (change: Partial<CopyOptions>, flags: string[]) => {
      const ssh = { program: "ssh", flags: ["-Fnone", ...flags] };
      const hosts = hostsOf({ ...KNOWN, ssh, ...change });
      await hosts.noticeDeadLines([FAR]);
      return hosts.sshFor(FAR).flags.slice(1);
    };
    assertEquals(await flagsOf({}, []), []);
    assertEquals(await flagsOf({ retries: 1 }, []), [alive]);
    const own = "-oServerAliveInterval=60";
    assertEquals(await flagsOf({ retries: 1 }, [own]), [own]);
  },
);

peerTest(
  "Hosts: know from the options and the configuration if ssh asks, and if it says why it fails",
  ["ssh"],
  async () => {
    const factsOf = async (...flags: string[]) => {
      const ssh = { program: "ssh", flags: ["-Fnone", ...flags] };
      const hosts = hostsOf({ ...KNOWN, ssh });
      return [await hosts.areBatches([FAR]), await hosts.areQuiet([FAR])];
    };
    assertEquals(await factsOf(), [false, false]);
    assertEquals(await factsOf("-oBatchMode=yes"), [true, false]);
    assertEquals(await factsOf("-q"), [false, true]);
    assertEquals(await factsOf("-oLogLevel=QUIET"), [false, true]);
  },
);
