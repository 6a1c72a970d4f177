import { expect, it } from 'vitest';
import { createLogger } from '../../cli/compose/logger.ts';
import { PersistentError } from '../../domain/errors.ts';

function said(err: unknown): Record<string, unknown> {
  let line = '';
  createLogger('info', { write: (text) => (line = text) }).error({ err }, 'request failed');
  return (JSON.parse(line) as { err: Record<string, unknown> }).err;
}

function notJson(): unknown {
  try {
    return JSON.parse('hunter2-hunter2');
  } catch (error) {
    return error;
  }
}

it('CRED-07: of an error that others wrote the log says the kind and the place, and none of its words, fields and causes', () => {
  const ofAnSdk = Object.assign(new Error('key hunter2-hunter2 refused', { cause: new Error('hunter2-hunter2') }), {
    code: 'ECONNRESET',
    request: { body: 'hunter2-hunter2' },
  });
  for (const error of [notJson(), ofAnSdk, 'hunter2-hunter2', { body: 'hunter2-hunter2' }])
    expect(JSON.stringify(said(error))).not.toContain('hunter2');
  expect(said(notJson())).toMatchObject({ type: 'SyntaxError' });
  expect(said(ofAnSdk)).toMatchObject({
    type: 'Error',
    code: 'ECONNRESET',
    at: expect.arrayContaining([expect.stringContaining('logger.test.ts')]),
  });
  expect(said('hunter2-hunter2')).toEqual({ type: 'string' });
});

it('of an error of ours it says everything: message, code, who acts, field and place', () => {
  const facts = { code: 'KEY_LOST', actor: 'operator', subject: 'kms:1' } as const;
  expect(said(new PersistentError('the key is gone', facts))).toEqual({
    type: 'PersistentError',
    message: 'the key is gone',
    ...facts,
    at: expect.arrayContaining([expect.stringContaining('logger.test.ts')]),
  });
});
