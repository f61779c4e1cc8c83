/** Names of options, and what is done with an argument that is none of them. */
export interface ParseOptions<
  TBooleans extends string | undefined = undefined,
  TStrings extends string | undefined = undefined,
  TCollectable extends string | undefined = undefined,
> {
  /** Options without a value. */
  boolean?: ReadonlyArray<Extract<TBooleans, string>>;
  /** Options with a value. */
  string?: ReadonlyArray<Extract<TStrings, string>>;
  /** Options that may be given more than once. */
  collect?: ReadonlyArray<Extract<TCollectable, string>>;
  /**
   * Receives each argument that is no option of these, with its name if it looks
   * like one; may throw, or return `false` for the argument to be left out.
   */
  unknown: (arg: string, key?: string) => unknown;
}

/** Options by their names, and the arguments that are none. */
export type Args<
  TBooleans extends string | undefined,
  TStrings extends string | undefined,
  TCollectable extends string | undefined,
> =
  & Record<string, unknown>
  & Record<Extract<TBooleans, string>, boolean>
  & Partial<Record<Extract<Exclude<TStrings, TCollectable>, string>, string>>
  & Record<Extract<TStrings & TCollectable, string>, string[]>
  & { _: Array<string | number> };

/**
 * Reads `--name` and `--name=value` or `--name value`; of an option that is given
 * twice and not collected the last one counts. Nothing behind `--` is an option.
 */
export function parseArgs<
  TBooleans extends string | undefined = undefined,
  TStrings extends string | undefined = undefined,
  TCollectable extends string | undefined = undefined,
>(
  args: readonly string[],
  { boolean = [], string = [], collect = [], unknown }: ParseOptions<
    TBooleans,
    TStrings,
    TCollectable
  >,
): Args<TBooleans, TStrings, TCollectable> {
  const [booleans, strings] = [new Set<string>(boolean), new Set(string)];
  const lists = new Map(collect.map((name): [string, string[]] => [name, []]));
  const found: Record<string, unknown> = { ...Object.fromEntries(lists) };
  for (const name of booleans) found[name] = false;
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const queue = args.slice(0, end);
  const others: (string | number)[] = [];
  for (let arg; (arg = queue.shift()) !== undefined;) {
    const [, name = "", given] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const isBoolean = booleans.has(name);
    if (isBoolean || strings.has(name as Extract<TStrings, string>)) {
      const follows = isBoolean ? /^(true|false)$/ : /^[^-]/;
      const value = given ??
        (follows.test(queue[0] ?? "") ? queue.shift() : undefined);
      const list = lists.get(name);
      if (list !== undefined) list.push(value ?? "");
      else found[name] = isBoolean ? value !== "false" : value ?? "";
    } else if (/^-./s.test(arg)) unknown(arg, name || arg[1]);
    else if (unknown(arg) !== false) others.push(numberIfOne(arg));
  }
  return { ...found, _: [...others, ...args.slice(end + 1)] } as Args<
    TBooleans,
    TStrings,
    TCollectable
  >;
}

function numberIfOne(text: string): string | number {
  return /\S/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}
