import { assertEquals } from "@std/assert";
import type { CopyEvent } from "../../../lib/events/copy_event.ts";
import { EntryError } from "../../../lib/errors.ts";
import type { Digest } from "../../../lib/filesystem/digest.ts";
import type { HashSession } from "../../../lib/routes/hash_session.ts";
import { type ComparedFile, ScpProof } from "../../../lib/routes/scp_proof.ts";
import { moving } from "../../support/moving.ts";

const hash = (hash: string): Digest => ({ kind: "hash", hash });

const NONE: Digest = { kind: "unavailable", reason: "no commands" };

/** Copies files of these names, and gives what is told of them. */
async function told(
  names: readonly string[],
  { answers, expected = [hash("right")], takesAny, interrupted }: {
    /** Answers for each request of a hash, the last one again and again. */
    answers: (Digest | EntryError)[];
    expected?: readonly Digest[];
    takesAny?: true;
    interrupted?: AbortSignal;
  },
): Promise<string[]> {
  const session: Pick<HashSession, "hash"> = {
    hash: async () => {
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer instanceof EntryError) throw answer;
      return answer;
    },
  };
  const proof = new ScpProof({
    host: "far",
    otherHost: "near",
    session: session as HashSession,
    interrupted: interrupted ?? new AbortController().signal,
    find: ({ name }): ComparedFile => ({
      requests: [{ path: name }, { path: "elsewhere" }],
      ...(takesAny ? { takesAny } : {}),
      name,
      failure: "it is another one",
      expected: expected.map((digest) => async () => digest),
    }),
  });
  const texts: string[] = [];
  const observer = proof.observing({
    report: (event: CopyEvent) => {
      if (event.kind === "failure") texts.push(event.message);
      if (event.kind !== "settled") return;
      texts.push(`${event.file.name} ${event.outcome} ${event.proof ?? ""}`);
    },
  });
  for (const name of names) moving(observer, name, 1).settled("copied");
  await proof.settle();
  return texts.map((text) => text.trimEnd());
}

Deno.test("ScpProof: tells of a file once it is proven", async () => {
  assertEquals(await told(["f"], { answers: [hash("right")] }), [
    "f copied hashed",
  ]);
});

Deno.test("ScpProof: takes any of the hashes that sources of one name have", async () => {
  const expected = [hash("other"), hash("right")];
  assertEquals(await told(["f"], { answers: [hash("right")], expected }), [
    "f copied hashed",
  ]);
});

Deno.test("ScpProof: looks again at a file that differs once nothing is written", async () => {
  const answers = [hash("half"), hash("right")];
  assertEquals(await told(["f"], { answers }), ["f copied hashed"]);
});

Deno.test("ScpProof: fails a file that differs still", async () => {
  assertEquals(await told(["f"], { answers: [hash("wrong")] }), [
    "far: f: verification failed: it is another one",
    "f failed",
  ]);
});

Deno.test("ScpProof: fails a file that cannot be read", async () => {
  const answers = [new EntryError("f: it cannot be read")];
  assertEquals(await told(["f"], { answers }), [
    "far: f: verification failed: it cannot be read back",
    "f failed",
  ]);
});

Deno.test("ScpProof: takes the next place where there is no file at one", async () => {
  const answers = [new EntryError("f: it cannot be read"), hash("right")];
  assertEquals(await told(["f"], { answers }), ["f copied hashed"]);
});

Deno.test("ScpProof: takes the next place for a file that differs where any may be right", async () => {
  const right = () => [hash("wrong"), hash("right")];
  const any = { answers: right(), takesAny: true } as const;
  assertEquals(await told(["f"], any), ["f copied hashed"]);
  const answers = [hash("wrong"), hash("wrong"), hash("right")];
  assertEquals((await told(["f"], { answers })).at(-1), "f failed");
});

Deno.test("ScpProof: leaves a file unproven that another one of its name replaced", async () => {
  const answers = [hash("wrong"), hash("right")];
  assertEquals((await told(["f", "f"], { answers })).toSorted(), [
    "f copied",
    "f copied hashed",
  ]);
});

Deno.test("ScpProof: tells once that a host hashes nothing", async () => {
  assertEquals(await told(["a", "b"], { answers: [NONE] }), [
    "far: cannot verify: no commands",
    "a copied",
    "b copied",
  ]);
  const expected = [NONE];
  assertEquals(await told(["a"], { answers: [hash("right")], expected }), [
    "near: cannot verify: no commands",
    "a copied",
  ]);
});

Deno.test("ScpProof: says nothing of a host where the user interrupted the copy", async () => {
  const interrupted = AbortSignal.abort();
  assertEquals(await told(["a"], { answers: [NONE], interrupted }), [
    "a copied",
  ]);
});
