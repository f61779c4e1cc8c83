/** Tests of what scripts/install.sh must never do. */

import {
  assertInstalled,
  assertLacks,
  assertRefused,
  ASSET,
  below,
  redirect,
  released,
  SCRIPT,
  shellTest,
  shTest,
  Site,
  SUMS,
} from "../support/install/site.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../../scripts/peers.ts";
import { runProgram } from "../support/process/program.ts";
import {
  type Certificate,
  checksums,
  ReleaseServer,
} from "../support/install/release_server.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";
import { exists } from "../support/fixtures/tree.ts";

shellTest(
  "install.sh: does nothing if it was cut short in flight, wherever that was",
  async (shell) => {
    await using site = await Site.open(shell);
    const text = Deno.readTextFileSync(SCRIPT).trimEnd();
    // After each line, and within those that are not in the function's body.
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
    const start = text.indexOf("main() {");
    const cuts = [
      ...ends.flatMap((end) => [end, end + 1]),
      ...Array.from({ length: 30 }, (_, at) => start + at),
      ...Array.from({ length: 60 }, (_, at) => text.length - 1 - at),
    ];
    const directory = `${site.machine.path}/cuts`;
    Deno.mkdirSync(directory);
    for (const cut of new Set(cuts)) {
      Deno.writeTextFileSync(`${directory}/${cut}.sh`, text.slice(0, cut));
    }
    await site.machine.run([
      ...shell,
      "-c",
      'for cut in "$0"/*.sh; do "$@" "$cut"; done; :',
      ...[directory, ...shell],
    ], { env: site.environment() });
    assertEquals(site.server.asked, []);
    assertEquals(exists(site.prefix), false);
    assertEquals(site.machine.leftovers, []);
    Deno.writeTextFileSync(`${directory}/whole`, text);
    assertInstalled(await site.install([], {}, `${directory}/whole`), site);
  },
);

for (const tool of ["curl", "wget"]) {
  shTest(
    `install.sh: is never led from https to http, by ${tool}`,
    [tool, "sha256sum", "openssl"],
    async (shell) => {
      using directory = new TempDirectory();
      const { path, certificate } = await makeCertificate(directory.path);
      const wgetrc = `${directory.path}/wgetrc`;
      Deno.writeTextFileSync(wgetrc, `ca_certificate = ${path}\n`);
      const env = { CURL_CA_BUNDLE: path, WGETRC: wgetrc };
      const tools = [tool, "sha256sum"];
      await using site = await Site.open(shell, { tools }, certificate);
      await using plain = new ReleaseServer();
      redirect(site.server, "download/v2.0.0", "latest/download");
      const args = ["--version", "2.0.0"];
      assertInstalled(await site.install(args, { env }), site);
      const assets = { [ASSET]: await released("1.2.3") };
      plain.publish("latest/download", assets);
      plain.serve(SUMS, checksums(assets));
      const before = await below(site.prefix);
      for (const name of ["SHA256SUMS", ASSET]) {
        for (const suffix of ["", "?to=:https://127.0.0.1/"]) {
          redirect(site.server, "download/v2.0.0", "latest/download");
          const location = `${plain.page}/latest/download/${name}${suffix}`;
          site.server.serve(
            `download/v2.0.0/${name}`,
            () => new Response(null, { status: 302, headers: { location } }),
          );
          const outcome = await site.install(args, { env });
          assertRefused(outcome, site, "");
          assertMatch(outcome.stderr, /could not be downloaded/);
          assertMatch(outcome.stderr, /http:\/\/|"http"/);
          assertEquals(plain.asked, []);
          assertEquals(await below(site.prefix), before);
        }
      }
    },
  );
}

/** A certificate for 127.0.0.1 that signs itself, in a file, too. */
async function makeCertificate(
  directory: string,
): Promise<{ path: string; certificate: Certificate }> {
  const path = `${directory}/cert.pem`;
  const { status, stderr } = await runProgram([
    ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"],
    ...["-days", "2", "-subj", "/CN=127.0.0.1"],
    ...["-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", `${directory}/key.pem`, "-out", path],
  ]);
  assertEquals(status, 0, stderr);
  return {
    path,
    certificate: {
      cert: Deno.readTextFileSync(path),
      key: Deno.readTextFileSync(`${directory}/key.pem`),
    },
  };
}

Deno.test("install.sh: has its placeholder once, and no more than it may do", () => {
  const text = Deno.readTextFileSync(SCRIPT);
  assertEquals(text.match(/@RELEASES@/g)?.length, 1);
  assertMatch(text, /^#!\/bin\/sh\n/);
  assertMatch(text, /^[\n\x20-\x7e]*$/);
  assertMatch(text, /\n\{ main "\$@"; \}\n$/);
  const code = text.replaceAll(/^ *#.*$/gm, "");
  assertLacks(code, /\b(sudo|doas|kill|killall|pkill|eval|source)\b/);
  assertLacks(code, /\.(profile|bashrc|zshrc)/);
});

const shellcheck = findProgram("shellcheck");
Deno.test({
  name: "install.sh: is clean to shellcheck" +
    (shellcheck === undefined ? " (needs shellcheck)" : ""),
  ignore: shellcheck === undefined,
  async fn() {
    const { status, stdout } = await runProgram([shellcheck!, SCRIPT]);
    assertEquals(stdout, "");
    assertEquals(status, 0);
  },
});
