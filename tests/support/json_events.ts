import { Validator } from "@cfworker/json-schema";
import { assert, assertEquals } from "@std/assert";
import schema from "../../docs/json-events.schema.json" with { type: "json" };

/** One event of `--json`. */
export interface JsonEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Documented types, each with its fields. */
const TYPES: Readonly<Record<string, { readonly properties: object }>> =
  schema.$defs;

const validator = new Validator(schema as object, "2020-12", false);

/**
 * Reads the events of a run, each held to the schema: `start` comes first, `summary`
 * last with the exit status, and no field is undocumented.
 */
export function jsonEvents(stdout: string, status: number): JsonEvent[] {
  assert(stdout.endsWith("\n"), "the last line has no end");
  assert(/^[\n\x20-\x7e]*$/.test(stdout), "a terminal could be controlled");
  const events = stdout.trimEnd().split("\n")
    .map((line) => JSON.parse(line) as JsonEvent);
  for (const event of events) {
    const { valid, errors } = validator.validate(event);
    assert(valid, JSON.stringify([event, errors]));
    const { properties } = TYPES[event.type]!;
    for (const field of Object.keys(event)) {
      assert(field in properties, `${event.type} has a field ${field}`);
    }
  }
  assertEquals(
    events.map(({ type }, at) => type === "start" ? at : -1).filter((at) =>
      at >= 0
    ),
    [0],
  );
  const summaries = events.filter(({ type }) => type === "summary");
  assertEquals(summaries.length, 1, "there is one summary");
  assertEquals(events.at(-1), summaries[0]);
  assertEquals(summaries[0]!.exit_status, status);
  assertEquals(
    events.filter(({ type }) => type === "error").length,
    summaries[0]!.failures,
  );
  return events;
}
