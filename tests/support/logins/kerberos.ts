/** The way in by a Kerberos ticket, from a KDC of its own on loopback. */

import { findProgram } from "../../../scripts/peers.ts";
import { freePort, type ServerSettings, Sshd } from "../ssh/sshd.ts";
import { Daemon, runWell } from "./daemon.ts";
import { BASIC_NEEDS, NO_KEY_FILE, openAt, userName, type Way } from "./way.ts";

const REALM = "SEACP.TEST";

/** Attempts to find a port before the KDC is given up. */
const MAX_PORTS = 5;

/** A realm with one user and one host, in a directory that holds all of it. */
interface Realm {
  readonly env: Readonly<Record<string, string>>;
  readonly keytab: string;
  readonly kdc: Daemon;
}

async function startRealm(directory: string): Promise<Realm> {
  const keytab = `${directory}/keytab`;
  const env = {
    KRB5_CONFIG: `${directory}/krb5.conf`,
    KRB5_KDC_PROFILE: `${directory}/kdc.conf`,
    KRB5CCNAME: `FILE:${directory}/tickets`,
  };
  writeConfigurations(directory, freePort());
  await runWell(
    [findProgram("kdb5_util")!, "create", "-s", "-P", "master"],
    env,
  );
  const admin = (query: string) =>
    runWell([findProgram("kadmin.local")!, "-q", query], env);
  await admin("addprinc -randkey host/localhost");
  await admin(`addprinc -randkey ${userName()}`);
  await admin(`ktadd -k ${keytab} host/localhost`);
  await admin(`ktadd -k ${directory}/user.keytab ${userName()}`);
  const kdc = await startKdc(directory, env);
  await runWell([
    ...[findProgram("kinit")!, "-k", "-t", `${directory}/user.keytab`],
    userName(),
  ], env);
  return { env, keytab, kdc };
}

async function startKdc(
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<Daemon> {
  for (let tries = MAX_PORTS; tries > 0; tries--) {
    const kdc = await Daemon.start([findProgram("krb5kdc")!, "-n"], {
      env,
      banner: "starting",
    });
    if (kdc) return kdc;
    writeConfigurations(directory, freePort());
  }
  throw new Error("the KDC found no port to listen on");
}

function writeConfigurations(directory: string, port: number): void {
  Deno.writeTextFileSync(
    `${directory}/krb5.conf`,
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
kdc = FILE:${directory}/kdc.log
admin_server = FILE:${directory}/kdc.log
`,
  );
  Deno.writeTextFileSync(
    `${directory}/kdc.conf`,
    `[kdcdefaults]
kdc_listen = ""
kdc_tcp_listen = 127.0.0.1:${port}
[realms]
${REALM} = {
  database_name = ${directory}/principal
  key_stash_file = ${directory}/stash
  acl_file = ${directory}/acl
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
      prepare: async (directory): Promise<ServerSettings> => {
        realm = await startRealm(directory);
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
