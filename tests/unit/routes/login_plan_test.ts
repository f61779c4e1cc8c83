import { assert, assertEquals } from "@std/assert";
import { LoginPlans } from "../../../lib/routes/login_plan.ts";
import type { CopyOptions } from "../../../lib/options/copy_options.ts";
import { onWindows } from "../../support/platform.ts";
import { exists } from "../../support/fixtures/tree.ts";
import { FAR, OTHER, saying, SessionStage } from "./session_stage.ts";

/** An ssh that knows no `-G`, so that it has no configuration. */
const UNKNOWN = saying("unknown option -- G", 255);

function stageOf(change: Partial<CopyOptions>): SessionStage {
  return new SessionStage(UNKNOWN, { jobs: 8, ...change });
}

Deno.test("LoginPlans: plan nothing where one connection copies", async () => {
  using stage = stageOf({ jobs: 1, share: true });
  using plans = new LoginPlans(stage.context);
  assertEquals(await plans.planFor(FAR), undefined);
});

Deno.test("LoginPlans: have the others log in without a prompt, if the first one needs none", async () => {
  using stage = stageOf({});
  using plans = new LoginPlans(stage.context);
  assertEquals(await plans.planFor(FAR), {
    first: { kind: "first" },
    others: { kind: "silent" },
    dependsOnPrompts: true,
  });
});

Deno.test("LoginPlans: start any number of local servers", async () => {
  using stage = stageOf({ sftpServer: "/bin/sftp-server", share: true });
  using plans = new LoginPlans(stage.context);
  assertEquals(await plans.planFor(FAR), {
    first: { kind: "first" },
    others: { kind: "silent" },
    dependsOnPrompts: false,
  });
});

Deno.test({
  name:
    "LoginPlans: have a second session share a login that prompts, whatever the options are",
  ignore: onWindows,
  fn: () => {
    using stage = stageOf({ jobs: 1 });
    using plans = new LoginPlans(stage.context);
    const plan = plans.planMaster();
    assert(plan?.first.kind === "master");
    const { socket } = plan.first;
    assertEquals(plan.others, { kind: "shared", socket });
    assert(!plan.dependsOnPrompts);
  },
});

Deno.test({
  name:
    "LoginPlans: have each first ssh share its login by a socket of its own, removed at the end",
  ignore: onWindows,
  fn: async () => {
    using stage = stageOf({ share: true });
    const sockets: string[] = [];
    {
      using plans = new LoginPlans(stage.context);
      for (const location of [FAR, OTHER]) {
        const plan = await plans.planFor(location);
        assert(plan?.first.kind === "master");
        const { socket } = plan.first;
        assertEquals(plan.others, { kind: "shared", socket });
        assert(!plan.dependsOnPrompts);
        sockets.push(socket);
      }
      assertEquals(new Set(sockets).size, 2);
    }
    for (const socket of sockets) {
      assert(!exists(socket.replace(/\/\d+$/, "")));
    }
    assertEquals(stage.reported.warnings, []);
  },
});
