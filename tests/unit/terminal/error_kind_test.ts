import { assertEquals } from "@std/assert";
import { errorKind } from "../../../lib/terminal/error_kind.ts";

function kindOf(
  message: string,
  { sshOutput = "", ...fields }: {
    sshOutput?: string;
    path?: string;
    isConnection?: boolean;
    endsSession?: boolean;
  } = {},
): string {
  return errorKind({ kind: "failure", message, ...fields }, sshOutput);
}

Deno.test("errorKind(): goes by the reasons of systems and servers", () => {
  const kinds: readonly (readonly [string, string])[] = [
    ["to/f: No space left on device", "no_space"],
    ["far: f: Disk quota exceeded", "no_space"],
    ["f: Permission denied", "permission"],
    ["f: Read-only file system", "permission"],
    ["scp: f: No such file or directory", "not_found"],
    ["f: File exists", "exists"],
    ["f: interrupted after 5 bytes", "interrupted"],
    ["f: lost connection after 3 of 5 bytes", "connection"],
    [
      "far: f: verification failed: what is there is not what was sent",
      "verify",
    ],
    [
      "f: verification failed: it cannot be read back (Permission denied)",
      "verify",
    ],
    ["far: cannot verify: the server runs no commands", "verify"],
    ["f: Is a directory", "other"],
    ["", "other"],
  ];
  for (const [message, kind] of kinds) assertEquals(kindOf(message), kind);
  assertEquals(
    kindOf("f: the file grew while it was read: 5 of 9 bytes were sent", {
      path: "f",
    }),
    "changed",
  );
});

Deno.test("errorKind(): takes no name for a reason", () => {
  const path = "No such file or directory";
  assertEquals(kindOf(`${path}: Permission denied`, { path }), "permission");
  assertEquals(kindOf(`far: ${path}: Is a directory`, { path }), "other");
});

Deno.test("errorKind(): tells why a connection failed by what ssh said", () => {
  const kinds: readonly (readonly [string, string])[] = [
    ["", "connection"],
    ["bob@far: Permission denied (publickey).\r\n", "auth"],
    ["Received disconnect: Too many authentication failures\n", "auth"],
    ["Host key verification failed.\n", "host_key"],
  ];
  for (const [sshOutput, kind] of kinds) {
    const message = "far: lost connection: ssh failed (exit status 255)";
    assertEquals(kindOf(message, { sshOutput, isConnection: true }), kind);
  }
  assertEquals(
    kindOf("far: neither protocol begins: SCP: no", { isConnection: true }),
    "protocol",
  );
  assertEquals(
    kindOf("far: f: interrupted after 3 of 5 bytes", { isConnection: true }),
    "interrupted",
  );
});

Deno.test("errorKind(): takes the end of a session for a broken protocol", () => {
  const message = 'far: the remote said "x" instead of a record';
  assertEquals(kindOf(message, { endsSession: true }), "protocol");
});
