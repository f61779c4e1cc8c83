import { assert, assertEquals } from "@std/assert";
import { copyWithFallback } from "../../../lib/routes/fallback.ts";
import {
  otherThan,
  type Protocol,
} from "../../../lib/routes/protocol_choice.ts";
import type {
  ConnectOptions,
  ConnectResult,
  Route,
} from "../../../lib/routes/route.ts";
import type { UnavailableProtocol } from "../../../lib/routes/unavailable_protocol.ts";
import { turn } from "../../support/turn.ts";

type Connect = (options: ConnectOptions) => Promise<ConnectResult>;

/** Copy over routes that behave as a test says, and a record of it. */
class Scene {
  /** Events, in their order. */
  readonly seen: string[] = [];
  readonly interruption = new AbortController();

  /** Gives a connection, whose run may find the protocol unavailable. */
  connected(
    name: Protocol,
    { isCertain = true, reason }: {
      isCertain?: boolean;
      reason?: string;
    } = {},
  ): ConnectResult {
    return {
      kind: "connected",
      isCertain,
      run: async () => {
        this.seen.push(`${name} runs`);
        return reason === undefined ? undefined : unavailable(reason);
      },
      close: async () => {
        this.seen.push(`${name} is closed`);
      },
    };
  }

  /** Gives a route that connects as a test says. */
  route(name: Protocol, connect: Connect): Route {
    return {
      connect: async (options) => {
        this.seen.push(`${name} connects`);
        return await connect(options);
      },
    };
  }

  async copy(
    protocol: Protocol,
    connect: Readonly<Record<Protocol, Connect>>,
    { mayChange = true, mendsLost = false, isSlower = false } = {},
  ): Promise<void> {
    await copyWithFallback(
      {
        scp: this.route("scp", connect.scp),
        sftp: this.route("sftp", connect.sftp),
      },
      { protocol, reason: "a test", mayChange, isSlower },
      {
        hosts: {
          remember: async ({ reason, isProven }, protocol) => {
            this.seen.push(
              `${protocol} lacks${isProven ? " for good" : ""}: ${reason}`,
            );
          },
          otherProtocolHint: (protocol) => `: try without ${protocol}`,
        },
        observer: {
          report: (event) => {
            if (!("message" in event) || event.kind === "verbose") return;
            const { kind, message } = event;
            const lost = event.kind === "failure" &&
              event.isConnection === true;
            const again = event.kind === "failure" && event.mendable
              ? " at the login"
              : "";
            this.seen.push(
              `${kind}${again}${lost ? " of a connection" : ""}: ${message}`,
            );
          },
        },
        interrupted: this.interruption.signal,
        mendsLost,
      },
    );
  }
}

function unavailable(reason: string, host = "far"): UnavailableProtocol {
  return {
    location: { kind: "remote", host, path: "x" },
    reason,
    isProven: reason === "no program",
    ...(reason === "the server closed the connection" ? { wasLost: true } : {}),
  };
}

/** Gives the result of a protocol that is unavailable for a reason. */
function fails(reason: string, host?: string): ConnectResult {
  return { kind: "unavailable", ...unavailable(reason, host) };
}

async function never(): Promise<never> {
  throw new Error("not to be connected");
}

const NAMES = { scp: "SCP", sftp: "SFTP" } as const;

for (const first of ["scp", "sftp"] as const) {
  const other = otherThan(first);
  const routes = (one: Connect, two: Connect): Record<Protocol, Connect> =>
    ({ [first]: one, [other]: two }) as Record<Protocol, Connect>;
  const GOES_ON = `going on over ${NAMES[other]}`;

  Deno.test(`copyWithFallback(), ${first} first: the copy goes over it, and the other one never connects`, async () => {
    for (const isCertain of [true, false]) {
      const scene = new Scene();
      await scene.copy(
        first,
        routes(async () => scene.connected(first, { isCertain }), never),
      );
      assertEquals(scene.seen, [`${first} connects`, `${first} runs`]);
    }
  });

  Deno.test(`copyWithFallback(), ${first} first: where it is unavailable, one warning says so before a certain fallback runs`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(
        async () => fails("no program"),
        async () => scene.connected(other),
      ),
    );
    assertEquals(scene.seen, [
      `${first} connects`,
      `${other} connects`,
      `${first} lacks for good: no program`,
      `warning: far: no program: ${GOES_ON}`,
      `${other} runs`,
    ]);
  });

  Deno.test(`copyWithFallback(), ${first} first: the warning comes after a fallback that is not certain`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(
        async () => fails("no program"),
        async () => scene.connected(other, { isCertain: false }),
      ),
    );
    assertEquals(scene.seen, [
      `${first} connects`,
      `${other} connects`,
      `${other} runs`,
      `${first} lacks for good: no program`,
      `warning: far: no program: ${GOES_ON}`,
    ]);
  });

  Deno.test(`copyWithFallback(), ${first} first: a run that finds it unavailable falls back, too`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(
        async () =>
          scene.connected(first, { isCertain: false, reason: "words" }),
        async () => scene.connected(other),
      ),
    );
    assertEquals(scene.seen, [
      `${first} connects`,
      `${first} runs`,
      `${other} connects`,
      `${first} lacks: words`,
      `warning: far: words: ${GOES_ON}`,
      `${other} runs`,
    ]);
  });

  Deno.test(`copyWithFallback(), ${first} first: where both are unavailable, one failure has both reasons, and no host is remembered`, async () => {
    for (
      const second of [
        async () => fails("silence"),
        async (scene: Scene) =>
          scene.connected(other, { isCertain: false, reason: "silence" }),
      ]
    ) {
      const scene = new Scene();
      await scene.copy(
        first,
        routes(async () => fails("no program"), () => second(scene)),
      );
      const [scp, sftp] = first === "scp"
        ? ["no program", "silence"]
        : ["silence", "no program"];
      assertEquals(
        scene.seen.filter((line) => !/connects$|runs$/.test(line)),
        [`failure of a connection: far: neither protocol begins: SCP: ${scp}; SFTP: ${sftp}`],
      );
    }
  });

  Deno.test(`copyWithFallback(), ${first} first: where both are unavailable, each host is named with its reason`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async () => fails("a", "far"), async () => fails("b", "there")),
    );
    const [hosts, reasons] = first === "scp"
      ? ["far, there", "SCP: far: a; SFTP: there: b"]
      : ["there, far", "SCP: there: b; SFTP: far: a"];
    assertEquals(
      scene.seen.at(-1),
      `failure of a connection: ${hosts}: neither protocol begins: ${reasons}`,
    );
  });

  Deno.test(`copyWithFallback(), ${first} first: a failure that was reported leads to no fallback`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async () => ({ kind: "failed" }), never),
    );
    assertEquals(scene.seen, [`${first} connects`]);
  });

  Deno.test(`copyWithFallback(), ${first} first: nothing is reported after a failure of the fallback`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async () => fails("no program"), async () => ({ kind: "failed" })),
    );
    assertEquals(scene.seen, [`${first} connects`, `${other} connects`]);
  });

  Deno.test(`copyWithFallback(), ${first} first: it is given the other route where that is faster`, async () => {
    for (const isSlower of [true, false]) {
      const scene = new Scene();
      let faster: Route | undefined;
      await scene.copy(
        first,
        routes(async (options) => {
          faster = options.faster;
          return scene.connected(first);
        }, never),
        { isSlower },
      );
      assertEquals(faster !== undefined, isSlower);
      assertEquals(scene.seen, [`${first} connects`, `${first} runs`]);
    }
  });

  Deno.test(`copyWithFallback(), ${first} first: while it is silent, the other one connects and makes the copy`, async () => {
    const scene = new Scene();
    let isLeft: boolean | undefined;
    await scene.copy(
      first,
      routes(
        async ({ onSilence }) => {
          isLeft = await onSilence!(Promise.withResolvers<void>().promise);
          return fails("silence");
        },
        async ({ abandoned }) => {
          assertEquals(abandoned?.aborted, false);
          return scene.connected(other);
        },
      ),
    );
    assertEquals(isLeft, true);
    assertEquals(scene.seen, [
      `${first} connects`,
      `${other} connects`,
      `${first} lacks: silence`,
      `warning: far: silence: ${GOES_ON}`,
      `${other} runs`,
    ]);
  });

  Deno.test(`copyWithFallback(), ${first} first: it makes the copy if it speaks meanwhile, and a late fallback is closed`, async () => {
    for (const isLate of [true, false]) {
      const scene = new Scene();
      let abandoned: AbortSignal | undefined;
      const late = Promise.withResolvers<void>();
      const spoke = Promise.withResolvers<void>();
      await scene.copy(
        first,
        routes(
          async ({ onSilence }) => {
            const isLeft = onSilence!(spoke.promise);
            await turn();
            spoke.resolve();
            await turn();
            assert(abandoned!.aborted);
            late.resolve();
            assertEquals(await isLeft, false);
            return scene.connected(first);
          },
          async (options) => {
            abandoned = options.abandoned;
            await late.promise;
            return isLate ? scene.connected(other) : { kind: "failed" };
          },
        ),
      );
      assertEquals(scene.seen, [
        `${first} connects`,
        `${other} connects`,
        ...(isLate ? [`${other} is closed`] : []),
        `${first} runs`,
      ]);
    }
  });

  Deno.test(`copyWithFallback(), ${first} first: a fallback that is unavailable during its silence is not tried again`, async () => {
    for (const speaks of [true, false]) {
      const scene = new Scene();
      await scene.copy(
        first,
        routes(
          async ({ onSilence }) => {
            const silent = Promise.withResolvers<void>().promise;
            assertEquals(await onSilence!(silent), false);
            return speaks ? scene.connected(first) : fails("silence");
          },
          async () => fails("no program"),
        ),
      );
      const [scp, sftp] = first === "scp"
        ? ["silence", "no program"]
        : ["no program", "silence"];
      assertEquals(scene.seen, [
        `${first} connects`,
        `${other} connects`,
        speaks
          ? `${first} runs`
          : `failure of a connection: far: neither protocol begins: SCP: ${scp}; SFTP: ${sftp}`,
      ]);
    }
  });

  Deno.test(`copyWithFallback(), ${first} first: an interruption ends the copy without a report`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async () => {
        scene.interruption.abort();
        return fails("no program");
      }, never),
    );
    assertEquals(scene.seen, [`${first} connects`]);
  });

  Deno.test(`copyWithFallback(), ${first} first: an interruption of the fallback is not reported`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async () => fails("no program"), async () => {
        scene.interruption.abort();
        return fails("silence");
      }),
    );
    assertEquals(scene.seen, [`${first} connects`, `${other} connects`]);
  });

  Deno.test(`copyWithFallback(), ${first} named: it alone connects, without a fallback`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async (options) => {
        assertEquals(options, {});
        return scene.connected(first);
      }, never),
      { mayChange: false },
    );
    assertEquals(scene.seen, [`${first} connects`, `${first} runs`]);
  });

  Deno.test(`copyWithFallback(), ${first} named: the failure of one that is unavailable has a hint`, async () => {
    for (
      const connect of [
        async () => fails("no program"),
        async (scene: Scene) =>
          scene.connected(first, { reason: "no program" }),
      ]
    ) {
      const scene = new Scene();
      await scene.copy(first, routes(() => connect(scene), never), {
        mayChange: false,
      });
      assertEquals(
        scene.seen.at(-1),
        `failure of a connection: far: no program: try without ${first}`,
      );
    }
  });

  Deno.test(`copyWithFallback(), ${first} named: an interruption is not reported`, async () => {
    const scene = new Scene();
    await scene.copy(
      first,
      routes(async () => {
        scene.interruption.abort();
        return fails("no program");
      }, never),
      { mayChange: false },
    );
    assertEquals(scene.seen, [`${first} connects`]);
  });
}

Deno.test("copyWithFallback(): a connection that was lost at its start is tried again, not replaced", async () => {
  for (const mayChange of [true, false]) {
    const scene = new Scene();
    await scene.copy("sftp", {
      sftp: async () => fails("the server closed the connection"),
      scp: never,
    }, { mayChange, mendsLost: true });
    const hint = mayChange ? "" : ": try without sftp";
    assertEquals(scene.seen, [
      "sftp connects",
      "failure at the login of a connection: far: " +
      `the server closed the connection${hint}`,
    ]);
  }
});

Deno.test("copyWithFallback(): the other protocol follows a lost connection where no try does", async () => {
  const scene = new Scene();
  await scene.copy("sftp", {
    sftp: async () => fails("the server closed the connection"),
    scp: async () => scene.connected("scp"),
  });
  assertEquals(scene.seen.slice(0, 2), ["sftp connects", "scp connects"]);
  assertEquals(scene.seen.at(-1), "scp runs");
});

Deno.test("copyWithFallback(): a protocol that is missing is replaced, though lost connections are tried again", async () => {
  const scene = new Scene();
  await scene.copy("sftp", {
    sftp: async () => fails("no program"),
    scp: async () => scene.connected("scp"),
  }, { mendsLost: true });
  assertEquals(scene.seen.at(-1), "scp runs");
});
