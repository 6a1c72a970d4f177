/** An instance's `config` and a scope's `params` against what the connector's manifest declares. */
import type { ConnectorManifest, ParameterDeclaration } from '../../domain/connectors/manifest.ts';
import { InvalidInputError, type InputProblem } from '../../domain/errors.ts';

const MAX_LENGTH = 2_048;
const MAX_ITEMS = 1_000;

/** Throws `INVALID_CONFIG` with every problem. */
export function validateInstanceConfig(manifest: ConnectorManifest, config: unknown): Readonly<Record<string, unknown>> {
  return validated(config, manifest.config, 'config', 'INVALID_CONFIG', []);
}

/** Throws `INVALID_PARAMS` with every problem of the parameters and the categories. */
export function validateScopeParams(
  manifest: ConnectorManifest,
  params: unknown,
  categories: readonly string[],
): Readonly<Record<string, unknown>> {
  return validated(params, manifest.params, 'params', 'INVALID_PARAMS', categoryProblems(manifest, categories));
}

function categoryProblems(manifest: ConnectorManifest, categories: readonly string[]): readonly InputProblem[] {
  const known = manifest.categories.map((category) => category.name).sort();
  if (categories.length === 0) return [{ field: 'categories', expected: `at least one of ${known.join(', ')}` }];
  const problems = categories.flatMap((category, index) =>
    known.includes(category) ? [] : [{ field: `categories.${index}`, expected: `one of ${known.join(', ')}` }],
  );
  const repeated = new Set(categories).size < categories.length;
  return repeated ? [...problems, { field: 'categories', expected: 'each category once' }] : problems;
}

function validated(
  value: unknown,
  declared: Readonly<Record<string, ParameterDeclaration>>,
  field: string,
  code: string,
  others: readonly InputProblem[],
): Readonly<Record<string, unknown>> {
  const problems = [...others, ...parameterProblems(value, declared, field)];
  if (problems.length === 0) return value as Readonly<Record<string, unknown>>;
  throw new InvalidInputError(`${field} is not valid: ${problems.map((it) => `${it.field}: ${it.expected}`).join('; ')}`, {
    code,
    ...problems[0],
    problems,
  });
}

function parameterProblems(
  value: unknown,
  declared: Readonly<Record<string, ParameterDeclaration>>,
  field: string,
): readonly InputProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ field, expected: 'an object' }];
  const given = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(declared).sort();
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  return [
    // The name is the caller's own text and might be anything: it is not repeated.
    ...(unknown.length === 0 ? [] : [{ field, expected: `no other fields than ${names.length === 0 ? '(none)' : names.join(', ')}` }]),
    ...names.flatMap((name) => {
      const declaration = declared[name];
      if (declaration === undefined) return [];
      const expected = Object.hasOwn(given, name)
        ? valueProblem(given[name], declaration)
        : declaration.required
          ? describe(declaration)
          : null;
      return expected === null ? [] : [{ field: `${field}.${name}`, expected }];
    }),
  ];
}

function valueProblem(value: unknown, declaration: ParameterDeclaration): string | null {
  const ok = matches(value, declaration);
  return ok ? null : describe(declaration);
}

function matches(value: unknown, { type, pattern }: ParameterDeclaration): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'string':
      return isText(value, pattern);
    case 'url':
      return isText(value, pattern) && isPlainUrl(value);
    case 'string[]':
      return Array.isArray(value) && value.length <= MAX_ITEMS && value.every((item) => isText(item, pattern));
  }
}

function isText(value: unknown, pattern: string | undefined): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH || !value.isWellFormed()) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(value);
}

/** A user or password in an address would be a secret in the clear. Which hosts may be reached is the HTTP client's to decide (CONN-05). */
function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '' && url.hash === '';
}

function describe({ type, pattern }: ParameterDeclaration): string {
  const what = {
    string: 'text',
    'string[]': 'a list of texts',
    number: 'a number',
    boolean: 'true or false',
    url: 'an http(s) address without user, password and fragment',
  }[type];
  return pattern === undefined ? what : `${what} that matches ${pattern}`;
}
