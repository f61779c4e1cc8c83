/** The summary at the end of a copy of several things where some failed. */

import { assert, assertEquals } from "@std/assert";

/** First line of a summary that tells of failures, and those behind it. */
const SUMMARY =
  /^(?:interrupted: )?[\d,]+ (?:of [\d,]+ )?files?, [\d.]+ \w+ in [\d.:]+(?: s)?(?:; [\d,]+ skipped)?; ([\d,]+) failed:\n((?: {2}.*\n)+)$/m;

/** Line of a failure that stands for others. */
const FOR_OTHERS = / \(and ([\d,]+) more for this reason\)$/;

/** Line that counts those that have none. */
const REST = /^and ([\d,]+) more$/;

/** End of a message that counts what a cut left as well. */
const CUT =
  / \(and ([\d,]+) more (?:in flight|not sent)(?:, ([\d,]+) not sent)?\)$/;

/**
 * Takes the summary off standard error, where there is one, and checks that it tells
 * what the messages above have told, no more and no less; what these only count, it
 * may name.
 *
 * @returns The messages.
 */
export function messagesOf(stderr: string): string {
  const [whole, failures, lines] = SUMMARY.exec(stderr) ?? [];
  if (whole === undefined) return stderr;
  assert(stderr.endsWith(whole), `the summary is not the end: ${stderr}`);
  const messages = stderr.slice(0, -whole.length);
  const told = messages.split("\n").map((message) => message.replace(CUT, ""));
  let unnamed = messages.split("\n").reduce((sum, message) => {
    const [, some = "0", others = "0"] = CUT.exec(message) ?? [];
    return sum + numberOf(some) + numberOf(others);
  }, 0);
  let count = 0;
  for (const line of lines!.trimEnd().split("\n")) {
    const text = line.slice(2);
    const [, rest] = REST.exec(text) ?? [];
    const [, others = "0"] = FOR_OTHERS.exec(text) ?? [];
    count += rest === undefined ? numberOf(others) + 1 : numberOf(rest);
    if (rest !== undefined) continue;
    const message = text.replace(FOR_OTHERS, "");
    const isNamed = told.some((each) =>
      each === message || each.endsWith(`: ${message}`)
    );
    assert(
      isNamed || unnamed-- > 0,
      `only the summary tells "${message}": ${stderr}`,
    );
  }
  assertEquals(count, numberOf(failures!), stderr);
  return messages;
}

function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}
