/** Protocols that a copy can be made over. */
export type Protocol = "scp" | "sftp";

/** The facts that a choice of the protocol depends on. */
export interface ChoiceFacts {
  /** Protocol that an option names: `-O`, or `-s` or `-D`. */
  readonly named?: Protocol | undefined;
  /** Protocols that are known to lack at one of the hosts. */
  readonly lacking: ReadonlySet<Protocol>;
  /** A remote shell would read a path otherwise than it is meant. */
  readonly needsQuoting: boolean;
  /** Files of a source have no length before they are read. */
  readonly isLengthless: boolean;
  /** A directory may lie in what is copied into it, if the hosts are one. */
  readonly mayNest: boolean;
  /** A name that is sent has a line break, which SCP cannot send as it is. */
  readonly hasLineBreak: boolean;
  /** Several sources are sent, whose target may have to be made. */
  readonly sendsSeveral: boolean;
  /** Directories are sent. */
  readonly sendsDirectories: boolean;
  /** ssh will have to ask, so that a second login would ask again. */
  readonly willAsk: boolean;
}

/** Protocol to begin with, and why. */
export interface Choice {
  readonly protocol: Protocol;
  readonly reason: string;
  /** The other one is tried where this one does not begin. */
  readonly mayChange: boolean;
}

/** Chooses the protocol to begin with: the first rule that fits. */
export function chooseProtocol(facts: ChoiceFacts): Choice {
  const { named, lacking, needsQuoting, isLengthless, mayNest } = facts;
  if (named !== undefined) {
    return { protocol: named, reason: "an option names it", mayChange: false };
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
  if (needsQuoting) {
    return found("sftp", "a remote shell would read the path otherwise");
  }
  if (isLengthless) {
    return found("sftp", "files there have no length before they are read");
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
  if (facts.sendsSeveral) {
    return found("sftp", "it makes the target of several sources");
  }
  if (facts.sendsDirectories) {
    return found("sftp", "it sends directories faster");
  }
  if (facts.willAsk) return found("sftp", "ssh will ask, and should ask once");
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
