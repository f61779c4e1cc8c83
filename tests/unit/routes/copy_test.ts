import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import type { CopyJob } from "../../../lib/options/copy_options.ts";
import { copy } from "../../../lib/routes/copy.ts";
import { listing } from "../../support/fixtures/listing.ts";
import { makeTree } from "../../support/fixtures/tree.ts";
import { saying, SessionStage } from "./session_stage.ts";

/** Copies with a stage's ssh; gives the failures, and the number of them. */
async function run(
  stage: SessionStage,
  { sources, target }: Pick<CopyJob, "sources" | "target">,
  options: Partial<CopyJob["options"]> = {},
): Promise<readonly [failures: readonly string[], count: number]> {
  const { job } = stage.context;
  const kinds: CopyEvent["kind"][] = [];
  const { failures } = await copy(
    { ...job, sources, target, options: { ...job.options, ...options } },
    {
      report: (event) => {
        kinds.push(event.kind);
        stage.reported.report(event);
      },
    },
  );
  assertEquals(kinds.indexOf("end"), kinds.length - 1);
  return [stage.reported.failures, failures];
}

/** Gives a stage with the files `a` and `b` and the directory `d`, without scp. */
function treeStage(): SessionStage {
  const stage = new SessionStage(saying("sh: not found", 127));
  makeTree(stage.path, [
    { path: "a", content: "alpha" },
    { path: "b", content: "beta" },
    { path: "d/" },
  ]);
  return stage;
}

Deno.test("copy(): copies local sources in their order, and reports those that fail", async () => {
  using stage = treeStage();
  const { path } = stage;
  assertEquals(
    await run(stage, {
      sources: [`${path}/a`, `${path}/none`, `${path}/b`],
      target: `${path}/d`,
    }, { targetIsDirectory: true }),
    [[`${path}/none: No such file or directory`], 1],
  );
  assertEquals(listing(`${path}/d`), ['a = "alpha"', 'b = "beta"']);
});

Deno.test("copy(): copies nothing where a local target is no directory and has to be one", async () => {
  using stage = treeStage();
  const { path } = stage;
  assertEquals(
    await run(stage, {
      sources: [`${path}/a`, "far:x"],
      target: `${path}/b`,
    }, { targetIsDirectory: true }),
    [[`${path}/b: Not a directory`], 1],
  );
  assertEquals(Deno.readTextFileSync(`${path}/b`), "beta");
});

Deno.test("copy(): reports a source whose login is refused, and copies the others", async () => {
  using stage = treeStage();
  const { path } = stage;
  assertEquals(
    await run(stage, {
      sources: ["-oProxyCommand=id@far:x", "fa;r:x", `${path}/a`],
      target: `${path}/d`,
    }),
    [[
      "-oProxyCommand=id: invalid user name",
      "fa;r: invalid host name",
    ], 2],
  );
  assertEquals(listing(`${path}/d`), ['a = "alpha"']);
});

Deno.test("copy(): reports each copy whose host lacks both protocols", async () => {
  const reason = "far: neither protocol begins: " +
    "SCP: there is no scp (exit status 127); " +
    "SFTP: there is no SFTP server (exit status 127)";
  for (
    const [sources, target, copies] of [
      [["a", "b"], "far:x", 1],
      [["far:x", "far:y"], "d", 2],
      [["a", "far:x", "b"], "far:y", 3],
    ] as const
  ) {
    using stage = treeStage();
    const local = (operand: string): string =>
      operand.includes(":") ? operand : `${stage.path}/${operand}`;
    const job = { sources: sources.map(local), target: local(target) };
    const [failures, count] = await run(stage, job);
    assertEquals(failures, Array(copies).fill(reason));
    assertEquals(count, copies);
    assertEquals(stage.reported.lostConnections.length, copies);
  }
});

Deno.test("copy(): has the source's host copy directly where the copy does not go through here", async () => {
  using stage = treeStage();
  const [failures] = await run(
    stage,
    { sources: ["far:x"], target: "other:y" },
    { throughHere: false },
  );
  assertEquals(failures, [
    "far: there is no scp on the remote (exit status 127)",
  ]);
});

Deno.test("copy(): copies nothing after an interruption", async () => {
  using stage = treeStage();
  stage.interruption.abort();
  const { path } = stage;
  for (
    const job of [
      { sources: [`${path}/a`], target: `${path}/d` },
      { sources: [`${path}/a`, "far:x"], target: "far:y" },
    ]
  ) assertEquals(await run(stage, job), [[], 0]);
  assertEquals(listing(`${path}/d`), []);
});
