/** Ways in by a password, to a real sshd that has accounts of its own. */

import { findProgram } from "../../../scripts/peers.ts";
import { type LoginSettings, type ServerSettings, Sshd } from "../ssh/sshd.ts";
import { runWell } from "./daemon.ts";
import {
  BASIC_NEEDS,
  NO_KEY_FILE,
  openAt,
  type OpenWay,
  userName,
  type Way,
} from "./way.ts";

/** Gives a program its own account database, without a change to the machine. */
const WRAPPER = "libnss_wrapper.so";

/** Programs and files that a server with a password needs. */
export const PASSWORD_NEEDS = [...BASIC_NEEDS, WRAPPER, "openssl"];

/** Ssh settings under which a password is the only way in. */
export const PASSWORD_ALONE =
  `${NO_KEY_FILE}\n  BatchMode no\n  PubkeyAuthentication no`;

/**
 * Starts a server that lets in whoever types the password, and nobody else.
 *
 * @param lines Further lines of its sshd_config.
 */
export function startWithPassword(
  password: string,
  settings: LoginSettings = {},
  lines = "",
): Promise<Sshd> {
  return Sshd.start({
    ...settings,
    prepare: async (directory) => {
      const account = await prepareAccount(directory, password);
      return { ...account, lines: `${account.lines}\n${lines}` };
    },
  });
}

/** Writes an account database with the account that runs the tests. */
async function prepareAccount(
  directory: string,
  password: string,
): Promise<ServerSettings> {
  const user = userName();
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  const hash = await runWell([
    findProgram("openssl")!,
    "passwd",
    "-6",
    password,
  ]);
  const separate = /^sshd:.*\n/m
    .exec(Deno.readTextFileSync("/etc/passwd"))?.[0] ?? "";
  const own = user === "sshd" ? "" : separate;
  const files = {
    PASSWD: `${user}:x:${uid}:${gid}::${directory}/home:/bin/sh\n${own}`,
    GROUP: `${user}:x:${gid}:\n`,
    SHADOW: `${user}:${hash.trim()}:19000:0:99999:7:::\n`,
  };
  const environment: Record<string, string> = {
    LD_PRELOAD: findProgram(WRAPPER)!,
  };
  for (const [name, text] of Object.entries(files)) {
    const path = `${directory}/${name.toLowerCase()}`;
    Deno.writeTextFileSync(path, text);
    environment[`NSS_WRAPPER_${name}`] = path;
  }
  return {
    lines: `PasswordAuthentication yes
PubkeyAuthentication no
PermitRootLogin yes`,
    environment,
  };
}

async function openWithPassword(
  settings: LoginSettings = {},
): Promise<OpenWay> {
  const sshd = await startWithPassword("open sesame", settings);
  return openAt({ far: sshd }, PASSWORD_ALONE);
}

const QUESTIONS = [{ text: "'s password: ", answer: "open sesame" }];

/** Types one password; fails where it is asked for another one. */
const SSHPASS = ["sshpass", "-p", "open sesame"];

const proof = /Accepted password for/;

/** Ways in by a password. */
export const passwords: readonly Way[] = [
  {
    name: "A password that is typed",
    needs: PASSWORD_NEEDS,
    proof,
    open: async () => ({ ...await openWithPassword(), questions: QUESTIONS }),
  },
  {
    name: "A password that sshpass types, once",
    needs: [...PASSWORD_NEEDS, "sshpass"],
    proof,
    open: async () => ({
      ...await openWithPassword(),
      wrapper: SSHPASS,
    }),
  },
  {
    name: "A password that is typed for a host with nothing but SFTP",
    needs: PASSWORD_NEEDS,
    proof,
    modes: ["by default", "with -s"],
    open: async () => ({
      ...await openWithPassword({ sftp: "only" }),
      questions: QUESTIONS,
    }),
  },
  {
    name: "A password that sshpass types for a host with nothing but SFTP",
    needs: [...PASSWORD_NEEDS, "sshpass"],
    proof,
    modes: ["by default", "with -s"],
    open: async () => ({
      ...await openWithPassword({ sftp: "only" }),
      wrapper: SSHPASS,
    }),
  },
];
