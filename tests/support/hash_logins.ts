/** Logins whose hashing goes wrong in one way or another. */

import { findProgram } from "../../scripts/peers.ts";
import { writeScript } from "./doors.ts";
import type { LoginSettings } from "./ssh/sshd.ts";

/** Gives a login whose commands run through other lines of a shell. */
export function through(
  lines: string,
  prepare: (directory: string) => void = () => {},
): LoginSettings {
  return {
    // deno-lint-ignore require-await
    prepare: async (directory) => {
      prepare(directory);
      const script = writeScript(
        `${directory}/login`,
        `cd ${directory}/home; HOME=${directory}/home; export HOME\n${
          lines.replaceAll("DIRECTORY", directory)
        }`,
      );
      return { lines: `ForceCommand ${script}` };
    },
  };
}

/** Line that runs what was asked for. */
export const RUN = 'exec sh -c "$SSH_ORIGINAL_COMMAND"';

/** Gives a login with another `sha256sum`, from these lines, in its PATH. */
export function withTool(lines: string): LoginSettings {
  return through(`PATH=DIRECTORY/bin:$PATH ${RUN}`, (directory) => {
    Deno.mkdirSync(`${directory}/bin`);
    writeScript(`${directory}/bin/sha256sum`, lines);
  });
}

/** Lines of a tool that changes the first byte of a file before it is hashed. */
export const DAMAGING = `if [ -f /proc/$$/fd/0 ]; then
  printf X | dd of=/proc/$$/fd/0 bs=1 conv=notrunc 2>/dev/null
fi
exec ${findProgram("sha256sum")}
`;

/** Lines of a tool that is right for an empty input alone. */
export const LYING = `{ cat; [ -f /proc/$$/fd/0 ] && echo more; } |
  ${findProgram("sha256sum")}
`;
