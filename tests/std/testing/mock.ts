/** Parameters of a method. */
export type GetParametersFromProp<Self, Prop extends keyof Self> =
  Self[Prop] extends (...args: infer Args) => unknown ? Args : unknown[];

/** Result of a method. */
export type GetReturnFromProp<Self, Prop extends keyof Self> =
  // deno-lint-ignore no-explicit-any -- the parameters of any function
  Self[Prop] extends (...args: any[]) => infer Return ? Return : unknown;

/** One call of a method that is replaced. */
export interface SpyCall<Args extends unknown[], Return> {
  args: Args;
  /** Result, where it threw nothing. */
  returned?: Return;
}

/** Method in place of another, until it is disposed of. */
export interface Stub<Args extends unknown[], Return> extends Disposable {
  /** Calls so far. */
  calls: SpyCall<Args, Return>[];
  /** Puts the original back. */
  restore(): void;
}

/** Replaces a method of an object, and remembers the calls. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (
    this: Self,
    ...args: GetParametersFromProp<Self, Prop>
  ) => GetReturnFromProp<Self, Prop>,
): Stub<GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>> {
  const calls: SpyCall<
    GetParametersFromProp<Self, Prop>,
    GetReturnFromProp<Self, Prop>
  >[] = [];
  const own = Object.getOwnPropertyDescriptor(self, property);
  const restore = () => {
    if (own !== undefined) Object.defineProperty(self, property, own);
    else delete self[property];
  };
  Object.defineProperty(self, property, {
    configurable: true,
    value(this: Self, ...args: GetParametersFromProp<Self, Prop>) {
      const call: typeof calls[number] = { args };
      try {
        return call.returned = func.apply(this, args);
      } finally {
        calls.push(call);
      }
    },
  });
  return { calls, restore, [Symbol.dispose]: restore };
}
