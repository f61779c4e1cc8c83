/** Ways in by a key. */

import { findProgram } from "../../../scripts/peers.ts";
import { Sshd } from "../ssh/sshd.ts";
import { Daemon, runWell } from "./daemon.ts";
import { BASIC_NEEDS, NO_KEY_FILE, openAt, userName, type Way } from "./way.ts";

/** A key that only a running agent has. */
const agent: Way = {
  name: "An agent alone",
  needs: [...BASIC_NEEDS, "ssh-agent", "ssh-add"],
  proof: /Accepted publickey for/,
  open: async () => {
    const sshd = await Sshd.start();
    const key = `${sshd.directory}/user`;
    const env = { SSH_AUTH_SOCK: `${sshd.directory}/agent` };
    const daemon = await Daemon.start(
      [findProgram("ssh-agent")!, "-D", "-a", env.SSH_AUTH_SOCK],
      { banner: "SSH_AUTH_SOCK=" },
    );
    await runWell([findProgram("ssh-add")!, "-q", key], env);
    Deno.removeSync(key);
    Deno.removeSync(`${key}.pub`);
    const settings = `${NO_KEY_FILE}\n  IdentityAgent SSH_AUTH_SOCK`;
    return { ...openAt({ far: sshd }, settings, [daemon]), env };
  },
};

/** A key that the server knows by the signature of an authority alone. */
const certificate: Way = {
  name: "A certificate",
  needs: BASIC_NEEDS,
  proof: /Accepted publickey for .* ED25519-CERT .* CA ED25519/,
  open: async () => {
    const keygen = findProgram("ssh-keygen")!;
    const sshd = await Sshd.start({
      prepare: async (directory) => {
        const authority = `${directory}/authority`;
        await runWell(
          [keygen, "-q", "-t", "ed25519", "-N", "", "-f", authority],
        );
        await runWell([
          ...[keygen, "-q", "-s", authority, "-I", "test"],
          ...["-n", userName(), `${directory}/user.pub`],
        ]);
        return {
          lines: `TrustedUserCAKeys ${authority}.pub\nAuthorizedKeysFile none`,
        };
      },
    });
    return openAt({ far: sshd }, `  IdentityFile ${sshd.directory}/user`);
  },
};

/** A key that opens with a passphrase, which is typed. */
const passphrase: Way = {
  name: "A passphrase that is typed",
  needs: BASIC_NEEDS,
  proof: /Accepted publickey for/,
  open: async () => {
    const sshd = await Sshd.start();
    const key = `${sshd.directory}/user`;
    await runWell([
      ...[findProgram("ssh-keygen")!, "-q", "-p", "-P", ""],
      ...["-N", "open sesame", "-f", key],
    ]);
    return {
      ...openAt({ far: sshd }, `  IdentityFile ${key}\n  BatchMode no`),
      questions: [
        { text: "Enter passphrase for key", answer: "open sesame" },
      ],
    };
  },
};

/** Ways in by a key. */
export const keys: readonly Way[] = [agent, certificate, passphrase];
