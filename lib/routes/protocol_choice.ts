/** Protocol that a copy is made over. */
export type Protocol = "scp" | "sftp";

/** Facts that the choice of a protocol depends on. */
export interface ChoiceFacts {
  /** Protocol that an option names: `-O`, or `-s` or `-D`. */
  readonly named?: Protocol | undefined;
  /** Reason why the copy needs SFTP; absent where either protocol will do. */
  readonly need?: string | undefined;
  /** Protocols that one of the hosts is known to lack. */
  readonly lacking: ReadonlySet<Protocol>;
  /** True where a remote shell would change the meaning of a path. */
  readonly needsQuoting: boolean;
  /** True where files of a source may have no length before they are read. */
  readonly isLengthless: boolean;
  /** True where the target may lie in the source, if their hosts are one. */
  readonly mayNest: boolean;
  /** True where a name has a line break, which SCP cannot send as it is. */
  readonly hasLineBreak: boolean;
  /** True where the target is made on the host, and those above it. */
  readonly makesTarget: boolean;
  /** True where several sources are sent, whose target may have to be made. */
  readonly sendsSeveral: boolean;
  /** True where a tree is sent from here to a host. */
  readonly sendsTree: boolean;
  /** True where a tree comes from a host to here. */
  readonly bringsTree: boolean;
  /** True where a host's files go to another one. */
  readonly hasTwoHosts: boolean;
  /** True where some of what a host has may be left out of a download. */
  readonly leavesOut: boolean;
  /** True where each file is verified. */
  readonly verifies: boolean;
  /** True where several connections to a host are asked for. */
  readonly hasJobs: boolean;
  /** True where a copy that is cut is to go on. */
  readonly mayRetry: boolean;
  /** True where ssh will ask, and a second login would ask again. */
  readonly willAsk: boolean;
}

/** Protocol to try first, and the reason. */
export interface Choice {
  readonly protocol: Protocol;
  readonly reason: string;
  /** True where the other one is tried if this one is unavailable. */
  readonly mayChange: boolean;
  /** As in `ChoiceFacts`. */
  readonly need?: string;
  /** True where the other one is faster, if it needs no login of its own. */
  readonly isSlower?: boolean;
}

/** Chooses the protocol to try first, by the first rule that applies. */
export function chooseProtocol(facts: ChoiceFacts): Choice {
  const { named, lacking, needsQuoting, isLengthless, mayNest } = facts;
  if (named !== undefined) {
    return { protocol: named, reason: "an option names it", mayChange: false };
  }
  if (facts.need !== undefined) {
    const { need } = facts;
    return { protocol: "sftp", reason: need, mayChange: false, need };
  }
  const found = (protocol: Protocol, reason: string): Choice => ({
    protocol,
    reason,
    mayChange: true,
  });
  if (lacking.size === 1) {
    return lacking.has("scp")
      ? found("sftp", "the host is known to lack scp")
      : found("scp", "the host is known to lack SFTP");
  }
  if (facts.mayRetry) return found("sftp", "it goes on where it was cut");
  if (facts.hasJobs) return found("sftp", "it deals files to --jobs");
  if (facts.verifies) return found("sftp", "it can read back what it verifies");
  if (facts.leavesOut) {
    return found("sftp", "it asks for nothing that is left out");
  }
  if (needsQuoting) {
    return found("sftp", "a remote shell would read the path otherwise");
  }
  if (isLengthless) {
    return found("sftp", "files there may have no length before they are read");
  }
  if (mayNest) {
    return found("sftp", "it sees a directory that is copied into itself");
  }
  if (facts.hasLineBreak) {
    return found(
      "sftp",
      "a name with a line break cannot go over SCP as it is",
    );
  }
  if (facts.makesTarget) {
    return found("sftp", "it makes the target without a shell");
  }
  if (facts.sendsSeveral) {
    return found("sftp", "it makes the target of several sources");
  }
  if (facts.sendsTree) return found("sftp", "a tree goes up faster over it");
  if (facts.hasTwoHosts) {
    return found("sftp", "it logs in to both hosts at once");
  }
  if (facts.willAsk) {
    const once = found("sftp", "ssh will ask, and should ask once");
    return facts.bringsTree ? { ...once, isSlower: true } : once;
  }
  return found("scp", "it is the faster one");
}

/** Gives the other protocol. */
export function otherThan(protocol: Protocol): Protocol {
  return protocol === "scp" ? "sftp" : "scp";
}

/** Names of the protocols in messages. */
export const PROTOCOL_NAMES: Readonly<Record<Protocol, string>> = {
  scp: "SCP",
  sftp: "SFTP",
};
