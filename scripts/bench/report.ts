/** Output, as text for people or as one document for programs. */

import { type Conditions, conditionsText } from "./conditions.ts";
import { scalingOf } from "./scaling.ts";
import type { Summary } from "./summary.ts";
import {
  comparisonHead,
  comparisonRow,
  SCALE_HEAD,
  scaleRow,
  tableLine,
} from "./table.ts";
import { amountOf, type Source } from "./sources.ts";
import type { ScaleWork } from "./works.ts";

/** Takes what is measured, as it comes. */
export interface Report {
  /** Tells what holds for all that is measured. */
  begin(conditions: Conditions): void;
  add(summary: Summary): void;
  end(): void;
}

type Print = (line: string) => void;

/**
 * Each result as a row, at once; in a table for works that all make, and one
 * for those with very many files.
 *
 * @param peers Columns, by the contenders' names.
 * @param floor Tells whether there are columns for the floor.
 */
export function textReport(
  peers: readonly string[],
  floor: { readonly floor: boolean },
  print: Print,
): Report {
  let printedHead: readonly string[] | undefined;
  const heads = { compared: comparisonHead(peers, floor), scale: SCALE_HEAD };
  return {
    begin: (conditions) => print(conditionsText(conditions)),
    add(summary) {
      const [head, row] = isScale(summary)
        ? [heads.scale, scaleRow(summary)]
        : [heads.compared, comparisonRow(summary, peers, floor)];
      if (head !== printedHead) {
        print("");
        print(tableLine(head));
        print(tableLine(head.map(() => "---")));
        printedHead = head;
      }
      print(tableLine(row));
    },
    end() {},
  };
}

/**
 * One JSON document at the end, with every single run; of a source, its name and
 * its size.
 */
export function jsonReport(print: Print): Report {
  const results: unknown[] = [];
  let conditions: Conditions;
  return {
    begin(given) {
      conditions = given;
    },
    add(summary) {
      const scaling = isScale(summary) ? scalingOf(summary) : {};
      results.push({ ...summary, ...scaling });
    },
    end: () =>
      print(JSON.stringify({ ...conditions, results }, withAmounts, 2)),
  };
}

function withAmounts(_key: string, value: unknown): unknown {
  if (!isSource(value)) return value;
  return { name: value.name, ...amountOf(value) };
}

function isSource(value: unknown): value is Source {
  return typeof value === "object" && value !== null && "origin" in value;
}

function isScale(summary: Summary): summary is Summary<ScaleWork> {
  return summary.work.kind === "scale";
}
