import { assertEquals } from "@std/assert";
import type { Access } from "../../../lib/filesystem/access.ts";
import {
  serveConfined,
  type Verdict,
} from "../../../lib/server/confined_server.ts";
import { ScriptedPeer } from "../../support/scp/scripted_peer.ts";
import {
  ConfinedPlace,
  confinedTest,
} from "../../support/file_systems/confined.ts";

/** Serves a command on a disk with the files `a.txt` and `b.txt`. */
async function served(
  command: string | undefined,
  peer = new ScriptedPeer(),
  access: Access = "read-write",
  { isTerminal = false } = {},
): Promise<Verdict & { said: string[] }> {
  using place = new ConfinedPlace(access);
  for (const name of ["a.txt", "b.txt"]) {
    Deno.writeTextFileSync(place.at(name), name);
  }
  const said: string[] = [];
  const verdict = await serveConfined(command, {
    channel: peer,
    files: place.disk.files,
    access,
    isTerminal,
    say: (line) => said.push(line),
  });
  peer.assertDone();
  return { ...verdict, said };
}

confinedTest(
  "serveConfined() tells an SCP client by its protocol why it is refused",
  async () => {
    const rows: readonly (readonly [string, Access, string])[] = [
      ["scp -t x", "read-only", "this server is read-only"],
      [
        "scp -f x",
        "write-only",
        "this server only takes files, and shows none",
      ],
      [
        "scp -t x; id",
        "read-write",
        "this server only takes copies by SCP or SFTP",
      ],
    ];
    for (const [command, access, reason] of rows) {
      const peer = new ScriptedPeer().weSay(`\x02seacp: ${reason}\n`);
      assertEquals(await served(command, peer, access), {
        ...{ status: 1, outcome: "refused", reason, said: [] },
      });
      assertEquals(peer.isClosed, true);
    }
  },
);

confinedTest(
  "serveConfined() tells any other client on standard error",
  async () => {
    const reason = "this server only takes copies by SCP or SFTP";
    for (const command of ["id", "rsync --server . /", "sh"]) {
      assertEquals(await served(command, undefined), {
        ...{
          status: 1,
          outcome: "refused",
          reason,
          said: [`seacp: ${reason}`],
        },
      });
    }
  },
);

confinedTest("serveConfined() expands patterns itself", async () => {
  const peer = new ScriptedPeer()
    .peerSays("\0").weSay("C0644 5 a.txt\n")
    .peerSays("\0").weSay("a.txt\0")
    .peerSays("\0").weSay("C0644 5 b.txt\n")
    .peerSays("\0").weSay("b.txt\0")
    .peerSays("\0");
  assertEquals(await served("scp -f *.t?t", peer), {
    ...{ status: 0, outcome: "ok", failures: 0, said: [] },
  });
});

confinedTest(
  "serveConfined() tells of a pattern that matches nothing, and of the first failure",
  async () => {
    const peer = new ScriptedPeer()
      .peerSays("\0")
      .weSay("\x01scp: *.pdf: No such file or directory\n");
    assertEquals(await served("scp -f *.pdf", peer), {
      ...{ status: 1, outcome: "failed", failures: 1 },
      ...{ reason: "*.pdf: No such file or directory", said: [] },
    });
  },
);

confinedTest(
  "serveConfined() serves SFTP where no command is asked for",
  async () => {
    const ended = await served(undefined, new ScriptedPeer().peerEnds());
    assertEquals(ended, { status: 0, outcome: "ok", failures: 0, said: [] });
  },
);

confinedTest(
  "serveConfined() ends a session of SFTP that breaks the protocol",
  async () => {
    const peer = new ScriptedPeer().peerSays("\0\0\0\0");
    assertEquals(await served("internal-sftp", peer), {
      ...{ status: 1, outcome: "failed", failures: 1, said: [] },
      reason: "protocol error: a packet of 0 bytes",
    });
  },
);

confinedTest(
  "serveConfined() takes a login at a terminal for no subsystem",
  async () => {
    const reason = "this server only takes copies by SCP or SFTP";
    assertEquals(
      await served(undefined, undefined, "read-write", { isTerminal: true }),
      { status: 1, outcome: "refused", reason, said: [`seacp: ${reason}`] },
    );
  },
);
