/** An ssh's state as the system shows it: its login, and questions it asks. */

import { listProcNames, readProcFile, readProcLink } from "../system/proc.ts";
import { hasTerminal, TERMINAL } from "./asking.ts";
import { canStartProcesses } from "./raw_process.ts";

/** View of an ssh at one moment, from outside. */
export interface LoginView {
  /** State of its login; `unknown` where that cannot be seen. */
  readonly login: "open" | "ended" | "unknown";
  /** True while it, or one that it started, asks the user for something. */
  readonly isAsking: boolean;
}

/** Most processes below an ssh that are looked at. */
const MOST_PROCESSES = 64;

/** Name of the program that asks where none is set. */
const ASKPASS = "ssh-askpass";

/**
 * Looks at a process and those it started. Elsewhere than on Linux, and where
 * the C library may not be called, nothing can be seen: a login counts as open
 * where there is a terminal to ask at.
 */
export function viewLogin(id: number): LoginView {
  if (Deno.build.os === "linux" && canStartProcesses()) {
    return viewProcesses(id, Deno.env.get("SSH_ASKPASS") || ASKPASS);
  }
  return { login: hasTerminal() ? "open" : "unknown", isAsking: false };
}

/**
 * Looks at them on Linux. An ssh has duplicated its standard
 * streams once it has opened its session, which it does after its login. One
 * that uses a running master has a socket to that one and nothing else.
 *
 * @param askpass Program that asks in ssh's place.
 */
function viewProcesses(id: number, askpass: string): LoginView {
  try {
    const processes = processesFrom(id);
    const ssh = processes.find(({ program }) => program === "ssh");
    const isAsking = processes.some((process) => asks(process, askpass));
    return { login: ssh === undefined ? "unknown" : loginOf(ssh), isAsking };
  } catch {
    // It has ended, or may not be looked at.
    return { login: "unknown", isAsking: false };
  }
}

interface ProcessView {
  readonly id: number;
  readonly program: string;
  /** Each open descriptor's number and target. */
  readonly links: ReadonlyMap<number, string>;
  readonly children: readonly number[];
}

/** A process and its descendants, parents first. */
function processesFrom(id: number): readonly ProcessView[] {
  const found = [processOf(id)];
  for (let at = 0; at < found.length; at++) {
    for (const child of found[at]!.children) {
      if (found.length >= MOST_PROCESSES) return found;
      try {
        found.push(processOf(child));
      } catch {
        // It has ended.
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
      // It was closed.
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
    // Not every kernel tells.
    return [];
  }
}

function asks({ id, links }: ProcessView, askpass: string): boolean {
  return links.values().some((link) => link === TERMINAL) ||
    firstWords(id).some((word) =>
      word === askpass || word.endsWith(`/${askpass}`)
    );
}

/** The words that name a program: the second one where that is a script. */
function firstWords(id: number): readonly string[] {
  try {
    return readProcFile(`/proc/${id}/cmdline`).split("\0").slice(0, 2);
  } catch {
    return [];
  }
}

const STANDARD = [0, 1, 2];

function loginOf(ssh: ProcessView): LoginView["login"] {
  const more = ssh.links.entries()
    .filter(([fd]) => !STANDARD.includes(fd)).map(([, link]) => link).toArray();
  const streams = [0, 1].map((fd) => ssh.links.get(fd))
    .filter((link) => link !== undefined && /^(pipe|socket):/.test(link));
  if (streams.length === 0) return "unknown";
  if (streams.some((stream) => more.includes(stream!))) return "ended";
  return isMastersClient(ssh, more) ? "ended" : "open";
}

/** Tells one that talks to a master alone, through a socket of its own. */
function isMastersClient(
  { id, children }: ProcessView,
  more: readonly string[],
): boolean {
  const sockets = more.filter((link) => link.startsWith("socket:"));
  const reaches = more.some((link) => /^pipe:/.test(link)) ||
    children.length > 0;
  if (sockets.length === 0 || reaches) return false;
  const local = new Set(
    readProcFile(`/proc/${id}/net/unix`).split("\n")
      .map((line) => `socket:[${line.split(/ +/)[6]}]`),
  );
  return sockets.every((socket) => local.has(socket));
}
