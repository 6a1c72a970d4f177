/** Values that several rules share are computed once per context: a context never changes. */
import type { RuleContext } from '../types.ts';

const memory = new WeakMap<RuleContext, Map<object, unknown>>();

/** Wraps a function of the context so that it runs once per context. A throw is not remembered. */
export function perContext<T>(compute: (context: RuleContext) => T): (context: RuleContext) => T {
  const key = {};
  return (context) => {
    let values = memory.get(context);
    if (values === undefined) {
      values = new Map();
      memory.set(context, values);
    }
    if (values.has(key)) return values.get(key) as T;
    const value = compute(context);
    values.set(key, value);
    return value;
  };
}
