import { describe, expect, it } from 'vitest';
import { toSourceError } from '../../../connectors/aws/errors.ts';
import { SourceError } from '../../../connectors/sdk/types.ts';

const failure = (name: string, status: number, more: object = {}): Error =>
  Object.assign(new Error('CANARY: the request was AKIA… secret …'), { name, $metadata: { httpStatusCode: status }, ...more });
const map = (error: unknown) => toSourceError(error, { permission: 'lambda:ListFunctions', where: 'eu-west-1' });

describe('what AWS’s failures mean', () => {
  it.each([
    ['Throttling', 400, 'AWS_THROTTLED', 'transient', 'nobody'],
    ['TooManyRequestsException', 429, 'AWS_THROTTLED', 'transient', 'nobody'],
    ['SlowDown', 503, 'AWS_THROTTLED', 'transient', 'nobody'],
    ['InternalFailure', 500, 'AWS_UNAVAILABLE', 'transient', 'nobody'],
    ['ServiceUnavailable', 503, 'AWS_UNAVAILABLE', 'transient', 'nobody'],
    ['TimeoutError', 0, 'AWS_UNAVAILABLE', 'transient', 'nobody'],
    ['AccessDenied', 403, 'AWS_ACCESS_DENIED', 'persistent', 'customer'],
    ['AccessDeniedException', 403, 'AWS_ACCESS_DENIED', 'persistent', 'customer'],
    ['SomethingNew', 403, 'AWS_ACCESS_DENIED', 'persistent', 'customer'],
    ['InvalidClientTokenId', 403, 'AWS_CREDENTIALS_INVALID', 'persistent', 'customer'],
    ['UnrecognizedClientException', 403, 'AWS_CREDENTIALS_INVALID', 'persistent', 'customer'],
    ['SignatureDoesNotMatch', 403, 'AWS_CREDENTIALS_INVALID', 'persistent', 'customer'],
    ['ExpiredToken', 400, 'AWS_CREDENTIALS_EXPIRED', 'persistent', 'customer'],
    ['ExpiredTokenException', 403, 'AWS_CREDENTIALS_EXPIRED', 'persistent', 'customer'],
    ['RequestTimeTooSkewed', 403, 'AWS_CLOCK_SKEW', 'persistent', 'operator'],
    ['NoSuchEntityException', 404, 'AWS_NOT_FOUND', 'persistent', 'engineer'],
    ['NoSuchBucket', 404, 'AWS_NOT_FOUND', 'persistent', 'engineer'],
    ['ResourceNotFoundException', 404, 'AWS_NOT_FOUND', 'persistent', 'engineer'],
    ['ValidationError', 400, 'AWS_UNEXPECTED', 'persistent', 'engineer'],
  ])('RUN-17: %s (%i) is %s', (name, status, code, kind, actor) => {
    const mapped = map(failure(name, status)) as SourceError;
    expect(mapped).toBeInstanceOf(SourceError);
    expect([mapped.code, mapped.class, mapped.actor]).toEqual([code, kind, actor]);
    expect(mapped.subject).toBe('lambda:ListFunctions (eu-west-1)');
    expect(`${mapped.message} ${mapped.stack ?? ''} ${JSON.stringify(mapped)}`).not.toContain('CANARY');
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'EPIPE'])('RUN-17: %s is no answer', (code) => {
    expect(map(Object.assign(new Error('connect CANARY'), { code }))).toMatchObject({ code: 'AWS_UNAVAILABLE', class: 'transient' });
  });

  it('leaves an abort and what is classified already as they are', () => {
    const abort = Object.assign(new Error('aborted'), { name: 'AbortError' });
    expect(map(abort)).toBe(abort);
    const known = new SourceError('x', { code: 'X', class: 'persistent', actor: 'nobody' });
    expect(map(known)).toBe(known);
  });
});
