import nodeAssert from "node:assert/strict";

/** Asserts that two values are equal, deeply. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, msg);
}

/** Asserts that a value is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  nodeAssert.ok(expr, msg === "" ? undefined : msg);
}

/** Asserts that a text includes another. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  nodeAssert.ok(
    actual.includes(expected),
    `Expected actual: ${JSON.stringify(actual)} to contain: ` +
      `${JSON.stringify(expected)}${msg ? `: ${msg}` : "."}`,
  );
}

/** Asserts that a text matches an expression. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  nodeAssert.match(actual, expected, msg);
}

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

function expectError<E extends Error>(
  error: unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes: string,
): E {
  nodeAssert.ok(
    error instanceof ErrorClass,
    `Expected error to be instance of "${ErrorClass.name}", but was ${error}`,
  );
  assertStringIncludes(error.message, msgIncludes);
  return error;
}

/** Asserts that a function throws, and gives the error. */
export function assertThrows<E extends Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes = "",
): E {
  try {
    fn();
  } catch (error) {
    return expectError(error, ErrorClass, msgIncludes);
  }
  throw new nodeAssert.AssertionError({
    message: "Expected function to throw.",
  });
}

/** Asserts that a function's promise rejects, and gives the error. */
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes = "",
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return expectError(error, ErrorClass, msgIncludes);
  }
  throw new nodeAssert.AssertionError({
    message: "Expected function to reject.",
  });
}
