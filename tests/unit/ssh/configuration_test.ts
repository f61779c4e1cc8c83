import { assert, assertEquals } from "@std/assert";
import {
  resolveConfiguration,
  SshConfiguration,
} from "../../../lib/ssh/configuration.ts";
import { peerTest, writeScript } from "../../support/doors.ts";
import { TempDirectory } from "../../support/fixtures/temp_directory.ts";

const TEXT = `\
user bob
hostname far.example
port 22
batchmode no
gssapiauthentication yes
hostbasedauthentication true
canonicalizehostname false
identityfile ~/.ssh/id_rsa
identityfile /keys/my key
proxycommand ssh -W %h:%p jump
canonicaldomains
  user mallory
`;

Deno.test("SshConfiguration: gives values as ssh prints them, in their order", () => {
  for (const text of [TEXT, TEXT.replaceAll("\n", "\r\n"), TEXT.trimEnd()]) {
    const configuration = new SshConfiguration(text);
    assertEquals(configuration.text, text);
    for (
      const [name, values] of [
        ["user", ["bob"]],
        ["hostname", ["far.example"]],
        ["identityfile", ["~/.ssh/id_rsa", "/keys/my key"]],
        ["proxycommand", ["ssh -W %h:%p jump"]],
        ["canonicaldomains", []],
        ["nothing", []],
        ["User", []],
      ] as const
    ) {
      assertEquals([...configuration.all(name)], [...values], name);
      assertEquals(configuration.get(name), values[0], name);
    }
  }
});

Deno.test("SshConfiguration: knows that a keyword is on by either spelling", () => {
  const configuration = new SshConfiguration(TEXT);
  for (
    const [name, isOn] of [
      ["gssapiauthentication", true],
      ["hostbasedauthentication", true],
      ["batchmode", false],
      ["canonicalizehostname", false],
      ["nothing", false],
      ["user", false],
    ] as const
  ) assertEquals(configuration.isOn(name), isOn, name);
});

Deno.test("SshConfiguration: is empty for an empty text", () => {
  assertEquals(new SshConfiguration("").get("hostname"), undefined);
  assertEquals([...new SshConfiguration("\n \nx\n").all("x")], []);
});

peerTest("resolveConfiguration(): asks ssh with the login and all options", [
  "ssh",
], async () => {
  const settings = {
    program: "ssh",
    flags: ["-F", "none", "-oBatchMode=yes"],
    port: 1234,
  };
  const configuration = await resolveConfiguration(settings, {
    host: "far.example",
    user: "bob",
  });
  assertEquals(configuration?.get("hostname"), "far.example");
  assertEquals(configuration?.get("user"), "bob");
  assertEquals(configuration?.get("port"), "1234");
  assertEquals(configuration?.isOn("batchmode"), true);
  const again = await resolveConfiguration(settings, {
    host: "far.example",
    user: "bob",
  });
  assertEquals(again?.text, configuration?.text);
  for (
    const login of [
      { host: "far.example", user: "eve" },
      { host: "near.example", user: "bob" },
      { host: "far.example", user: "bob", port: 4321 },
    ]
  ) {
    const other = await resolveConfiguration(settings, login);
    assert(other !== undefined && other.text !== configuration?.text);
    assertEquals(other.get("port"), String(login.port ?? 1234));
  }
});

peerTest(
  "resolveConfiguration(): gives nothing where ssh prints none",
  ["ssh"],
  async () => {
    for (
      const flags of [["-oNoSuchOption=1"], ["-F", "/no/such/file"]]
    ) {
      const settings = { program: "ssh", flags };
      assertEquals(
        await resolveConfiguration(settings, { host: "far" }),
        undefined,
      );
    }
  },
);

Deno.test("resolveConfiguration(): runs no program but ssh from the PATH", async () => {
  using directory = new TempDirectory();
  const asked = `${directory.path}/asked`;
  const program = writeScript(
    `${directory.path}/ssh`,
    `touch ${asked}\necho hostname far\n`,
  );
  for (const other of [program, "plink", "/usr/bin/ssh", "ssh.exe"]) {
    const settings = { program: other, flags: [] };
    assertEquals(
      await resolveConfiguration(settings, { host: "far" }),
      undefined,
    );
  }
  assertEquals([...Deno.readDirSync(directory.path)].length, 1);
});
