import { findProgram } from "../../scripts/peers.ts";
import { Sshd } from "./sshd.ts";

/**
 * A way to a real scp on the far side: what the program under test is told to
 * get there, and where it gets to.
 */
export interface Door extends AsyncDisposable {
  /** Options that lead to the host `far`. */
  readonly options: readonly string[];
  /** The far side's home folder, on this disk. */
  readonly home: string;
}

/** A door that is opened for a file of tests. */
export interface DoorKind {
  readonly name: string;
  /** The programs it cannot do without. */
  readonly needs: readonly string[];
  open(): Promise<Door>;
}

/** The system's scp as a child, behind a `-S` program: no ssh, no network. */
export const childDoor: DoorKind = {
  name: "scp as a child",
  needs: ["scp"],
  // deno-lint-ignore require-await
  open: async () => {
    const folder = Deno.makeTempDirSync({ prefix: "seacp-child-" });
    const home = `${folder}/home`;
    Deno.mkdirSync(home);
    const program = writeScript(
      `${folder}/ssh`,
      `cd ${home} && export HOME=${home}\n${RUN_LAST}`,
    );
    return {
      options: ["-S", program],
      home,
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    };
  },
};

/** The system's scp through a real sshd. */
export const sshdDoor: DoorKind = {
  name: "scp through sshd",
  needs: ["ssh", "scp", "sshd", "ssh-keygen"],
  open: async () => {
    const sshd = await Sshd.start();
    return {
      options: ["-F", sshd.config],
      home: sshd.home,
      [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose](),
    };
  },
};

/** For a `-S` program: runs the command, its last argument, as sshd would. */
export const RUN_LAST = 'for last; do :; done\nexec sh -c "$last"\n';

/** Writes an executable shell script; gives its path. */
export function writeScript(path: string, body: string): string {
  Deno.writeTextFileSync(path, `#!/bin/sh\n${body}`, { mode: 0o755 });
  return path;
}

/**
 * Registers a test that needs programs of the system, or files named by their
 * absolute path. One that lacks some is shown as ignored with the reason; in
 * CI it runs and fails.
 */
export function peerTest(
  name: string,
  needs: readonly string[],
  fn: () => Promise<void>,
): void {
  const missing = needs.filter((name) => !isThere(name));
  const lacks = missing.length > 0;
  Deno.test({
    name: lacks ? `${name} (needs ${missing.join(", ")})` : name,
    ignore: lacks && Deno.env.get("CI") !== "true",
    fn: async () => {
      if (lacks) throw new Error(`not installed: ${missing.join(", ")}`);
      await fn();
    },
  });
}

function isThere(name: string): boolean {
  if (!name.startsWith("/")) return findProgram(name) !== undefined;
  try {
    Deno.statSync(name);
    return true;
  } catch {
    return false;
  }
}
