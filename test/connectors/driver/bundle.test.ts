/** The table of what may become an environment variable (security.md, "bundle as code" and "NUL or `=` in a bundle"). */
import { describe, expect, test } from 'vitest';
import type { InvalidInputError } from '../../../domain/errors.ts';
import { SYSTEM_VARIABLES } from '../../../connectors/contract/variables.ts';
import { MAX_VALUE_BYTES, validateBundle } from '../../../connectors/driver/bundle.ts';
import { childEnvironment } from '../../../connectors/driver/environment.ts';

const value = 'a-secret-value';

function problemOf(bundle: Record<string, string>, allowed = Object.keys(bundle), plain: readonly string[] = []): InvalidInputError {
  try {
    validateBundle(bundle, allowed, plain);
  } catch (error) {
    return error as InvalidInputError;
  }
  throw new Error('the bundle was taken');
}

describe('names', () => {
  test.each([
    ...SYSTEM_VARIABLES,
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'NODE_PATH',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
    'DYLD_INSERT_LIBRARIES',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'SSLKEYLOGFILE'.replace('SSL', 'SSL_'),
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_STS',
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'AWS_PROFILE',
    'AWS_CA_BUNDLE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AZURE_AUTHORITY_HOST',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'PERL5LIB',
    'RUBYOPT',
    'BASH_ENV',
    'ENV',
    'IFS',
    'GIT_SSH_COMMAND',
    'JAVA_TOOL_OPTIONS',
    'OPENSSL_CONF',
    'REQUESTS_CA_BUNDLE',
    'PS4',
  ])('CRED-09: %s never comes from a bundle, even when it is declared', (name) => {
    expect(problemOf({ [name]: value })).toMatchObject({ code: 'BUNDLE_INVALID', field: name });
  });

  test.each(['', 'lower', '_LEADING', '1ST', 'WITH-DASH', 'WITH SPACE', 'WITH=SIGN', 'NUL\0', 'ÜMLAUT', 'A'.repeat(65), '__PROTO__'])(
    'CRED-09: %j is not a name',
    (name) => {
      expect(problemOf({ [name]: value })).toMatchObject({ code: 'BUNDLE_INVALID', field: '(malformed name)' });
    },
  );

  test('CRED-09: a name that the manifest does not declare is refused', () => {
    expect(problemOf({ AWS_SECRET_ACCESS_KEY: value }, ['GITHUB_TOKEN'])).toMatchObject({ field: 'AWS_SECRET_ACCESS_KEY' });
  });
});

describe('values', () => {
  test.each([
    ['a NUL', 'before\0after-it'],
    ['a lone surrogate', 'a-secret-\ud800'],
    ['too long', 'x'.repeat(MAX_VALUE_BYTES + 1)],
    ['too short to be redacted', 'seven77'],
    ['empty', ''],
  ])('CRED-07: %s is refused, and the message has the name only', (_what, bad) => {
    const error = problemOf({ API_TOKEN: bad });
    expect(error).toMatchObject({ code: 'BUNDLE_INVALID', field: 'API_TOKEN' });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(bad.slice(0, 6) || value);
  });

  test('CRED-15: what is declared as no secret may be short', () => {
    expect(() => validateBundle({ APP_ID: '42', API_TOKEN: value }, ['APP_ID', 'API_TOKEN'], ['APP_ID'])).not.toThrow();
  });
});

test('CRED-07: an "=" in a value is the value’s own: what is before it stays the name', () => {
  const padded = 'c2VjcmV0LXZhbHVl==';
  validateBundle({ API_TOKEN: padded }, ['API_TOKEN']);
  expect(childEnvironment('/run/sv0', { API_TOKEN: padded })['API_TOKEN']).toBe(padded);
});

test('every problem is told, in the order of the names', () => {
  const error = problemOf({ ZULU: 'short', ALPHA: 'a\0b-long-enough', NODE_OPTIONS: value });
  expect(error.problems.map((problem) => problem.field)).toEqual(['ALPHA', 'NODE_OPTIONS', 'ZULU']);
});

test('CRED-11: nothing of the worker, and no bundle, changes the five of the system', () => {
  expect(childEnvironment('/run/sv0', { API_TOKEN: value })).toEqual({
    API_TOKEN: value,
    HOME: '/run/sv0',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    TMPDIR: '/run/sv0',
  });
});
