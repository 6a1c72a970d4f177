/** Names of the secrets that a part of a workflow refers to. Never a value: a literal in a workflow is not a reference, and is not looked at. */
import { sortedSet } from './ids.ts';

export interface SecretUse {
  /** Upper case, sorted. Without `GITHUB_TOKEN`, which every job has. */
  readonly names: readonly string[];
  /** The whole context is handed on, or a name is made at run time: any secret that the job can see. */
  readonly all: boolean;
  /** `secrets: inherit` to a reusable workflow. */
  readonly inherited: boolean;
}

/** docs.github.com, "Secrets context": `secrets.NAME` or `secrets['NAME']`; case-insensitive. */
const BY_NAME = /\bsecrets\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_]{0,254})|\[\s*'([A-Za-z_][A-Za-z0-9_]{0,254})'\s*\])/gi;
const ANY_USE = /\bsecrets\b(?!\s*(?:\.\s*[A-Za-z_]|\[\s*'))/i;
const EXPRESSION = /\$\{\{(.*?)\}\}/gs;

export function secretsIn(values: readonly unknown[]): SecretUse {
  const names: string[] = [];
  let all = false;
  const seen = new Set<object>();
  const look = (value: unknown, isCondition: boolean): void => {
    if (typeof value === 'string') {
      // An `if:` is an expression without the braces.
      const expressions = isCondition && !value.includes('${{') ? [value] : [...value.matchAll(EXPRESSION)].map((match) => match[1] ?? '');
      for (const expression of expressions) {
        for (const match of expression.matchAll(BY_NAME)) names.push((match[1] ?? match[2] ?? '').toUpperCase());
        all ||= ANY_USE.test(expression);
      }
    } else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      // Anchors can make a YAML document a graph, even a circle.
      seen.add(value);
      for (const [key, inner] of Object.entries(value)) look(inner, key === 'if');
    }
  };
  for (const value of values) look(value, false);
  return { names: sortedSet(names.filter((name) => name !== 'GITHUB_TOKEN')), all, inherited: false };
}
