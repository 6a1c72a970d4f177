/** Zod's issues as the domain's problems: where, and what was expected; never the value that was there. */
import type { z } from 'zod';
import type { InputProblem } from '../../domain/errors.ts';

export function problemsOf(error: z.ZodError, prefix = ''): readonly InputProblem[] {
  return error.issues.map((issue) => ({
    field: [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.') || '$',
    expected: expectedOf(issue),
  }));
}

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return 'pattern' in issue && typeof issue.pattern === 'string' ? `text that matches ${issue.pattern}` : issue.format;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `no field ${issue.keys.map((key) => JSON.stringify(key.slice(0, 64))).join(', ')}`;
    case 'custom':
      return issue.message;
    default:
      return 'a valid value';
  }
}
