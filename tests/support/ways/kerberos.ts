/** The way in by a Kerberos ticket, from a KDC of its own on loopback. */

import { findProgram } from "../../../scripts/peers.ts";
import { freePort, type ServerSettings, Sshd } from "../sshd.ts";
import { Daemon, runWell } from "./daemon.ts";
import { BASIC_NEEDS, NO_KEY_FILE, openAt, userName, type Way } from "./way.ts";

const REALM = "SEACP.TEST";

/** Attempts to find a port before the KDC is given up. */
const MAX_PORTS = 5;

/** A realm with one user and one host, in a folder that holds all of it. */
interface Realm {
  readonly env: Readonly<Record<string, string>>;
  readonly keytab: string;
  readonly kdc: Daemon;
}

async function startRealm(folder: string): Promise<Realm> {
  const keytab = `${folder}/keytab`;
  const env = {
    KRB5_CONFIG: `${folder}/krb5.conf`,
    KRB5_KDC_PROFILE: `${folder}/kdc.conf`,
    KRB5CCNAME: `FILE:${folder}/tickets`,
  };
  writeConfigurations(folder, freePort());
  await runWell(
    [findProgram("kdb5_util")!, "create", "-s", "-P", "master"],
    env,
  );
  const admin = (query: string) =>
    runWell([findProgram("kadmin.local")!, "-q", query], env);
  await admin("addprinc -randkey host/localhost");
  await admin(`addprinc -randkey ${userName()}`);
  await admin(`ktadd -k ${keytab} host/localhost`);
  await admin(`ktadd -k ${folder}/user.keytab ${userName()}`);
  const kdc = await startKdc(folder, env);
  await runWell([
    ...[findProgram("kinit")!, "-k", "-t", `${folder}/user.keytab`],
    userName(),
  ], env);
  return { env, keytab, kdc };
}

async function startKdc(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Daemon> {
  for (let tries = MAX_PORTS; tries > 0; tries--) {
    const kdc = await Daemon.start([findProgram("krb5kdc")!, "-n"], {
      env,
      greeting: "starting",
    });
    if (kdc) return kdc;
    writeConfigurations(folder, freePort());
  }
  throw new Error("the KDC found no port to listen on");
}

function writeConfigurations(folder: string, port: number): void {
  Deno.writeTextFileSync(
    `${folder}/krb5.conf`,
    `[libdefaults]
default_realm = ${REALM}
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
udp_preference_limit = 1
[realms]
${REALM} = {
  kdc = 127.0.0.1:${port}
}
[domain_realm]
localhost = ${REALM}
[logging]
kdc = FILE:${folder}/kdc.log
admin_server = FILE:${folder}/kdc.log
`,
  );
  Deno.writeTextFileSync(
    `${folder}/kdc.conf`,
    `[kdcdefaults]
kdc_listen = ""
kdc_tcp_listen = 127.0.0.1:${port}
[realms]
${REALM} = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  acl_file = ${folder}/acl
}
`,
  );
}

/** A Kerberos ticket. */
export const ticket: Way = {
  name: "A Kerberos ticket",
  needs: [
    ...BASIC_NEEDS,
    ...["krb5kdc", "kdb5_util", "kadmin.local", "kinit"],
  ],
  proof: /Accepted gssapi-with-mic for/,
  open: async () => {
    let realm: Realm;
    const sshd = await Sshd.start({
      prepare: async (folder): Promise<ServerSettings> => {
        realm = await startRealm(folder);
        return {
          lines: `GSSAPIAuthentication yes
GSSAPIStrictAcceptorCheck no
PubkeyAuthentication no`,
          environment: {
            ...realm.env,
            KRB5_KTNAME: realm.keytab,
            KRB5RCACHENAME: "none:",
          },
        };
      },
    });
    const { env, kdc } = realm!;
    const way = openAt(
      { far: sshd },
      `${NO_KEY_FILE}
  HostName localhost
  GSSAPIAuthentication yes
  PubkeyAuthentication no`,
      [kdc],
    );
    return { ...way, env };
  },
};
