import { assertEquals, assertRejects } from "@std/assert";
import { EntryError, UsageError } from "../../../lib/errors.ts";
import { copyDirectly } from "../../../lib/routes/direct_copy.ts";
import { FAR, OTHER, saying, SessionStage } from "./session_stage.ts";

Deno.test("copyDirectly(): reports the command, and a status that is no success", async () => {
  for (
    const [status, failures] of [
      [0, []],
      [3, ["far: the remote ended with exit status 3"]],
      [255, ["far: ssh failed (exit status 255)"]],
    ] as const
  ) {
    using stage = new SessionStage(saying("a line", status));
    await copyDirectly(FAR, OTHER, stage.context);
    assertEquals(stage.reported.failures, [...failures]);
    assertEquals(stage.reported.lostConnections, []);
    assertEquals(stage.reported.verboseLines, [
      `Executing: ${stage.context.job.options.ssh.program} -x ` +
      "-oClearAllForwardings=yes -n -- far scp x other:y",
    ]);
  }
});

Deno.test("copyDirectly(): reports an ssh that does not start", async () => {
  using stage = new SessionStage((path) => `${path}/none`);
  await copyDirectly(FAR, OTHER, stage.context);
  assertEquals(stage.reported.failures, [
    `${stage.path}/ssh/none: No such file or directory`,
  ]);
});

Deno.test("copyDirectly(): refuses what the first host's scp does not know", async () => {
  using stage = new SessionStage((path) => `${path}/none`);
  const { job } = stage.context;
  const filters = [{ kind: "include", value: "x" }] as const;
  const context = {
    ...stage.context,
    job: { ...job, options: { ...job.options, filters } },
  };
  await assertRejects(
    () => copyDirectly(FAR, OTHER, context),
    UsageError,
    "--include cannot be used with -R: the first host's scp makes the copy",
  );
  assertEquals(stage.reported.verboseLines, []);
});

Deno.test("copyDirectly(): refuses a target's user and port before ssh is run", async () => {
  using stage = new SessionStage((path) => `${path}/none`);
  await assertRejects(
    () => copyDirectly(FAR, { ...OTHER, user: "a`b" }, stage.context),
    EntryError,
    "a`b: invalid user name",
  );
  const error = await assertRejects(
    () => copyDirectly(FAR, { ...OTHER, port: 2222 }, stage.context),
    UsageError,
    "target port not supported with two remote hosts and the -R option",
  );
  assertEquals(error.status, 255);
  assertEquals(stage.reported.verboseLines, []);
  await copyDirectly(FAR, { ...OTHER, port: 22 }, stage.context);
  assertEquals(stage.reported.verboseLines.length, 1);
});
