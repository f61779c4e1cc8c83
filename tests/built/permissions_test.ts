/**
 * Permissions of the executable: it runs programs, and never opens a network
 * socket.
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { pathToFileURL } from "node:url";
import { compileExecutable } from "../../scripts/build/executable.ts";
import { mayCallLibrary } from "../support/c_library.ts";
import { BUILT, builtTest } from "../support/process/executable.ts";
import { runProgram } from "../support/process/program.ts";
import { TempDirectory } from "../support/fixtures/temp_directory.ts";

/** Tries every way to a network that the runtime has, and prints what comes. */
const PROBE = `
const ways = {
  connect: () => Deno.connect({ port: 9 }),
  tls: () => Deno.connectTls({ hostname: "127.0.0.1", port: 9 }),
  listen: () => Deno.listen({ port: 0 }),
  datagram: () => Deno.resolveDns("localhost", "A"),
  serve: () => Deno.serve({ port: 0 }, () => new Response("")),
  fetch: () => fetch("http://127.0.0.1:9/"),
  websocket: () => new WebSocket("ws://127.0.0.1:9/"),
  node: async () => {
    const { connect } = await import("node:net");
    return await new Promise((done, fail) =>
      connect(9, "127.0.0.1", done).on("error", fail)
    );
  },
  module: () => import(["http://127.0.0.1:9", "x.js"].join("/")),
  request: async () => {
    const { state } = await Deno.permissions.request({ name: "net" });
    if (state !== "granted") throw new Deno.errors.NotCapable("not asked for");
  },
};
for (const [name, way] of Object.entries(ways)) {
  try {
    await way();
    console.log(name, "allowed");
  } catch (error) {
    console.log(name, error.name);
  }
}
`;

builtTest("a program made like it opens no network socket", [], async () => {
  using directory = new TempDirectory();
  const entry = `${directory.path}/probe.js`;
  Deno.writeTextFileSync(entry, PROBE);
  await compileExecutable(
    { entry: pathToFileURL(entry) },
    {
      triple: Deno.build.target,
      output: pathToFileURL(`${directory.path}/probe`),
      official: false,
    },
  );
  const { status, stdout, stderr } = await runProgram([
    `${directory.path}/probe`,
  ]);
  assertEquals(stderr, "");
  assertEquals(stdout.trimEnd().split("\n"), [
    "connect NotCapable",
    "tls NotCapable",
    "listen NotCapable",
    "datagram NotCapable",
    "serve NotCapable",
    "fetch NotCapable",
    "websocket NotCapable",
    "node Error",
    "module TypeError",
    "request NotCapable",
  ]);
  assertEquals(status, 0);
});

builtTest("no permission but those it needs is in it", [], async () => {
  const bytes = Buffer.from(Deno.readFileSync(BUILT));
  const start = bytes.lastIndexOf('"permissions":{') + '"permissions":'.length;
  const end = bytes.indexOf("}", start) + 1;
  const baked = JSON.parse(bytes.subarray(start, end).toString());
  const everywhere = Object.keys(baked)
    .filter((name) => name.startsWith("allow_") && baked[name] !== null);
  assertEquals(everywhere.toSorted(), [
    "allow_env",
    ...(mayCallLibrary ? ["allow_ffi"] : []),
    // Hosts that modules may come from; all of them are denied below.
    "allow_import",
    "allow_read",
    "allow_run",
    "allow_sys",
    "allow_write",
  ]);
  assertEquals([baked.deny_net, baked.deny_import, baked.prompt], [
    [],
    [],
    false,
  ]);
});
