import { assert, assertEquals } from "@std/assert";
import { relayOverScp } from "../../../lib/routes/scp_routes.ts";
import { peerTest } from "../../support/doors.ts";
import {
  FAR,
  OTHER,
  routeContext,
  script,
  SessionStage,
} from "./session_stage.ts";

/** Source of the file `x`; a file of another name is missing. */
const SOURCE = "*'-f x'*) head -c 1 >/dev/null; printf 'C0644 3 x\\n'\n" +
  "head -c 1 >/dev/null; printf 'abc\\0'; head -c 1 >/dev/null;;\n" +
  "*-f*) head -c 1 >/dev/null\n" +
  "printf '\\1scp: y: No such file or directory\\n'; exit 1;;\n";

/** Gives an ssh that leads to that source, and to a sink. */
function hosts(sink: string): (path: string) => string {
  return script(
    `for last; do :; done\ncase $last in\n${SOURCE}*-t*) ${sink};; esac\n`,
  );
}

/** Relays a path of one host to another. */
async function relay(stage: SessionStage, path = "x"): Promise<void> {
  const source = { ...FAR, path };
  const result = await relayOverScp(source, OTHER, routeContext(stage))
    .connect({});
  assert(result.kind === "connected");
  assertEquals(await result.run(), undefined);
}

/** Sink that keeps one file's record and body. */
const TAKER = "printf '\\0'; IFS= read -r record; printf '\\0'\n" +
  '{ echo "$record"; head -c 4; } >"${0%/*}/sent"; printf \'\\0\'';

peerTest(
  "relayOverScp(): passes a file from a source to a sink, which starts first",
  ["sh"],
  async () => {
    using stage = new SessionStage(hosts(TAKER));
    await relay(stage);
    assertEquals(
      Deno.readTextFileSync(`${stage.path}/sent`),
      "C0644 3 x\nabc\0",
    );
    const executed = stage.reported.verboseLines.flatMap((line) =>
      /^Executing: (.*)program .* host (\w+).* command (.*)/.exec(line)?.slice(
        1,
      )
        .join("|") ?? []
    );
    assertEquals(executed, ["2nd |other|scp -t y", "|far|scp -f x"]);
    assertEquals(stage.reported.failures, []);
  },
);

peerTest(
  "relayOverScp(): reports a missing source as its host's",
  ["sh"],
  async () => {
    using stage = new SessionStage(hosts(TAKER));
    await relay(stage, "y");
    assertEquals(
      stage.reported.failures,
      ["far: y: No such file or directory"],
    );
  },
);

peerTest(
  "relayOverScp(): reports the refusal of a target as its host's",
  ["sh"],
  async () => {
    using stage = new SessionStage(
      hosts("printf '\\1scp: y: Permission denied\\n'; exit 1"),
    );
    await relay(stage);
    assertEquals(stage.reported.failures, ["other: y: Permission denied"]);
  },
);
