/** State of a running ssh as the system shows it: its login and its prompts. */

import { listProcNames, readProcFile, readProcLink } from "../system/proc.ts";
import { hasTerminal, TERMINAL } from "./prompt_watch.ts";
import { canSpawn } from "./posix_spawn.ts";

/** State of a running ssh at one moment. */
export interface LoginState {
  /** State of the login; `unknown` where it cannot be seen. */
  readonly login: "open" | "ended" | "unknown";
  /** True while ssh, or a process that it started, prompts the user. */
  readonly isPrompting: boolean;
}

/** Most processes of one ssh to look at. */
const MOST_PROCESSES = 64;

/** Name of the program that prompts where none is set (ssh(1)). */
const ASKPASS = "ssh-askpass";

/**
 * Reads the state of an ssh from its process and those it started. On systems
 * other than Linux, and where the C library may not be called, nothing can be
 * seen: a login counts as open where there is a terminal to prompt at.
 *
 * @param id Process id of ssh, or of a program that runs it.
 */
export function readLoginState(id: number): LoginState {
  if (Deno.build.os === "linux" && canSpawn()) {
    return stateOfProcesses(id, Deno.env.get("SSH_ASKPASS") || ASKPASS);
  }
  return { login: hasTerminal() ? "open" : "unknown", isPrompting: false };
}

/**
 * Reads the state from /proc. ssh duplicates its standard streams when it opens
 * its session, right after the login. An ssh that uses a running master has a
 * socket to that master and nothing else.
 *
 * @param askpass Program that prompts in ssh's place.
 */
function stateOfProcesses(id: number, askpass: string): LoginState {
  try {
    const processes = processesFrom(id);
    const ssh = processes.find(({ program }) => program === "ssh");
    const isPrompting = processes.some((process) =>
      promptsNow(process, askpass)
    );
    return { login: ssh === undefined ? "unknown" : loginOf(ssh), isPrompting };
  } catch {
    // The process has ended, or may not be looked at.
    return { login: "unknown", isPrompting: false };
  }
}

interface ProcessView {
  readonly id: number;
  readonly program: string;
  /** Each open descriptor's number and target. */
  readonly links: ReadonlyMap<number, string>;
  readonly children: readonly number[];
}

/** Gives a process and its descendants, parents first. */
function processesFrom(id: number): readonly ProcessView[] {
  const found = [processOf(id)];
  for (let at = 0; at < found.length; at++) {
    for (const child of found[at]!.children) {
      if (found.length >= MOST_PROCESSES) return found;
      try {
        found.push(processOf(child));
      } catch {
        // The child has ended.
      }
    }
  }
  return found;
}

function processOf(id: number): ProcessView {
  const directory = `/proc/${id}`;
  const links = new Map<number, string>();
  for (const name of listProcNames(`${directory}/fd`)) {
    try {
      links.set(Number(name), readProcLink(`${directory}/fd/${name}`));
    } catch {
      // The descriptor was closed.
    }
  }
  const program = readProcLink(`${directory}/exe`)
    .replace(/ \(deleted\)$/, "").replace(/^.*\//, "");
  return { id, program, links, children: childrenOf(id) };
}

function childrenOf(id: number): readonly number[] {
  try {
    return readProcFile(`/proc/${id}/task/${id}/children`)
      .split(" ").filter((word) => word !== "").map(Number);
  } catch {
    // Not every kernel has this file.
    return [];
  }
}

function promptsNow(
  { id, links }: ProcessView,
  askpass: string,
): boolean {
  return links.values().some((link) => link === TERMINAL) ||
    firstWords(id).some((word) =>
      word === askpass || word.endsWith(`/${askpass}`)
    );
}

/** Gives the words that may name a program: the second does for a script. */
function firstWords(id: number): readonly string[] {
  try {
    return readProcFile(`/proc/${id}/cmdline`).split("\0").slice(0, 2);
  } catch {
    return [];
  }
}

/** Descriptors of the standard streams. */
const STANDARD = [0, 1, 2];

function loginOf(ssh: ProcessView): LoginState["login"] {
  const others = ssh.links.entries()
    .filter(([fd]) => !STANDARD.includes(fd)).map(([, link]) => link).toArray();
  const streams = [0, 1].map((fd) => ssh.links.get(fd))
    .filter((link) => link !== undefined && /^(pipe|socket):/.test(link));
  if (streams.length === 0) return "unknown";
  if (streams.some((stream) => others.includes(stream!))) return "ended";
  return isMastersClient(ssh, others) ? "ended" : "open";
}

/** Tells whether an ssh talks to a running master alone, through a socket. */
function isMastersClient(
  { id, children }: ProcessView,
  others: readonly string[],
): boolean {
  const sockets = others.filter((link) => link.startsWith("socket:"));
  const hasProxy = others.some((link) => /^pipe:/.test(link)) ||
    children.length > 0;
  if (sockets.length === 0 || hasProxy) return false;
  const local = new Set(
    readProcFile(`/proc/${id}/net/unix`).split("\n")
      .map((line) => `socket:[${line.split(/ +/)[6]}]`),
  );
  return sockets.every((socket) => local.has(socket));
}
