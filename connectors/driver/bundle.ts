/**
 * The last look at a credential bundle before it becomes a child's environment. Node's own errors for a NUL or a bad name print the
 * value, so everything is checked here first, and a problem names the variable and never what it holds.
 */
import type { InputProblem } from '../../domain/errors.ts';
import { isForbiddenVariable, VARIABLE_NAME } from '../contract/variables.ts';
import { bundleInvalid } from './failures.ts';

/** A shorter secret cannot be told from ordinary words in a log, so it could not be redacted (security.md, "log tails"). */
export const MIN_SECRET_LENGTH = 8;
/** Well under Linux's 128 KiB for one string of the environment. */
export const MAX_VALUE_BYTES = 16 * 1024;

/** Throws `BUNDLE_INVALID` with every problem. */
export function validateBundle(bundle: Readonly<Record<string, string>>, allowed: readonly string[], plain: readonly string[] = []): void {
  const problems = Object.keys(bundle)
    .sort()
    .flatMap((name) => {
      const expected = nameProblem(name, allowed) ?? valueProblem(bundle[name], plain.includes(name));
      return expected === null ? [] : [{ field: VARIABLE_NAME.test(name) ? name : '(malformed name)', expected } satisfies InputProblem];
    });
  if (problems.length > 0) throw bundleInvalid(problems);
}

function nameProblem(name: string, allowed: readonly string[]): string | null {
  if (!VARIABLE_NAME.test(name)) return 'a name of A-Z, 0-9 and "_", beginning with a letter, at most 64';
  if (isForbiddenVariable(name)) return 'not a variable that changes how programs run';
  return allowed.includes(name) ? null : "a variable that the connector's manifest declares";
}

function valueProblem(value: unknown, plain: boolean): string | null {
  if (typeof value !== 'string') return 'text';
  if (value.includes('\0')) return 'text without a NUL';
  if (!value.isWellFormed()) return 'well-formed Unicode';
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return `at most ${MAX_VALUE_BYTES} bytes`;
  if (!plain && value.length < MIN_SECRET_LENGTH) return `a secret of at least ${MIN_SECRET_LENGTH} characters`;
  return null;
}
