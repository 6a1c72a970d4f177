/** A copy of the record without these fields: what is stored beside the content is not shown. */
export function without<T extends object, K extends keyof T>(record: T, ...keys: readonly K[]): Omit<T, K> {
  const hidden: ReadonlySet<PropertyKey> = new Set(keys);
  return Object.fromEntries(Object.entries(record).filter(([key]) => !hidden.has(key))) as Omit<T, K>;
}
