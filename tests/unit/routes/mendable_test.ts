import { assert } from "@std/assert";
import { mayMend, mayNeedPrompt } from "../../../lib/routes/mendable.ts";

/** What OpenSSH's clients say on their standard error. */
const MENDABLE: readonly string[] = [
  "ssh: connect to host 127.0.0.1 port 1: Connection refused",
  "ssh: connect to host 10.0.0.1 port 22: Connection timed out",
  "ssh: connect to host far port 22: No route to host",
  "ssh: connect to host far port 22: Network is unreachable",
  "ssh: connect to host far port 22: Operation timed out",
  "ssh: Could not resolve hostname far: Temporary failure in name resolution",
  "kex_exchange_identification: Connection closed by remote host",
  "kex_exchange_identification: read: Connection reset by peer",
  "ssh_exchange_identification: Connection closed by remote host",
  "Connection closed by 127.0.0.1 port 2222",
  "Connection reset by 127.0.0.1 port 2222",
  "Connection timed out during banner exchange",
  "Timeout, server far not responding.",
  "client_loop: send disconnect: Broken pipe",
];

const FINAL: readonly string[] = [
  "bob@far: Permission denied (publickey,password).",
  "Host key verification failed.",
  "ssh: Could not resolve hostname far: Name or service not known",
  "Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures",
  "Unable to negotiate with 127.0.0.1 port 22: no matching host key type found.",
  "Bad owner or permissions on /home/bob/.ssh/config",
  "cat: f: No such file or directory",
];

for (const line of MENDABLE) {
  Deno.test(`mayMend(): a new try may help after "${line}"`, () => {
    assert(mayMend(["Welcome", line]));
  });
}

for (const line of FINAL) {
  Deno.test(`mayMend(): no try helps after "${line}"`, () => {
    assert(!mayMend([line]));
  });
}

Deno.test("mayMend(): a refusal counts, however the connection ends", () => {
  for (
    const line of FINAL.slice(0, 6).filter((line) => !line.startsWith("ssh:"))
  ) {
    assert(!mayMend([line, "Connection closed by 127.0.0.1 port 22"]));
  }
});

Deno.test("mayMend(): no try is made where ssh says nothing", () => {
  assert(!mayMend([]));
});

Deno.test("mayNeedPrompt(): tells a refusal, and silence, from a host that is not reached", () => {
  for (
    const line of [
      "user@other: Permission denied (publickey,password).",
      "Host key verification failed.",
      "Received disconnect from 1.2.3.4 port 22:2: Too many authentication failures",
    ]
  ) assert(mayNeedPrompt(["Warning: a banner", line]), line);
  assert(mayNeedPrompt([]));
  for (
    const line of [
      "ssh: connect to host other port 22: Connection refused",
      "ssh: Could not resolve hostname other: Name or service not known",
      "subsystem request failed on channel 0",
    ]
  ) assert(!mayNeedPrompt([line]), line);
});
