import { assertEquals } from "@std/assert";
import {
  hostsInConfig,
  knownHosts,
} from "../../../lib/completion/ssh_hosts.ts";

/** A configuration, and the hosts it names. */
const CONFIGS: readonly (readonly [string, string[]])[] = [
  ["", []],
  ["Host a", ["a"]],
  ["Host a b  c\n\tHostName d\n", ["a", "b", "c"]],
  ["  hOsT\ta\r\n", ["a"]],
  ["Host=a\nHost = b", ["a", "b"]],
  [`Host "a" 'b' "c`, ["a", "b", "c"]],
  ["Host a # b\n# Host c\nHost d#e", ["a"]],
  ["Host *.x a? !b [c] d* e", ["e"]],
  ["Host a\nHost a b", ["a", "b"]],
  ["Match host a\nHostKeyAlias b\nHostname c\nHosta d", []],
  ["Host 2001:db8::1 名 a_b a-b 1.2.3.4", [
    "2001:db8::1",
    "名",
    "a_b",
    "a-b",
    "1.2.3.4",
  ]],
  [`Host -a $(b) \`c\` d;e f/g \x1b[31mh i\x07 "j k" l@m n\\o (p)`, []],
  [`Host ${"a".repeat(300)}`, []],
];

Deno.test("hostsInConfig(): gives the names on Host lines", () => {
  for (const [text, expected] of CONFIGS) {
    const hosts = hostsInConfig("config", () => [text]);
    assertEquals([...hosts], expected, JSON.stringify(text));
  }
});

Deno.test("hostsInConfig(): reads included files", () => {
  const files: Record<string, string[]> = {
    "config": ["Include one 'two *'\nHost a"],
    "one": ["Host b\n  include config\nInclude missing"],
    "two *": ["Host c", "Host d"],
  };
  const read = (pattern: string) => files[pattern] ?? [];
  assertEquals([...hostsInConfig("config", read)].toSorted(), [..."abcd"]);
});

Deno.test("hostsInConfig(): ends where files include themselves", () => {
  let count = 0;
  const read = () => count++ < 1000 ? ["Include x\nHost a"] : [];
  assertEquals([...hostsInConfig("x", read)], ["a"]);
  assertEquals(count, 17);
});

Deno.test("knownHosts(): gives the names that are not hashed", () => {
  const hosts = knownHosts(`\
# comment a b
a ssh-ed25519 AAAA
b,1.2.3.4,[c]:2222 ssh-rsa AAAA comment
[2001:db8::1]:22,2001:db8::2 ssh-rsa AAAA
|1|abc=|def= ssh-rsa AAAA
@cert-authority *.x,d ssh-rsa AAAA
@revoked e ssh-rsa AAAA
  f\tssh-rsa\tAAAA\r
a ssh-rsa AAAA
g*,!h ssh-rsa AAAA
i
j ssh-rsa
-k,$(l),\x1b[31mm,n;o ssh-rsa AAAA

`);
  assertEquals([...hosts], [
    "a",
    "b",
    "1.2.3.4",
    "c",
    "2001:db8::1",
    "2001:db8::2",
    "d",
    "f",
  ]);
});
