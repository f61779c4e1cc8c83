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

/** Pattern of what ssh says where it was not let in; one that prompts might be. */
const NOT_LET_IN =
  "Permission denied|Host key verification failed|Too many authentication failures";

const NEEDS_PROMPT = new RegExp(NOT_LET_IN);

/** Lines of an ssh that fails however often it is tried. */
const REFUSED = new RegExp(
  `${NOT_LET_IN}|HOST IDENTIFICATION HAS CHANGED|Unable to negotiate|` +
    "no matching |Bad (?:owner|configuration)|no mutual signature",
  "i",
);

/** Tells whether a new ssh may get through where one has said these lines. */
export function mayMend(lines: readonly string[]): boolean {
  return lines.some((line) => LOST.some((lost) => lost.test(line))) &&
    !lines.some((line) => REFUSED.test(line));
}

/** Tells whether ssh might get in with a prompt, by all that it said without one. */
export function mayNeedPrompt(lines: readonly string[]): boolean {
  return lines.length === 0 || lines.some((line) => NEEDS_PROMPT.test(line));
}
