import { assert, assertEquals } from "@std/assert";
import type { Route } from "../../../lib/routes/route.ts";
import {
  downloadOverSftp,
  relayOverSftp,
  uploadOverSftp,
} from "../../../lib/routes/sftp_routes.ts";
import { findProgram } from "../../../scripts/peers.ts";
import { peerTest } from "../../support/doors.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { SFTP_CHILD_NEEDS } from "../../support/sftp/child.ts";
import {
  FAR,
  OTHER,
  routeContext,
  script,
  SessionStage,
} from "./session_stage.ts";

/** ssh that leads to the system's server, in the directory of the stage. */
const SERVER = script(
  `cd "\${0%/*}"; exec ${findProgram("sftp-server")}\n`,
);

/** Makes a copy over a route, and ends its sessions; gives the failures. */
async function run(
  stage: SessionStage,
  route: (context: ReturnType<typeof routeContext>) => Route,
  target?: string,
): Promise<readonly string[]> {
  const context = routeContext(stage, target);
  const result = await route(context).connect({});
  assert(result.kind === "connected" && result.isCertain);
  assertEquals(await result.run(), undefined);
  await context.sftpSessions.end();
  return stage.reported.failures;
}

/** Gives a stage with a tree in `from/`, and the directory `to/`. */
function treeStage({ targetIsDirectory = false } = {}): SessionStage {
  const stage = new SessionStage(SERVER, {
    recursive: true,
    targetIsDirectory,
  });
  makeTree(stage.path, [
    { path: "from/d/a", content: "alpha" },
    { path: "from/d/b", content: "beta" },
    { path: "to/" },
  ]);
  return stage;
}

const ARRIVED = ["d/", 'd/a = "alpha"', 'd/b = "beta"'];

peerTest("uploadOverSftp(): sends a tree", SFTP_CHILD_NEEDS, async () => {
  using stage = treeStage();
  const path = `${stage.path}/from/d/`;
  assertEquals(
    await run(
      stage,
      (context) => uploadOverSftp([path], { ...FAR, path: "to" }, context),
    ),
    [],
  );
  assertEquals(listing(`${stage.path}/to`), ARRIVED);
});

peerTest(
  "uploadOverSftp(): makes the missing target of several sources",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = treeStage({ targetIsDirectory: true });
    const paths = ["a", "b"].map((name) => `${stage.path}/from/d/${name}`);
    assertEquals(
      await run(
        stage,
        (context) => uploadOverSftp(paths, { ...FAR, path: "new" }, context),
      ),
      [],
    );
    assertEquals(
      listing(`${stage.path}/new`),
      ['a = "alpha"', 'b = "beta"'],
    );
  },
);

peerTest("downloadOverSftp(): receives a tree", SFTP_CHILD_NEEDS, async () => {
  using stage = treeStage();
  const target = `${stage.path}/to`;
  assertEquals(
    await run(
      stage,
      (context) =>
        downloadOverSftp({ ...FAR, path: "from/*" }, target, context),
      target,
    ),
    [],
  );
  assertEquals(listing(target), ARRIVED);
});

peerTest(
  "downloadOverSftp(): reports a missing source",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = treeStage();
    const target = `${stage.path}/to`;
    const failures = await run(
      stage,
      (context) => downloadOverSftp({ ...FAR, path: "none" }, target, context),
      target,
    );
    assertEquals(failures, ["far: none: No such file or directory"]);
    assertEquals(listing(target), []);
  },
);

peerTest(
  "relayOverSftp(): passes a tree from one host to another",
  SFTP_CHILD_NEEDS,
  async () => {
    using stage = treeStage();
    assertEquals(
      await run(
        stage,
        (context) =>
          relayOverSftp(
            { ...FAR, path: "from/d" },
            { ...OTHER, path: "to" },
            context,
          ),
      ),
      [],
    );
    assertEquals(listing(`${stage.path}/to`), ARRIVED);
  },
);
