/** Ways to two hosts at once, each of which asks. */

import { Sshd } from "../ssh/sshd.ts";
import {
  PASSWORD_ALONE,
  PASSWORD_NEEDS,
  startWithPassword,
} from "./passwords.ts";
import { BASIC_NEEDS, openAt, type Way } from "./way.ts";

/** Two hosts, `far` and `other`, with a password of their own each. */
const twoPasswords: Way = {
  name: "Two hosts ask for passwords",
  needs: PASSWORD_NEEDS,
  proof: /Accepted password for[^]*Accepted password for/,
  open: async () => {
    const [far, other] = await Promise.all([
      startWithPassword("first"),
      startWithPassword("second"),
    ]);
    return {
      ...openAt({ far, other }, PASSWORD_ALONE),
      questions: [
        { text: `[127.0.0.1]:${far.port}'s password: `, answer: "first" },
        { text: `[127.0.0.1]:${other.port}'s password: `, answer: "second" },
      ],
    };
  },
};

/** Two hosts, `far` and `other`, whose keys nobody knows yet. */
const twoHostKeys: Way = {
  name: "Two hosts are asked to be trusted",
  needs: BASIC_NEEDS,
  proof: /Accepted publickey for[^]*Accepted publickey for/,
  open: async () => {
    const [far, other] = await Promise.all([Sshd.start(), Sshd.start()]);
    const way = openAt(
      { far, other },
      `  IdentityFile ${far.directory}/user
  IdentityFile ${other.directory}/user
  BatchMode no
  StrictHostKeyChecking ask
  UserKnownHostsFile /dev/null`,
    );
    return {
      ...way,
      questions: [far, other].map(({ port }) => ({
        text: `'[127.0.0.1]:${port}`,
        answer: "yes",
      })),
    };
  },
};

/** Ways to two hosts at once. */
export const between: readonly Way[] = [twoPasswords, twoHostKeys];
