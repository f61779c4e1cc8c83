import { assertEquals } from "@std/assert";
import { SshConfiguration } from "../../../lib/ssh/configuration.ts";
import {
  isOpenKeyText,
  type LoginMeans,
  willPrompt,
} from "../../../lib/ssh/prompt_prediction.ts";
import { peerTest } from "../../support/doors.ts";
import { runProgram } from "../../support/process/program.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

/** Means of a login, and a record of those looked for. */
class FakeMeans implements LoginMeans {
  readonly looked: string[] = [];
  readonly #there: readonly string[];

  constructor(there: readonly string[]) {
    this.#there = there;
  }

  #look(what: string): boolean {
    this.looked.push(what);
    return this.#there.includes(what);
  }

  hasTicket = async () => this.#look("ticket");
  hasAgentKey = async (socket: string | undefined) =>
    this.#look(`agent ${socket}`);
  hasOpenKey = (path: string) => this.#look(`key ${path}`);
  hasMaster = async () => this.#look("master");
}

const BASE = "hostname far\n";
const KEYS = "identityfile /a\nidentityfile /b\n";

type Row = readonly [
  sentence: string,
  configuration: string,
  there: readonly string[],
  asks: boolean,
  looked: readonly string[],
];

const ROWS: readonly Row[] = [
  [
    "is true without any means",
    BASE + KEYS,
    [],
    true,
    ["key /a", "key /b", "agent undefined"],
  ],
  [
    "is false with any unencrypted key, and looks no further",
    BASE + KEYS,
    ["key /b"],
    false,
    ["key /a", "key /b"],
  ],
  [
    "is false with an agent's key",
    BASE + KEYS,
    ["agent undefined"],
    false,
    ["key /a", "key /b", "agent undefined"],
  ],
  [
    "is false with a key of the configured agent",
    BASE + "identityagent /s\n",
    ["agent /s"],
    false,
    ["agent /s"],
  ],
  [
    "is true where another agent is configured",
    BASE + "identityagent /s\n",
    ["agent undefined"],
    true,
    ["agent /s"],
  ],
  [
    "is true where no agent may be used",
    BASE + "identityagent none\n",
    ["agent none", "agent undefined"],
    true,
    [],
  ],
  [
    "is true with keys that may not be used",
    BASE + KEYS + "pubkeyauthentication no\n",
    ["key /a", "agent undefined"],
    true,
    [],
  ],
  [
    "is true with keys that may not be used, in the other spelling",
    BASE + KEYS + "pubkeyauthentication false\n",
    ["key /a"],
    true,
    [],
  ],
  [
    "is false with a key that is bound to a host",
    BASE + KEYS + "pubkeyauthentication host-bound\n",
    ["key /a"],
    false,
    ["key /a"],
  ],
  [
    "is true with keys where a password is preferred",
    BASE + KEYS + "preferredauthentications password\n",
    ["key /a", "agent undefined"],
    true,
    [],
  ],
  [
    "is false with a ticket",
    BASE + "gssapiauthentication yes\n",
    ["ticket"],
    false,
    ["agent undefined", "ticket"],
  ],
  [
    "is true with a ticket where GSSAPI is off",
    BASE + "gssapiauthentication no\n",
    ["ticket"],
    true,
    ["agent undefined"],
  ],
  [
    "is true with a ticket where GSSAPI is not preferred",
    BASE + "gssapiauthentication yes\npreferredauthentications password\n",
    ["ticket"],
    true,
    [],
  ],
  [
    "is true without a ticket",
    BASE + "gssapiauthentication yes\n",
    [],
    true,
    ["agent undefined", "ticket"],
  ],
  [
    "is false with host-based authentication",
    BASE + "hostbasedauthentication yes\n",
    [],
    false,
    ["agent undefined"],
  ],
  [
    "is false with a running master",
    BASE + "controlpath /m\n",
    ["master"],
    false,
    ["agent undefined", "master"],
  ],
  [
    "is true with a master that has ended",
    BASE + "controlpath /m\n",
    [],
    true,
    ["agent undefined", "master"],
  ],
  [
    "is true without a path of a master",
    BASE + "controlpath none\n",
    ["master"],
    true,
    ["agent undefined"],
  ],
  ["is false in batch mode", BASE + "batchmode yes\n", [], false, []],
];

for (const [sentence, text, there, asks, looked] of ROWS) {
  Deno.test(`willPrompt(): ${sentence}`, async () => {
    const means = new FakeMeans(there);
    assertEquals(await willPrompt(new SshConfiguration(text), means), asks);
    assertEquals(means.looked, looked);
  });
}

Deno.test("willPrompt(): is false without a configuration", async () => {
  const means = new FakeMeans([]);
  assertEquals(await willPrompt(undefined, means), false);
  assertEquals(means.looked, []);
});

/** Bytes of a key that the program reads. */
const HEAD = 512;

for (
  const options of [
    ["-t", "ed25519"],
    ["-t", "rsa", "-b", "2048"],
    ["-t", "ecdsa"],
    ["-t", "rsa", "-b", "2048", "-m", "PEM"],
    ["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    ["-t", "ecdsa", "-m", "PEM"],
    ["-t", "ecdsa", "-m", "PKCS8"],
  ]
) {
  peerTest(
    `isOpenKeyText(): tells the passphrase of a key by ssh-keygen ${
      options.join(" ")
    }`,
    ["ssh-keygen"],
    async () => {
      for (const [passphrase, isOpen] of [["", true], ["secret", false]]) {
        using directory = new TempDirectory();
        const path = `${directory.path}/key`;
        const { status } = await runProgram([
          "ssh-keygen",
          "-q",
          ...options,
          "-N",
          passphrase as string,
          "-f",
          path,
        ]);
        assertEquals(status, 0);
        const head = Deno.readTextFileSync(path).slice(0, HEAD);
        assertEquals(isOpenKeyText(head), isOpen);
        assertEquals(isOpenKeyText(head.replaceAll("\n", "\r\n")), isOpen);
        assertEquals(
          isOpenKeyText(Deno.readTextFileSync(`${path}.pub`)),
          false,
        );
      }
    },
  );
}

for (
  const [sentence, text] of [
    ["nothing", ""],
    ["a public key", "ssh-ed25519 AAAA comment\n"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"],
    ["an OpenSSH key that is cut", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"],
    ["an OpenSSH key without a body", "-----BEGIN OPENSSH PRIVATE KEY-----"],
    [
      "an OpenSSH key that is no base64",
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${"!".repeat(80)}\n`,
    ],
    ["a PuTTY key", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"],
    [
      "a key behind other text",
      "x\n-----BEGIN RSA PRIVATE KEY-----\nAAAA\n",
    ],
  ] as const
) {
  Deno.test(`isOpenKeyText(): is false for ${sentence}`, () => {
    assertEquals(isOpenKeyText(text), false);
  });
}
