import { assertEquals } from "@std/assert";
import type { CopyEvent, MovingFile } from "../../../lib/events/copy_event.ts";
import { HeldFailures } from "../../../lib/events/held_failures.ts";

const LOST: CopyEvent = {
  kind: "failure",
  message: "far: lost connection",
  host: "far",
  isConnection: true,
  mendable: "sftp",
};

const REFUSED: CopyEvent = { kind: "failure", message: "a: denied", path: "a" };

function fileAt(path: string): MovingFile {
  return { name: path, path, size: 1, isWatched: true };
}

function settled(path: string, outcome: "copied" | "failed"): CopyEvent {
  return { kind: "settled", file: fileAt(path), outcome };
}

function stage(): { held: HeldFailures; told: CopyEvent[] } {
  const told: CopyEvent[] = [];
  return {
    held: new HeldFailures({ report: (event) => void told.push(event) }),
    told,
  };
}

Deno.test("HeldFailures: pass on everything at once before a try", () => {
  const { held, told } = stage();
  held.report(REFUSED);
  assertEquals(told, [REFUSED]);
});

Deno.test("HeldFailures: are told at the end of the last try, in their order", () => {
  const { held, told } = stage();
  held.hold();
  held.report(REFUSED);
  held.report(settled("b", "copied"));
  held.report(settled("c", "failed"));
  assertEquals(told, [settled("b", "copied")]);
  held.release();
  assertEquals(told, [
    settled("b", "copied"),
    REFUSED,
    settled("c", "failed"),
  ]);
});

Deno.test("HeldFailures: are dropped before another try, whose files begin again", () => {
  const { held, told } = stage();
  held.hold();
  held.report(REFUSED);
  held.report(settled("c", "failed"));
  held.report(LOST);
  held.drop();
  assertEquals(told, [
    { kind: "settled", file: fileAt("c"), outcome: "again" },
  ]);
});

Deno.test("HeldFailures: tell once what two tries say, and again what one try says twice", () => {
  const { held, told } = stage();
  const skipped: CopyEvent = {
    kind: "skipped",
    path: "s",
    target: "far: s",
    reason: "same size and time",
  };
  const warning: CopyEvent = { kind: "warning", message: "over SCP" };
  held.hold();
  held.report(warning);
  held.report(skipped);
  held.report(skipped);
  held.report(settled("b", "copied"));
  held.drop();
  held.hold();
  held.report(warning);
  held.report(skipped);
  held.report(settled("b", "copied"));
  held.release();
  assertEquals(told, [
    warning,
    skipped,
    skipped,
    settled("b", "copied"),
    { kind: "settled", file: fileAt("b"), outcome: "again" },
  ]);
});

Deno.test("HeldFailures: a lost connection can be mended, beside entries that failed", () => {
  const { held } = stage();
  held.hold();
  assertEquals(held.mendable, undefined);
  held.report(REFUSED);
  assertEquals(held.mendable, undefined);
  held.report(LOST);
  assertEquals(held.mendable, LOST);
});

Deno.test("HeldFailures: a session that ends otherwise cannot be mended", () => {
  const { held } = stage();
  held.hold();
  held.report(LOST);
  held.report({
    kind: "failure",
    message: "other: denied",
    isConnection: true,
  });
  assertEquals(held.mendable, undefined);
});
