/** What a script names: REST functions that it calls, and what it constructs (which may be a script include). Its text goes no further. */
export interface ScriptReferences {
  /** `function` is null for `new sn_ws.RESTMessageV2('message')`. Sorted; no duplicates. */
  readonly rest: readonly { readonly message: string; readonly function: string | null }[];
  /** Names after `new`, with their scope where they have one. Sorted; no duplicates. */
  readonly constructed: readonly string[];
}

/** Literals only: a name that a script puts together at run time is not known before it runs. Bounded, so that a hostile script costs its length. */
const REST = /RESTMessageV2\(\s{0,20}(['"])([^'"\n]{1,200})\1\s{0,20}(?:,\s{0,20}(['"])([^'"\n]{1,200})\3)?/g;
const CONSTRUCTED = /\bnew\s{1,20}([A-Za-z_$][\w$]{0,80}(?:\.[A-Za-z_$][\w$]{0,80}){0,3})\s{0,20}\(/g;

export function scriptReferences(text: string): ScriptReferences {
  const rest = new Map<string, { message: string; function: string | null }>();
  for (const match of text.matchAll(REST)) {
    const found = { message: match[2] ?? '', function: match[4] ?? null };
    rest.set(JSON.stringify(found), found);
  }
  const constructed = new Set([...text.matchAll(CONSTRUCTED)].map((match) => match[1] ?? ''));
  const ordered = [...rest.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return { rest: ordered.map(([, found]) => found), constructed: [...constructed].sort() };
}
