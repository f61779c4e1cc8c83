/** Clients of many makers on a server that accepts only copies. */

import { assertEquals } from "@std/assert";
import { assertSame } from "../support/clients/assert_same.ts";
import { type Client, featuresOf } from "../support/clients/client.ts";
import { COPIES } from "../support/clients/copies.ts";
import { libraries } from "../support/clients/libraries.ts";
import { programs } from "../support/clients/programs.ts";
import { SFTP_CLIENTS } from "../support/clients/sftp_clients.ts";
import { ClientSite } from "../support/clients/site.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { peerTestUnless } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { describeTree, pattern } from "../support/fixtures/tree.ts";
import { runProgram } from "../support/process/program.ts";

const CLIENTS: readonly Client[] = [...programs, ...libraries];

const NEEDS = ["ssh", "scp", "sshd", "ssh-keygen"];

/** Gives a place whose remote directory a site serves. */
function placeAt({ home }: ClientSite): Place {
  return new Place({
    options: [],
    home,
    [Symbol.asyncDispose]: async () => {},
  });
}

for (const client of CLIENTS) {
  const copies = COPIES.filter((copy) =>
    !copy.fails &&
    !featuresOf(copy).some((feature) => client.lacks.includes(feature))
  );
  peerTestUnless(lacksLinuxLibrary)(
    `--serve: ${client.name} makes every copy that it can`,
    [...NEEDS, ...client.needs],
    async (context) => {
      await using site = await ClientSite.start("confined");
      for (const copy of copies) {
        await context.step(copy.name, async () => {
          using place = placeAt(site);
          place.makeNear(copy.near ?? []);
          place.makeFar(copy.far ?? []);
          // The home directory is the root.
          const far = place.far.slice(site.home.length);
          const command = client.command(site.site, copy, far);
          const { status, stderr } = await runProgram(command, {
            cwd: place.near,
          });
          assertEquals([status, stderr], [0, ""]);
          if (!(copy.recursive && client.changesTrees)) {
            await assertSame(place, copy);
          }
        });
      }
    },
  );
}

const TREE = [
  { path: "t/a.txt", content: "alpha", mode: 0o640 },
  { path: "t/u/it's b", content: pattern(300_000) },
  { path: "t/u/", mode: 0o750 },
  { path: "t/empty", content: "" },
  { path: "t/", mode: 0o755 },
];

for (const client of SFTP_CLIENTS) {
  peerTestUnless(lacksLinuxLibrary)(
    `--serve: ${client.name} copies over SFTP both ways`,
    [...NEEDS, ...client.needs],
    async () => {
      await using site = await ClientSite.start("confined");
      using place = placeAt(site);
      place.makeNear(client.isForFiles ? TREE.slice(0, 1) : TREE);
      for (const command of client.commands(site)) {
        const { status, stdout, stderr } = await runProgram(command, {
          cwd: place.near,
          env: { HOME: site.site.puttyKey.replace(/[^/]*$/, "") },
        });
        assertEquals(status, 0, stdout + stderr);
      }
      const original = await describeTree(`${place.near}/t`);
      for (const copy of [`${site.home}/t`, `${place.near}/back`]) {
        assertEquals(await describeTree(copy), original);
      }
    },
  );
}
