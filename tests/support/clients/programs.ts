/** Clients that are programs: their command lines. */

import { dirname } from "@std/path/dirname";
import { findProgram } from "../../../scripts/peers.ts";
import { SEACP } from "../process/program.ts";
import type { Client, CopyRequest } from "./client.ts";
import type { Site } from "./site.ts";

/** Gives a remote path to a client that passes it to the remote shell as it is. */
function forShell(
  far: string,
  path: string,
  { isPattern }: CopyRequest,
): string {
  // scp -O compares names that come with its pattern: quotes would not fit.
  return isPattern
    ? `${far}/${path}`
    : `${far}/${path}`.replaceAll(/[^\w/.-]/g, "\\$&");
}

/** Gives sources and target, the remote ones after `prefix`. */
function operands(
  request: CopyRequest,
  far: string,
  prefix: string,
): readonly string[] {
  const { direction, sources, target } = request;
  const remote = (path: string) => prefix + forShell(far, path, request);
  return direction === "up"
    ? [...sources, remote(target)]
    : [...sources.map(remote), target];
}

/** Gives the arguments that OpenSSH's `scp -O` and ours have in common. */
function scpArguments(
  site: Site,
  request: CopyRequest,
  far: string,
): readonly string[] {
  const { recursive, preserve, intoDirectory } = request;
  return [
    ...["-O", "-q", "-F", "/dev/null", "-P", String(site.port)],
    ...["-i", site.key, "-oIdentitiesOnly=yes", "-oIdentityAgent=none"],
    ...["-oBatchMode=yes", "-oLogLevel=ERROR"],
    ...[`-oUserKnownHostsFile=${site.knownHosts}`],
    ...["-oGlobalKnownHostsFile=/dev/null", "-oControlPath=none"],
    ...(recursive ? ["-r"] : []),
    ...(preserve ? ["-p"] : []),
    ...(intoDirectory ? ["-d"] : []),
    ...operands(request, far, `${site.user}@127.0.0.1:`),
  ];
}

/** PuTTY's client; it writes into a home directory, which is the site's. */
const pscp: Client = {
  name: "pscp -scp",
  needs: ["pscp", "puttygen"],
  lacks: ["several down", "scp's own"],
  changesTrees:
    "it takes a backslash for a slash, and gives directories no facts",
  command: (site, request, far) => [
    ...["env", `HOME=${dirname(site.puttyKey)}`],
    ...[findProgram("pscp")!, "-scp", "-batch", "-q", "-noagent", "-unsafe"],
    ...["-P", String(site.port), "-l", site.user, "-i", site.puttyKey],
    ...["-hostkey", `SHA256:${site.fingerprint}`],
    ...(request.recursive ? ["-r"] : []),
    ...(request.preserve ? ["-p"] : []),
    ...operands(request, far, "127.0.0.1:"),
  ],
};

/** A client of libssh2, for files alone. */
const curl: Client = {
  name: "curl, with libssh2",
  needs: ["curl"],
  lacks: [
    ...["tree", "preserve", "pattern"] as const,
    ...["several up", "several down", "scp's own"] as const,
  ],
  command: (site, { direction, sources: [source], target }, far) => {
    const isUp = direction === "up";
    const path = `${far}/${isUp ? target : source}`;
    return [
      ...[findProgram("curl")!, "-q", "-sS", "--globoff"],
      ...["--hostpubsha256", `${site.fingerprint}=`],
      ...["--key", site.key, "--pubkey", `${site.key}.pub`],
      ...["--user", `${site.user}:`],
      ...(isUp ? ["-T", source!] : ["-o", target]),
      `scp://127.0.0.1:${site.port}${encodeURI(path)}`,
    ];
  },
};

/** Clients that are programs. */
export const programs: readonly Client[] = [
  {
    name: "OpenSSH's scp -O",
    needs: ["scp"],
    lacks: [],
    command: (...all) => [findProgram("scp")!, ...scpArguments(...all)],
  },
  {
    name: "seacp -O",
    needs: [],
    lacks: [],
    command: (...all) => [...SEACP, ...scpArguments(...all)],
  },
  pscp,
  curl,
];
