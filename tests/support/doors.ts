import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { dist } from "../../scripts/build/root.ts";
import { findProgram, OPENSSH } from "../../scripts/peers.ts";
import { onWindows } from "./platform.ts";
import { seacpCommand } from "./process/pseudo_terminal.ts";
import { Sshd } from "./ssh/sshd.ts";

/**
 * A way to a real scp on the remote: what the program under test is told to
 * get there, and where it gets to.
 */
export interface Door extends AsyncDisposable {
  /** Options that lead to the host `far`. */
  readonly options: readonly string[];
  /** The remote's home directory, on this disk. */
  readonly home: string;
}

/** A door that is opened for a file of tests. */
export interface DoorKind {
  readonly name: string;
  /** Protocol that its options name; `any` in the default mode. */
  readonly protocol: "scp" | "sftp" | "any";
  /** The programs it cannot do without. */
  readonly needs: readonly string[];
  open(): Promise<Door>;
}

/** The system's scp as a child, by `-O` and `-S`: no ssh, no network. */
export const childDoor: DoorKind = {
  name: "scp as a child",
  protocol: "scp",
  needs: ["scp"],
  open: () => openChild(""),
};

/** The system's scp through a real sshd, which serves SFTP too: the default mode. */
export const sshdDoor: DoorKind = {
  name: "either protocol through sshd",
  protocol: "any",
  needs: ["ssh", "scp", "sshd", "ssh-keygen"],
  open: () => openSshd(""),
};

/** The system's sftp-server as a child, by `-D`: no ssh, no network. */
export const sftpChildDoor: DoorKind = {
  name: "sftp-server as a child",
  protocol: "sftp",
  needs: ["sftp-server"],
  open: openSftpChild,
};

/** The system's sftp-server through a real sshd. */
export const sftpSshdDoor: DoorKind = {
  name: "sftp-server through sshd",
  protocol: "sftp",
  needs: ["ssh", "sshd", "ssh-keygen", "sftp-server"],
  open: async () => {
    const { options, ...door } = await openSshd("");
    return { ...door, options: ["-s", ...options] };
  },
};

/** The doors to what a remote has of the system, for either protocol. */
export const systemDoors: readonly DoorKind[] = [
  childDoor,
  sshdDoor,
  sftpChildDoor,
  sftpSshdDoor,
];

/** The same doors, but that the remote's scp is the program under test. */
export const seacpDoors: readonly DoorKind[] = [
  {
    name: "seacp as a child",
    protocol: "scp",
    needs: [],
    open: () => openWithSeacp(openChild),
  },
  {
    name: "seacp through sshd",
    protocol: "scp",
    needs: ["ssh", "sshd", "ssh-keygen"],
    open: () => openWithSeacp(openSshd),
  },
];

/** @param environment Settings a shell puts before the remote's command. */
// deno-lint-ignore require-await
async function openChild(environment: string): Promise<Door> {
  const directory = Deno.makeTempDirSync({ prefix: "seacp-child-" });
  const home = `${directory}/home`;
  Deno.mkdirSync(home);
  const program = writeScript(
    `${directory}/ssh`,
    `cd ${home} && export HOME=${home} ${environment}\n${RUN_LAST}`,
  );
  return {
    options: ["-O", "-S", program],
    home,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

// deno-lint-ignore require-await
async function openSftpChild(): Promise<Door> {
  const directory = Deno.makeTempDirSync({ prefix: "seacp-child-" });
  const home = `${directory}/home`;
  Deno.mkdirSync(home);
  const server = writeScript(
    `${directory}/server`,
    `cd ${home} && export HOME=${home}\nexec ${findProgram("sftp-server")}\n`,
  );
  return {
    options: ["-D", server],
    home,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

async function openSshd(environment: string): Promise<Door> {
  const sshd = await Sshd.start({ environment });
  return {
    options: ["-F", sshd.config],
    home: sshd.home,
    [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose](),
  };
}

/** Opens a door to a remote that finds the program where it looks for scp. */
async function openWithSeacp(
  open: (environment: string) => Promise<Door>,
): Promise<Door> {
  const directory = Deno.makeTempDirSync({ prefix: "seacp-path-" });
  writeScript(`${directory}/scp`, `exec ${seacpCommand([])} "$@"\n`);
  const door = await open(`PATH=${directory}:$PATH`);
  return {
    options: door.options.includes("-O")
      ? door.options
      : ["-O", ...door.options],
    home: door.home,
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** For a `-S` program: runs the command, its last argument, as sshd would. */
export const RUN_LAST = 'for last; do :; done\nexec sh -c "$last"\n';

/**
 * Writes an executable shell script; gives its path. Another process writes it: a
 * program that another test starts meanwhile would hold a file that we write, and
 * what is open for writing cannot be run.
 */
export function writeScript(path: string, body: string): string {
  const write = 'printf %s "$2" > "$1" && chmod 755 "$1"';
  const { success } = new Deno.Command("sh", {
    args: ["-c", write, "sh", path, `#!/bin/sh\n${body}`],
  }).outputSync();
  if (!success) throw new Error(`${path}: it could not be written`);
  return path;
}

/**
 * Writes a program that says a line on standard error and exits with a status;
 * gives its path, which has another end on Windows.
 */
export function writeFailure(
  path: string,
  line: string,
  status: number,
): string {
  if (!onWindows) {
    return writeScript(path, `echo '${line}' >&2\nexit ${status}\n`);
  }
  const program = `${path}.cmd`;
  Deno.writeTextFileSync(program, `@echo ${line}>&2\r\n@exit ${status}\r\n`);
  return program;
}

/**
 * Registers a test that needs programs of the system, or files named by their
 * absolute path. One that lacks some is shown as ignored with the reason; in
 * CI it runs and fails, if this system has to have them.
 */
export function peerTest(
  name: string,
  needs: readonly string[],
  fn: (context: Deno.TestContext) => Promise<void>,
): void {
  const missing = needs.filter((name) => !isThere(name));
  const lacks = missing.length > 0;
  Deno.test({
    name: lacks ? `${name} (needs ${missing.join(", ")})` : name,
    ignore: lacks && !(Deno.env.get("CI") === "true" && missing.some(isDue)),
    fn: async (context) => {
      if (lacks) throw new Error(`not installed: ${missing.join(", ")}`);
      await fn(context);
    },
  });
}

/**
 * Where all that tests need is installed, all is due; on macOS, OpenSSH is; and
 * everywhere what this checkout makes.
 */
function isDue(name: string): boolean {
  return name.startsWith(fileURLToPath(dist)) ||
    Deno.build.os === "linux" ||
    Deno.build.os === "darwin" && name in OPENSSH;
}

/** Registers such tests, shown as ignored with the reason where they lack something. */
export function peerTestUnless(lacks: string | undefined): typeof peerTest {
  if (lacks === undefined) return peerTest;
  return (name) => Deno.test.ignore(`${name} (${lacks})`, () => {});
}

function isThere(name: string): boolean {
  if (!isAbsolute(name)) return findProgram(name) !== undefined;
  try {
    Deno.statSync(name);
    return true;
  } catch {
    return false;
  }
}
