/** Works in progress at any time, for two cores. */
const AT_ONCE = 4;

/** Starts all work, so much at a time; each promise resolves to its failure. */
export function startAll(
  works: readonly (() => Promise<void>)[],
): readonly Promise<unknown>[] {
  const results = works.map(() => Promise.withResolvers<unknown>());
  const left = works.entries();
  for (let worker = 0; worker < AT_ONCE; worker++) {
    (async () => {
      for (const [at, work] of left) {
        results[at]!.resolve(
          await work().then(() => undefined, (error) => error),
        );
      }
    })();
  }
  return results.map(({ promise }) => promise);
}
