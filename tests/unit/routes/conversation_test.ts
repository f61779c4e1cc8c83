import { assert, assertEquals } from "@std/assert";
import type { Absence } from "../../../lib/routes/absence.ts";
import type { Beginning, Route, Terms } from "../../../lib/routes/beginning.ts";
import { converse } from "../../../lib/routes/conversation.ts";
import {
  otherThan,
  type Protocol,
} from "../../../lib/routes/protocol_choice.ts";
import { turn } from "../../support/turn.ts";

type Begin = (terms: Terms) => Promise<Beginning>;

/** Conversation with routes that are told what happens, and what was seen. */
class Scene {
  /** All that happened, in its order. */
  readonly seen: string[] = [];
  readonly interruption = new AbortController();

  /** A copy that is made; or none, which its run gives the reason of. */
  begun(
    name: Protocol,
    { isCertain = true, absence }: {
      isCertain?: boolean;
      absence?: Absence;
    } = {},
  ): Beginning {
    return {
      kind: "begun",
      isCertain,
      run: async () => {
        this.seen.push(`${name} runs`);
        return absence;
      },
      abandon: async () => {
        this.seen.push(`${name} is abandoned`);
      },
    };
  }

  /** Route that begins as a test says. */
  route(name: Protocol, begin: Begin): Route {
    return {
      begin: async (terms) => {
        this.seen.push(`${name} begins`);
        return await begin(terms);
      },
    };
  }

  async converse(
    protocol: Protocol,
    begin: Readonly<Record<Protocol, Begin>>,
    { mayChange = true } = {},
  ): Promise<void> {
    await converse(
      {
        scp: this.route("scp", begin.scp),
        sftp: this.route("sftp", begin.sftp),
      },
      { protocol, reason: "a test", mayChange },
      {
        hosts: {
          remember: async ({ why, isProven }, protocol) => {
            this.seen.push(
              `${protocol} lacks${isProven ? " for good" : ""}: ${why}`,
            );
          },
          hintBeside: (protocol) => `: try without ${protocol}`,
        },
        observer: {
          report: (event) => {
            if (!("message" in event) || event.kind === "verbose") return;
            const { kind, message } = event;
            const lost = event.kind === "failure" &&
              event.isConnection === true;
            this.seen.push(
              `${kind}${lost ? " of a connection" : ""}: ${message}`,
            );
          },
        },
        interrupted: this.interruption.signal,
      },
    );
  }
}

/** Reason of a protocol's absence, by its name. */
function absence(why: string, host = "far"): Absence {
  return {
    location: { kind: "remote", host, path: "x" },
    why,
    isProven: why === "no program",
  };
}

function absent(why: string, host?: string): Beginning {
  return { kind: "absent", ...absence(why, host) };
}

async function never(): Promise<never> {
  throw new Error("not to be begun");
}

const NAMES = { scp: "SCP", sftp: "SFTP" } as const;

for (const first of ["scp", "sftp"] as const) {
  const other = otherThan(first);
  const routes = (one: Begin, two: Begin): Record<Protocol, Begin> =>
    ({ [first]: one, [other]: two }) as Record<Protocol, Begin>;
  const GOES_ON = `going on over ${NAMES[other]}`;

  Deno.test(`${first} first: what begins is made over it, and the other one never begins`, async () => {
    for (const isCertain of [true, false]) {
      const scene = new Scene();
      await scene.converse(
        first,
        routes(async () => scene.begun(first, { isCertain }), never),
      );
      assertEquals(scene.seen, [`${first} begins`, `${first} runs`]);
    }
  });

  Deno.test(`${first} first: where it is absent, one line says so once the other one begins for certain, before it runs`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => absent("no program"), async () => scene.begun(other)),
    );
    assertEquals(scene.seen, [
      `${first} begins`,
      `${other} begins`,
      `${first} lacks for good: no program`,
      `warning: far: no program: ${GOES_ON}`,
      `${other} runs`,
    ]);
  });

  Deno.test(`${first} first: where the other one may not be one, the line comes after it ran`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(
        async () => absent("no program"),
        async () => scene.begun(other, { isCertain: false }),
      ),
    );
    assertEquals(scene.seen, [
      `${first} begins`,
      `${other} begins`,
      `${other} runs`,
      `${first} lacks for good: no program`,
      `warning: far: no program: ${GOES_ON}`,
    ]);
  });

  Deno.test(`${first} first: what turns out to be none when it runs leads to the other one, too`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(
        async () =>
          scene.begun(first, { isCertain: false, absence: absence("words") }),
        async () => scene.begun(other),
      ),
    );
    assertEquals(scene.seen, [
      `${first} begins`,
      `${first} runs`,
      `${other} begins`,
      `${first} lacks: words`,
      `warning: far: words: ${GOES_ON}`,
      `${other} runs`,
    ]);
  });

  Deno.test(`${first} first: where neither begins, one failure has both reasons, and nothing is kept`, async () => {
    for (
      const second of [
        async () => absent("silence"),
        async (scene: Scene) =>
          scene.begun(other, { isCertain: false, absence: absence("silence") }),
      ]
    ) {
      const scene = new Scene();
      await scene.converse(
        first,
        routes(async () => absent("no program"), () => second(scene)),
      );
      const [scp, sftp] = first === "scp"
        ? ["no program", "silence"]
        : ["silence", "no program"];
      assertEquals(
        scene.seen.filter((line) => !/begins$|runs$/.test(line)),
        [`failure of a connection: far: neither protocol begins: SCP: ${scp}; SFTP: ${sftp}`],
      );
    }
  });

  Deno.test(`${first} first: where neither begins, each host is named with its reason`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => absent("a", "far"), async () => absent("b", "there")),
    );
    const [hosts, reasons] = first === "scp"
      ? ["far, there", "SCP: far: a; SFTP: there: b"]
      : ["there, far", "SCP: there: b; SFTP: far: a"];
    assertEquals(
      scene.seen.at(-1),
      `failure of a connection: ${hosts}: neither protocol begins: ${reasons}`,
    );
  });

  Deno.test(`${first} first: what is over, is: the other one does not begin`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => ({ kind: "over" }), never),
    );
    assertEquals(scene.seen, [`${first} begins`]);
  });

  Deno.test(`${first} first: where the other one is over, nothing more is said`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => absent("no program"), async () => ({ kind: "over" })),
    );
    assertEquals(scene.seen, [`${first} begins`, `${other} begins`]);
  });

  Deno.test(`${first} first: while it is silent, the other one begins, and the first is left`, async () => {
    const scene = new Scene();
    let isLeft: boolean | undefined;
    await scene.converse(
      first,
      routes(
        async ({ whileSilent }) => {
          isLeft = await whileSilent!(Promise.withResolvers<void>().promise);
          return absent("silence");
        },
        async ({ abandoned }) => {
          assertEquals(abandoned?.aborted, false);
          return scene.begun(other);
        },
      ),
    );
    assertEquals(isLeft, true);
    assertEquals(scene.seen, [
      `${first} begins`,
      `${other} begins`,
      `${first} lacks: silence`,
      `warning: far: silence: ${GOES_ON}`,
      `${other} runs`,
    ]);
  });

  Deno.test(`${first} first: what speaks meanwhile is made, and the other one is abandoned, though it begins too late`, async () => {
    for (const isLate of [true, false]) {
      const scene = new Scene();
      let abandoned: AbortSignal | undefined;
      const late = Promise.withResolvers<void>();
      const spoke = Promise.withResolvers<void>();
      await scene.converse(
        first,
        routes(
          async ({ whileSilent }) => {
            const isLeft = whileSilent!(spoke.promise);
            await turn();
            spoke.resolve();
            await turn();
            assert(abandoned!.aborted);
            late.resolve();
            assertEquals(await isLeft, false);
            return scene.begun(first);
          },
          async (terms) => {
            abandoned = terms.abandoned;
            await late.promise;
            return isLate ? scene.begun(other) : { kind: "over" };
          },
        ),
      );
      assertEquals(scene.seen, [
        `${first} begins`,
        `${other} begins`,
        ...(isLate ? [`${other} is abandoned`] : []),
        `${first} runs`,
      ]);
    }
  });

  Deno.test(`${first} first: where the other one does not begin while it is silent, it is waited for, and the other one not begun again`, async () => {
    for (const speaks of [true, false]) {
      const scene = new Scene();
      await scene.converse(
        first,
        routes(
          async ({ whileSilent }) => {
            const silent = Promise.withResolvers<void>().promise;
            assertEquals(await whileSilent!(silent), false);
            return speaks ? scene.begun(first) : absent("silence");
          },
          async () => absent("no program"),
        ),
      );
      const [scp, sftp] = first === "scp"
        ? ["silence", "no program"]
        : ["no program", "silence"];
      assertEquals(scene.seen, [
        `${first} begins`,
        `${other} begins`,
        speaks
          ? `${first} runs`
          : `failure of a connection: far: neither protocol begins: SCP: ${scp}; SFTP: ${sftp}`,
      ]);
    }
  });

  Deno.test(`${first} first: an interruption ends it without a word more`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => {
        scene.interruption.abort();
        return absent("no program");
      }, never),
    );
    assertEquals(scene.seen, [`${first} begins`]);
  });

  Deno.test(`${first} first: an interruption of the other one is no failure to begin`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => absent("no program"), async () => {
        scene.interruption.abort();
        return absent("silence");
      }),
    );
    assertEquals(scene.seen, [`${first} begins`, `${other} begins`]);
  });

  Deno.test(`${first} named: it alone begins, without a standby`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async (terms) => {
        assertEquals(terms, {});
        return scene.begun(first);
      }, never),
      { mayChange: false },
    );
    assertEquals(scene.seen, [`${first} begins`, `${first} runs`]);
  });

  Deno.test(`${first} named: where it does not begin, or was none, the failure has a hint`, async () => {
    for (
      const begin of [
        async () => absent("no program"),
        async (scene: Scene) =>
          scene.begun(first, { absence: absence("no program") }),
      ]
    ) {
      const scene = new Scene();
      await scene.converse(first, routes(() => begin(scene), never), {
        mayChange: false,
      });
      assertEquals(
        scene.seen.at(-1),
        `failure of a connection: far: no program: try without ${first}`,
      );
    }
  });

  Deno.test(`${first} named: an interruption is told by no hint`, async () => {
    const scene = new Scene();
    await scene.converse(
      first,
      routes(async () => {
        scene.interruption.abort();
        return absent("no program");
      }, never),
      { mayChange: false },
    );
    assertEquals(scene.seen, [`${first} begins`]);
  });
}
