/** Wildcards of IAM policies: `*` is any run of characters, `?` any one (IAM User Guide, "Resource element"). No regular expressions: patterns come from the customer. */
import type { PolicyStatement } from './document.ts';

/** Positions in the pattern that are alive after it has consumed the whole text. Linear in text × pattern at worst. */
function consume(pattern: string, text: string): Set<number> {
  let alive = closure(new Set([0]), pattern);
  for (let read = 0; read < text.length; read += 1) {
    const next = new Set<number>();
    for (const at of alive) {
      if (pattern[at] === '*') next.add(at);
      else if (pattern[at] === '?' || pattern[at] === text[read]) next.add(at + 1);
    }
    if (next.size === 0) return next;
    alive = closure(next, pattern);
  }
  return alive;
}

function closure(states: Set<number>, pattern: string): Set<number> {
  for (const at of states) if (pattern[at] === '*') states.add(at + 1);
  return states;
}

export function wildcardMatch(pattern: string, text: string): boolean {
  return consume(pattern, text).has(pattern.length);
}

/** How many of the texts that begin with `prefix` (and go on for at least one character) the pattern matches. */
export function matchesBeyond(pattern: string, prefix: string): 'all' | 'some' | 'none' {
  let reach: 'some' | 'none' = 'none';
  for (const at of consume(pattern, prefix)) {
    const rest = pattern.slice(at);
    if (/^\**\??\**$/.test(rest) && rest.includes('*')) return 'all';
    if (rest !== '') reach = 'some';
  }
  return reach;
}

/** True when the statement's `Action`/`NotAction` covers the action. Action names are compared without case. */
export function coversAction(statement: Pick<PolicyStatement, 'actions' | 'notActions'>, action: string): boolean {
  const wanted = action.toLowerCase();
  if (statement.notActions.length > 0) return !statement.notActions.some((pattern) => wildcardMatch(pattern.toLowerCase(), wanted));
  return statement.actions.some((pattern) => wildcardMatch(pattern.toLowerCase(), wanted));
}
