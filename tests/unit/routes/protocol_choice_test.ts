import { assertEquals } from "@std/assert";
import {
  type ChoiceFacts,
  chooseProtocol,
  otherThan,
  type Protocol,
} from "../../../lib/routes/protocol_choice.ts";

const NOTHING_KNOWN: ChoiceFacts = {
  named: undefined,
  lacking: new Set(),
  needsQuoting: false,
  isLengthless: false,
  mayNest: false,
  hasLineBreak: false,
  sendsSeveral: false,
  leavesOut: false,
  makesTarget: false,
  sendsTree: false,
  bringsTree: false,
  hasTwoHosts: false,
  verifies: false,
  hasJobs: false,
  mayRetry: false,
  willAsk: false,
};

const QUICK = "it is the faster one";
const LACKS_SCP = "the host is known to lack scp";
const LACKS_SFTP = "the host is known to lack SFTP";
const QUOTED = "a remote shell would read the path otherwise";
const TREES = "a tree goes up faster over it";
const AT_ONCE = "it logs in to both hosts at once";
const LENGTHLESS = "files there may have no length before they are read";
const NESTED = "it sees a directory that is copied into itself";
const BROKEN = "a name with a line break cannot go over SCP as it is";
const SEVERAL = "it makes the target of several sources";
const FILTERED = "it asks for nothing that is left out";
const ASKS = "ssh will ask, and should ask once";

type Row = readonly [
  sentence: string,
  facts: Partial<ChoiceFacts>,
  protocol: Protocol,
  reason: string,
];

/** Each rule alone, then each before those that come after it. */
const ROWS: readonly Row[] = [
  ["SCP where nothing is known", {}, "scp", QUICK],
  [
    "SFTP where the host lacks scp",
    { lacking: new Set(["scp"]) },
    "sftp",
    LACKS_SCP,
  ],
  [
    "SCP where the host lacks SFTP",
    { lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  [
    "SCP where each of two hosts lacks another one",
    { lacking: new Set(["scp", "sftp"]) },
    "scp",
    QUICK,
  ],
  [
    "SFTP for several connections, before all that a copy is",
    { hasJobs: true, needsQuoting: true, sendsTree: true },
    "sftp",
    "it deals files to --jobs",
  ],
  [
    "SCP for several connections to a host without SFTP",
    { hasJobs: true, lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  [
    "SFTP for a copy that is to go on after a cut",
    { mayRetry: true, hasJobs: true, needsQuoting: true },
    "sftp",
    "it goes on where it was cut",
  ],
  [
    "SCP for such a copy to a host without SFTP",
    { mayRetry: true, lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  [
    "SFTP where files are verified",
    { verifies: true },
    "sftp",
    "it can read back what it verifies",
  ],
  [
    "SCP where files are verified, on a host without SFTP",
    { verifies: true, lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  ["SFTP where some is excluded", { leavesOut: true }, "sftp", FILTERED],
  [
    "SCP where some is excluded, from a host without SFTP",
    { leavesOut: true, lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  ["SFTP where a path needs quotes", { needsQuoting: true }, "sftp", QUOTED],
  ["SFTP for a file of /proc", { isLengthless: true }, "sftp", LENGTHLESS],
  ["SFTP for a target in its source", { mayNest: true }, "sftp", NESTED],
  ["SFTP for a name with a line break", { hasLineBreak: true }, "sftp", BROKEN],
  [
    "SCP for a tree to a host without SFTP",
    { sendsTree: true, lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  ["SFTP for several sources", { sendsSeveral: true }, "sftp", SEVERAL],
  [
    "SFTP for a line break before several sources",
    { hasLineBreak: true, sendsSeveral: true },
    "sftp",
    BROKEN,
  ],
  [
    "SFTP for several sources before a tree",
    { sendsSeveral: true, sendsTree: true },
    "sftp",
    SEVERAL,
  ],
  [
    "SFTP for a target that is made",
    { makesTarget: true, sendsSeveral: true },
    "sftp",
    "it makes the target without a shell",
  ],
  [
    "SFTP for a tree",
    { sendsTree: true },
    "sftp",
    TREES,
  ],
  ["SFTP between two hosts", { hasTwoHosts: true }, "sftp", AT_ONCE],
  [
    "SCP between two hosts where one lacks SFTP",
    { hasTwoHosts: true, lacking: new Set(["sftp"]) },
    "scp",
    LACKS_SFTP,
  ],
  [
    "SFTP for a path between two hosts before their logins",
    { needsQuoting: true, hasTwoHosts: true, willAsk: true },
    "sftp",
    QUOTED,
  ],
  ["SFTP where ssh will ask", { willAsk: true }, "sftp", ASKS],
  [
    "SCP without SFTP although a path needs quotes, and all else",
    {
      lacking: new Set(["sftp"]),
      needsQuoting: true,
      sendsTree: true,
      willAsk: true,
    },
    "scp",
    LACKS_SFTP,
  ],
  [
    "SFTP without scp, for that reason before all others",
    {
      lacking: new Set(["scp"]),
      needsQuoting: true,
      sendsTree: true,
      willAsk: true,
    },
    "sftp",
    LACKS_SCP,
  ],
  [
    "SFTP for a path before a tree and questions",
    { needsQuoting: true, sendsTree: true, willAsk: true },
    "sftp",
    QUOTED,
  ],
  [
    "SFTP for a path before what is lengthless or nested",
    { needsQuoting: true, isLengthless: true, mayNest: true },
    "sftp",
    QUOTED,
  ],
  [
    "SFTP for what is lengthless before what is nested",
    { isLengthless: true, mayNest: true },
    "sftp",
    LENGTHLESS,
  ],
  [
    "SFTP for what is nested before a line break",
    { mayNest: true, hasLineBreak: true },
    "sftp",
    NESTED,
  ],
  [
    "SFTP for a tree before questions",
    { sendsTree: true, willAsk: true },
    "sftp",
    TREES,
  ],
  [
    "SFTP for a path where two hosts lack one each",
    { lacking: new Set(["scp", "sftp"]), needsQuoting: true },
    "sftp",
    QUOTED,
  ],
];

for (const [sentence, facts, protocol, reason] of ROWS) {
  Deno.test(`chooseProtocol(): takes ${sentence}, and may change`, () => {
    assertEquals(
      chooseProtocol({ ...NOTHING_KNOWN, ...facts }),
      { protocol, reason, mayChange: true },
    );
  });

  Deno.test(`chooseProtocol(): takes the one that is named, not ${sentence}, and may not change`, () => {
    for (const named of ["scp", "sftp"] as const) {
      assertEquals(
        chooseProtocol({ ...NOTHING_KNOWN, ...facts, named }),
        { protocol: named, reason: "an option names it", mayChange: false },
      );
    }
  });
}

Deno.test("chooseProtocol(): takes SFTP for a copy that needs it, whatever a host lacks, and may not change", () => {
  const need = "--exclude needs SFTP: a reason";
  assertEquals(
    chooseProtocol({ ...NOTHING_KNOWN, need, lacking: new Set(["sftp"]) }),
    { protocol: "sftp", reason: need, mayChange: false, need },
  );
});

Deno.test("chooseProtocol(): tells that SFTP is slower where ssh will ask and a tree comes", () => {
  const asks = { ...NOTHING_KNOWN, willAsk: true };
  const choice = { protocol: "sftp", reason: ASKS, mayChange: true } as const;
  assertEquals(
    chooseProtocol({ ...asks, bringsTree: true }),
    { ...choice, isSlower: true },
  );
  assertEquals(
    chooseProtocol({ ...asks, bringsTree: true, lacking: new Set(["scp"]) }),
    { ...choice, reason: LACKS_SCP },
  );
  assertEquals(chooseProtocol({ ...NOTHING_KNOWN, bringsTree: true }), {
    protocol: "scp",
    reason: QUICK,
    mayChange: true,
  });
});

Deno.test("otherThan(): gives the other protocol", () => {
  assertEquals(otherThan("scp"), "sftp");
  assertEquals(otherThan("sftp"), "scp");
});
