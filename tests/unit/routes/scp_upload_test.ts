import { assert, assertEquals } from "@std/assert";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import { uploadOverScp } from "../../../lib/routes/scp_routes.ts";
import { peerTest } from "../../support/doors.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { FAR, routeContext, script, SessionStage } from "./session_stage.ts";

/** Uploads paths of a stage; gives the remote commands. */
async function upload(
  stage: SessionStage,
  paths: readonly string[],
  target: RemoteLocation = FAR,
): Promise<readonly string[]> {
  const result = await uploadOverScp(
    paths.map((path) => `${stage.path}/${path}`),
    target,
    routeContext(stage),
  ).connect({});
  assert(result.kind === "connected");
  assertEquals(await result.run(), undefined);
  return stage.reported.verboseLines.flatMap((line) =>
    /^Executing: .* command (.*)/.exec(line)?.[1] ?? []
  );
}

/** Sink that acknowledges all, and keeps what it is sent in a file. */
const TAKER = script("printf '\\0\\0\\0\\0\\0'\ncat >\"${0%/*}/sent\"\n");

peerTest(
  "uploadOverScp(): sends local paths through one session",
  ["sh"],
  async () => {
    using stage = new SessionStage(TAKER);
    makeTree(stage.path, [
      { path: "a", content: "alpha", mode: 0o644 },
      { path: "b", content: "", mode: 0o600 },
    ]);
    assertEquals(await upload(stage, ["a", "b"]), ["scp -t x"]);
    assertEquals(
      Deno.readTextFileSync(`${stage.path}/sent`),
      "C0644 5 a\nalpha\0C0600 0 b\n\0",
    );
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "uploadOverScp(): tells a sink that its target is a directory where a dot path is sent",
  ["sh"],
  async () => {
    using stage = new SessionStage(TAKER, { recursive: true, lockstep: true });
    makeTree(stage.path, [{ path: "d/f", content: "f", mode: 0o644 }]);
    assertEquals(await upload(stage, ["d/."]), ["scp -r -d -t x"]);
    assertEquals(
      Deno.readTextFileSync(`${stage.path}/sent`),
      "C0644 1 f\nf\0",
    );
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "uploadOverScp(): has a sink make the missing target of a dot path",
  ["sh"],
  async () => {
    using stage = new SessionStage(
      script(
        "for last; do :; done\n" +
          "case $last in *-d*)\n" +
          "printf '\\1scp: x: No such file or directory\\n'; exit 1;;\n" +
          "*) printf '\\0\\0\\0\\0\\0'; cat >\"${0%/*}/sent\";; esac\n",
      ),
      { recursive: true, lockstep: true },
    );
    makeTree(stage.path, [
      { path: "d/f", content: "f", mode: 0o644 },
      { path: "d/", mode: 0o755 },
    ]);
    assertEquals(await upload(stage, ["d/."]), [
      "scp -r -d -t x",
      "scp -r -t x",
    ]);
    assertEquals(
      Deno.readTextFileSync(`${stage.path}/sent`),
      "D0755 0 x\nC0644 1 f\nf\0E\n",
    );
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "uploadOverScp(): reports paths that were not sent after a connection failure",
  ["sh"],
  async () => {
    using stage = new SessionStage(
      script("printf '\\0\\2full\\n'\ncat >/dev/null\n"),
    );
    makeTree(stage.path, [
      { path: "a", content: "alpha" },
      { path: "b", content: "beta" },
    ]);
    await upload(stage, ["a", "b"]);
    assertEquals(stage.reported.failures, [
      `${stage.path}/b: not sent`,
      "far: full",
    ]);
  },
);
