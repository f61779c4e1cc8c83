import { assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/channel/channel.ts";
import { UnexpectedOutputError } from "../../../lib/errors.ts";
import { BATCH_MODE } from "../../../lib/options/copy_options.ts";
import { RemoteScp } from "../../../lib/routes/remote_scp.ts";
import type { ScpRequest } from "../../../lib/routes/scp_request.ts";
import { peerTest } from "../../support/doors.ts";
import { FAR, script, SessionStage } from "./session_stage.ts";

const SINK: ScpRequest = {
  role: "-t",
  location: FAR,
  path: "x",
  targetIsDirectory: false,
};

/** ssh that prints its last argument, the command, and a line break. */
const ECHO = script('for last; do :; done\necho "$last"\n');

/** Gives an ssh that prints a text. */
function printing(text: string): (path: string) => string {
  return script(`printf '${text}'\n`);
}

function start(
  stage: SessionStage,
  change: Partial<ScpRequest> = {},
): RemoteScp {
  const request = { ...SINK, ...change };
  return new RemoteScp(request, stage.context, stage.interruption.signal);
}

async function readLine(channel: Channel): Promise<string> {
  const bytes = await channel.read(1000, { last: 0x0a });
  return new TextDecoder().decode(bytes);
}

peerTest(
  "RemoteScp: has ssh run the command of its role, path and options",
  ["sh"],
  async () => {
    for (
      const [request, options, command] of [
        [{}, {}, "scp -t x"],
        [{ role: "-f" }, { recursive: true }, "scp -r -f x"],
        [{ targetIsDirectory: true }, { preserve: true }, "scp -p -d -t x"],
        [{ preserve: true, path: "-y" }, {}, "scp -p -t -- -y"],
        [{ isSecond: true }, { verbose: true }, "scp -v -t x"],
      ] as const
    ) {
      using stage = new SessionStage(ECHO, options);
      await using scp = start(stage, request);
      assertEquals(await readLine(scp.channel), `${command}\n`);
      const second = "isSecond" in request ? "2nd " : "";
      assertEquals(stage.reported.verboseLines, [
        `Executing: ${second}program ${stage.context.job.options.ssh.program}` +
        ` host far, user (unspecified), command ${command}`,
      ]);
    }
  },
);

peerTest(
  "RemoteScp: restarts with another target",
  ["sh"],
  async () => {
    using stage = new SessionStage(ECHO);
    await using scp = start(stage, { targetIsDirectory: true });
    assertEquals(await readLine(scp.channel), "scp -d -t x\n");
    const change = { path: "y", targetIsDirectory: false, preserve: true };
    assertEquals(await readLine(await scp.restart(change)), "scp -p -t y\n");
    assertEquals(await readLine(scp.channel), "");
  },
);

peerTest(
  "RemoteScp: tells by the first byte whether scp may speak",
  ["sh"],
  async () => {
    for (
      const [role, text, sounds] of [
        ["-t", "\\0", true],
        ["-t", "\\1scp: x\\n", true],
        ["-t", "Welcome", false],
        ["-f", "C0644 0 a\\n", true],
        ["-f", "\\0", false],
        ["-f", "Welcome", false],
      ] as const
    ) {
      using stage = new SessionStage(printing(text));
      await using scp = start(stage, { role });
      await scp.session.channel.awaitInput();
      assertEquals(scp.soundsLikeScp, sounds, `${role} ${text}`);
    }
  },
);

peerTest(
  "RemoteScp: marks the command where a banner is expected, and skips the banner",
  ["sh"],
  async () => {
    // The script runs the part of the command before scp.
    using stage = new SessionStage(script(
      'for last; do :; done\necho Welcome\neval "${last%; exec *}"\n' +
        "printf '\\0'\n",
    ));
    const failure = new UnexpectedOutputError('the remote said "Welcome"');
    stage.context.banners.expect(FAR, failure, 0);
    await using scp = start(stage);
    assertEquals(scp.isMarked, true);
    await scp.skipBanner();
    assertEquals(await scp.channel.read(9), Uint8Array.of(0));
    assertEquals(scp.soundsLikeScp, true);
    assertEquals(stage.reported.warnings.length, 1);
  },
);

peerTest(
  "RemoteScp: may restart in batch mode, else not where ssh was not watched",
  ["sh"],
  async () => {
    for (const [flags, canRestart] of [[[BATCH_MODE], true], [[], false]]) {
      using stage = new SessionStage(ECHO, {
        ssh: { program: "true", flags: flags as string[] },
      });
      await using scp = start(stage);
      assertEquals(scp.canRestart, canRestart);
    }
  },
);
