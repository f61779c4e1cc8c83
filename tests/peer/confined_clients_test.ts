/** Clients of many makers on a server that accepts only copies. */

import { assertEquals } from "@std/assert";
import { assertSame } from "../support/clients/assert_same.ts";
import { type Client, featuresOf } from "../support/clients/client.ts";
import { COPIES } from "../support/clients/copies.ts";
import { libraries } from "../support/clients/libraries.ts";
import { programs } from "../support/clients/programs.ts";
import { ClientSite } from "../support/clients/site.ts";
import { lacksLinuxLibrary } from "../support/c_library.ts";
import { peerTestUnless } from "../support/doors.ts";
import { Place } from "../support/fixtures/place.ts";
import { runProgram } from "../support/process/program.ts";

const CLIENTS: readonly Client[] = [...programs, ...libraries];

const NEEDS = ["ssh", "scp", "sshd", "ssh-keygen"];

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
          using place = new Place({
            options: [],
            home: site.home,
            [Symbol.asyncDispose]: async () => {},
          });
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
