import { decodeName } from "../names/name_bytes.ts";
import {
  type LocationRules,
  parsePort,
  type RemoteLocation,
} from "./location.ts";

/**
 * Reads `scp://[user[;params]@]host[:port][/path]`. The path is relative to the
 * home directory; `//path` is absolute. Unlike OpenSSH's, the host may be an
 * IPv6 address in brackets.
 *
 * @returns `undefined` if a part is missing, malformed or undecodable.
 */
export function parseUri(
  uri: string,
  rules: LocationRules,
): RemoteLocation | undefined {
  const match =
    /^scp:\/\/(?:([^@/]*)@)?(\[[^\]/]*\]|[^:/[\]]*)(?::([^/]*))?(?:\/(.*))?$/s
      .exec(uri);
  if (match === null) return undefined;
  const [, userInfo, hostText, portText, pathText] = match;
  const user = userInfo === undefined
    ? undefined
    : decode(userInfo.split(";", 1)[0]!);
  const host = parseHost(hostText!);
  const port = portText === undefined ? undefined : parsePort(portText, rules);
  const path = decode(pathText ?? "");
  if (userInfo !== undefined && !user) return undefined;
  if (portText !== undefined && port === undefined) return undefined;
  if (host === undefined || path === undefined) return undefined;
  return {
    kind: "remote",
    ...(user === undefined ? {} : { user }),
    host,
    ...(port === undefined ? {} : { port }),
    path: path || ".",
  };
}

/** Decodes `%xx` bytes and `+`; `undefined` for bad digits and for NUL. */
function decode(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(text)) return undefined;
  return text.replaceAll("+", " ").replaceAll(
    /(?:%[0-9A-Fa-f]{2})+/g,
    (digits) => decodeName(Uint8Array.fromHex(digits.replaceAll("%", ""))),
  );
}

function parseHost(text: string): string | undefined {
  if (text.startsWith("[")) {
    const [, address, zone] =
      /^\[([0-9A-Fa-f:.]+)(?:%(?:25)?([A-Za-z0-9._-]+))?\]$/.exec(text) ?? [];
    // RFC 6874 encodes the `%` before a zone; ssh takes a plain one.
    return zone === undefined ? address : `${address}%${zone}`;
  }
  return /^\w[\w.-]*$/.test(text) && !text.includes("..")
    ? text.replace(/\.$/, "")
    : undefined;
}
