/** Ways in over another connection. */

import { findProgram } from "../../../scripts/peers.ts";
import { until } from "../process/processes.ts";
import { Sshd } from "../ssh/sshd.ts";
import { exists } from "../fixtures/tree.ts";
import { BASIC_NEEDS, NO_KEY_FILE, openAt, type Way } from "./way.ts";

/** A host that is reached through another one. */
const jumpHost: Way = {
  name: "A jump host",
  needs: BASIC_NEEDS,
  proof: /Accepted publickey for[^]*Accepted publickey for/,
  open: async () => {
    const [far, jump] = await Promise.all([Sshd.start(), Sshd.start()]);
    const way = openAt(
      { far, jump },
      `  IdentityFile ${far.directory}/user
  IdentityFile ${jump.directory}/user`,
    );
    return { ...way, options: [...way.options, "-J", "jump"] };
  },
};

/** A connection that runs already: nobody logs in any more. */
const master: Way = {
  name: "A running master",
  needs: BASIC_NEEDS,
  proof: /^(?![^]*Accepted[^]*Accepted)[^]*Accepted publickey for/,
  open: async () => {
    const sshd = await Sshd.start();
    const socket = `${sshd.directory}/master`;
    const child = new Deno.Command(findProgram("ssh")!, {
      args: ["-F", sshd.config, "-MNS", socket, "far"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await until("the master listens", () => exists(socket));
    Deno.removeSync(`${sshd.directory}/user`);
    const settings = `${NO_KEY_FILE}\n  ControlPath ${socket}`;
    return openAt({ far: sshd }, settings, [{
      [Symbol.asyncDispose]: async () => {
        child.kill("SIGTERM");
        await child.status;
      },
    }]);
  },
};

/** Ways in over another connection. */
export const lines: readonly Way[] = [jumpHost, master];
