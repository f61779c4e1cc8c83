import { assert, assertEquals } from "@std/assert";
import { downloadOverScp } from "../../../lib/routes/scp_routes.ts";
import type { RemoteLocation } from "../../../lib/location/location.ts";
import { peerTest } from "../../support/doors.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { FAR, routeContext, script, SessionStage } from "./session_stage.ts";

/** ssh whose source has no entry `*`, and the file `a` for the pattern. */
const SOURCE = script(
  "for last; do :; done\nhead -c 1 >/dev/null\n" +
    "case $last in\n" +
    "  *\"'*'\") printf '\\1scp: *: No such file or directory\\n'; exit 1;;\n" +
    "  *' *') printf 'C0644 3 a\\nabc\\0'; head -c 2 >/dev/null;;\n" +
    "  *) printf '\\1scp: x: Permission denied\\n'; exit 1;;\n" +
    "esac\n",
);

/** Downloads a path into an empty directory; gives what arrives there. */
async function download(
  stage: SessionStage,
  location: RemoteLocation,
): Promise<readonly string[]> {
  const target = `${stage.path}/target`;
  Deno.mkdirSync(target);
  const result = await downloadOverScp(
    location,
    target,
    routeContext(stage, target),
  ).connect({});
  assert(result.kind === "connected");
  assertEquals(await result.run(), undefined);
  return listing(target);
}

peerTest(
  "downloadOverScp(): reads a path as a pattern where no entry has that name",
  ["sh"],
  async () => {
    using stage = new SessionStage(SOURCE);
    assertEquals(await download(stage, { ...FAR, path: "*" }), ['a = "abc"']);
    assertEquals(stage.reported.failures, []);
    assertEquals(
      stage.reported.verboseLines.filter((line) => /^Exec/.test(line)).map(
        (line) => line.replace(/.* command /, ""),
      ),
      ["scp -f '*'", "scp -f *"],
    );
  },
);

peerTest(
  "downloadOverScp(): reports a source's refusal as the host's, or in scp's words with -O",
  ["sh"],
  async () => {
    for (
      const [options, message] of [
        [{}, "far: x: Permission denied"],
        [{ protocol: "scp" }, "scp: x: Permission denied"],
      ] as const
    ) {
      using stage = new SessionStage(SOURCE, options);
      assertEquals(await download(stage, FAR), []);
      assertEquals(stage.reported.failures, [message]);
    }
  },
);

Deno.test("downloadOverScp(): is unavailable for a path that no shell can be given", async () => {
  using stage = new SessionStage((path) => `${path}/none`);
  const location = { ...FAR, path: "a\nb" };
  const result = await downloadOverScp(location, ".", routeContext(stage))
    .connect({});
  assert(result.kind === "unavailable");
  assertEquals([result.location, result.isProven], [location, false]);
  assert(result.reason.includes("line break"), result.reason);
  assertEquals(stage.reported.verboseLines, []);
});
