/** One order everywhere: by code unit, never by locale, so that every machine gives the same bytes. */

export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sortedUnique = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort(byCodeUnit);

/** The most entries that a list of facts or a proof names; a count beside it says how many there are. */
export const LISTED = 50;

export const listed = (values: Iterable<string>): readonly string[] => sortedUnique(values).slice(0, LISTED);
