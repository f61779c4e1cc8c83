/** Failures of an ssh that a new one may make good, by what it said. */

/** Lines of an ssh that could not make its connection, or lost it. */
const LOST = [
  /^ssh: connect to host .*: (?:Connection (?:refused|timed out|reset by peer)|Operation timed out|No route to host|Network is (?:unreachable|down)|Host is (?:unreachable|down))/,
  // sshd drops some of many logins that begin at once (MaxStartups).
  /^(?:kex|ssh)_exchange_identification: /,
  /^banner exchange: /,
  /^Connection (?:closed|reset) by .* port \d+/,
  /^Connection timed out during banner exchange/,
  /^Connection to .* (?:closed by remote host|timed out)/,
  /^Timeout, server .* not responding/,
  /^(?:client_loop|packet_write_wait|Read from remote host)\b/,
  // Unlike "Name or service not known", which stays so.
  /^ssh: Could not resolve hostname .*: (?:Temporary failure in name resolution|Try again)/,
];

/** Lines of an ssh that fails however often it is tried. */
const REFUSED =
  /Permission denied|Host key verification failed|HOST IDENTIFICATION HAS CHANGED|Too many authentication failures|Unable to negotiate|no matching |Bad (?:owner|configuration)|no mutual signature/i;

/** Tells whether a new ssh may get through where one has said these lines. */
export function mayMend(lines: readonly string[]): boolean {
  return lines.some((line) => LOST.some((lost) => lost.test(line))) &&
    !lines.some((line) => REFUSED.test(line));
}
