import type { SshSettings } from "../../../lib/options/copy_options.ts";
import { assertEquals } from "@std/assert";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import {
  directCopyArguments,
  type LoginPart,
  markedCommand,
  remoteScpCommand,
  type RemoteScpOptions,
  sftpArguments,
  sshArguments,
} from "../../../lib/ssh/arguments.ts";

/** Options that OpenSSH's scp 10.5 gives ssh before the user's. */
const FIXED =
  "-x -oPermitLocalCommand=no -oClearAllForwardings=yes -oRemoteCommand=none " +
  "-oRequestTTY=no -oControlMaster=no";

type Host = Omit<RemoteLocation, "kind" | "path">;

/** Settings, a login, and the arguments between the fixed options and `--`. */
const CALLS: readonly (readonly [Partial<SshSettings>, Host, string[]])[] = [
  [{}, { host: "far" }, []],
  [{}, { host: "far", user: "bob" }, ["-l", "bob"]],
  [{}, { host: "far", user: "u@v" }, ["-l", "u@v"]],
  [{}, { host: "far", user: "-oX=y" }, ["-l", "-oX=y"]],
  [{ port: 2222 }, { host: "far" }, ["-p", "2222"]],
  [{ port: 2222 }, { host: "far", port: 22 }, ["-p", "22"]],
  [
    { port: 1 },
    { host: "far", user: "bob", port: 65535 },
    ["-p", "65535", "-l", "bob"],
  ],
  [{}, { host: "2001:db8::1" }, []],
  [{}, { host: "" }, []],
  [{}, { host: "-oProxyCommand=evil" }, []],
];

Deno.test("sshArguments(): gives OpenSSH's, the host behind --", () => {
  for (const [settings, location, between] of CALLS) {
    assertEquals(
      sshArguments(
        { program: "ssh", flags: [], ...settings },
        location,
        "scp -t a b",
      ),
      [
        ...FIXED.split(" "),
        "-oForwardAgent=no",
        ...between,
        "--",
        location.host,
        "scp -t a b",
      ],
      JSON.stringify([settings, location]),
    );
  }
});

Deno.test("sshArguments(): puts the user's options where they cannot override others", () => {
  const flags = ["-4", "-o", "ControlMaster=yes", "-A", "-i", "my key"];
  assertEquals(
    sshArguments({ program: "ssh", flags, port: 22 }, { host: "far" }, "scp"),
    [
      ...FIXED.split(" "),
      ...flags,
      "-oForwardAgent=no",
      "-p",
      "22",
      "--",
      "far",
      "scp",
    ],
  );
});

/** Part of an ssh among several, and its options before the user's. */
const PARTS: readonly (readonly [LoginPart, string])[] = [
  [{ kind: "first" }, "-oControlMaster=no"],
  [
    { kind: "master", socket: "/d/0" },
    "-oControlMaster=yes -oControlPath=/d/0 -oControlPersist=no",
  ],
  [{ kind: "silent" }, "-oControlMaster=no -oBatchmode=yes"],
  [
    { kind: "shared", socket: "/d/0" },
    "-oControlMaster=no -oControlPath=/d/0 -oBatchmode=yes -oProxyCommand=false",
  ],
  [
    { kind: "shared" },
    "-oControlMaster=no -oBatchmode=yes -oProxyCommand=false",
  ],
];

Deno.test("sshArguments() and sftpArguments(): put the options of an ssh's part before the user's", () => {
  for (const [part, options] of PARTS) {
    const flags = ["-C", "-J", "jump", "-i", "key"];
    const given = part.kind === "shared"
      ? ["-C", "-o", "ProxyJump=jump", "-i", "key"]
      : flags;
    const before = [
      ...FIXED.split(" ").slice(0, -1),
      ...options.split(" "),
      ...given,
      "-oForwardAgent=no",
    ];
    const settings = { program: "ssh", flags };
    assertEquals(
      sftpArguments(settings, { host: "far" }, part),
      [...before, "-s", "--", "far", "sftp"],
    );
    assertEquals(
      sshArguments(settings, { host: "far" }, "scp -t x", part),
      [...before, "--", "far", "scp -t x"],
    );
  }
});

const NOTHING: RemoteScpOptions = {
  verbose: false,
  recursive: false,
  preserve: false,
  targetIsDirectory: false,
};

const COMMANDS: readonly (readonly [
  string,
  "-t" | "-f",
  string,
  Partial<RemoteScpOptions>,
])[] = [
  ["scp -t .", "-t", ".", {}],
  ["scp -f a b", "-f", "a b", {}],
  ["scp -d -t dir", "-t", "dir", { targetIsDirectory: true }],
  ["scp -d -f dir", "-f", "dir", { targetIsDirectory: true }],
  [
    "scp -v -r -p -t a b",
    "-t",
    "a b",
    { verbose: true, recursive: true, preserve: true },
  ],
  [
    "scp -v -r -p -d -f x",
    "-f",
    "x",
    { targetIsDirectory: true, preserve: true, recursive: true, verbose: true },
  ],
  ["scp -f -- -f", "-f", "-f", {}],
  ["scp -t -- --", "-t", "--", {}],
  ["scp -f ~bob/x", "-f", "~bob/x", {}],
  ["scp -f 'it''s' $HOME *", "-f", "'it''s' $HOME *", {}],
  ["scp -t é\n;x", "-t", "é\n;x", {}],
];

Deno.test("remoteScpCommand(): gives OpenSSH's, the path unchanged", () => {
  for (const [command, role, path, options] of COMMANDS) {
    assertEquals(
      remoteScpCommand(role, path, { ...NOTHING, ...options }),
      command,
    );
  }
});

Deno.test("markedCommand(): prints the marker, then becomes the command", () => {
  assertEquals(
    markedCommand("scp -t -- -a b", "mark-1"),
    "echo mark-1; exec scp -t -- -a b",
  );
});

/** Two hosts, options, and the arguments behind `-n` and the flags. */
const DIRECT: readonly (readonly [
  source: Omit<RemoteLocation, "kind">,
  target: Omit<RemoteLocation, "kind">,
  options: Partial<RemoteScpOptions>,
  args: string[],
])[] = [
  [
    { host: "a", path: "x" },
    { host: "b", path: "y" },
    {},
    ["--", "a", "scp", "x", "b:y"],
  ],
  [
    { host: "a", user: "ann", port: 2222, path: "x y" },
    { host: "b", user: "bob", path: "." },
    {},
    ["-p", "2222", "-l", "ann", "--", "a", "scp", "x y", "bob@b:."],
  ],
  [
    { host: "2001:db8::1", path: "." },
    { host: "2001:db8::2", path: "d/e" },
    {},
    ["--", "2001:db8::1", "scp", ".", "[2001:db8::2]:d/e"],
  ],
  [
    { host: "a", path: "x" },
    { host: "::1", user: "bob", path: "y" },
    {},
    ["--", "a", "scp", "x", "bob@[::1]:y"],
  ],
  [
    { host: "a", path: "x" },
    { host: "b", port: 22, path: "y" },
    { recursive: true, preserve: true, targetIsDirectory: true, verbose: true },
    ["--", "a", "scp -v -r -p -d", "x", "b:y"],
  ],
  [
    { host: "-oProxyCommand=evil", path: "-x" },
    { host: "b", path: "-y" },
    { preserve: true },
    ["--", "-oProxyCommand=evil", "scp -p", "-x", "b:-y"],
  ],
];

Deno.test("directCopyArguments(): gives OpenSSH's, an IPv6 target in brackets", () => {
  for (const [source, target, options, args] of DIRECT) {
    for (const flags of [[], ["-4", "-o", "User=bob", "-v"]]) {
      assertEquals(
        directCopyArguments(
          { program: "ssh", flags, port: 99 },
          { kind: "remote", ...source },
          { kind: "remote", ...target },
          { ...NOTHING, ...options },
        ),
        ["-x", "-oClearAllForwardings=yes", "-n", ...flags, ...args],
        "-P does not apply",
      );
    }
  }
});
