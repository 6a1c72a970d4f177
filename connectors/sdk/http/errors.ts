/** One closed set of codes for what can go wrong between a connector and its source. Messages name the status, never a body. */
import type { Actor, FailureClass } from '../../../domain/errors.ts';
import { SourceError } from '../types.ts';

/** A `SourceError` that an HTTP status stands behind. */
export class SourceHttpError extends SourceError {
  readonly status: number;
  constructor(message: string, facts: { code: string; class: FailureClass; actor: Actor; subject?: string; status: number }) {
    super(message, facts);
    this.status = facts.status;
  }
}

/** The failure that a final status is. 401 is decided by the client, which knows whether the credential ever worked. */
export function statusError(status: number, subject: string): SourceHttpError {
  const make = (code: string, message: string, failure: FailureClass, actor: Actor) =>
    new SourceHttpError(`${message} (HTTP ${status})`, { code, class: failure, actor, subject, status });
  if (status === 403) return make('SOURCE_PERMISSION_DENIED', 'the credential may not read this', 'persistent', 'customer');
  if (status === 404 || status === 410)
    return make('SOURCE_NOT_FOUND', 'not found, or hidden from the credential', 'persistent', 'customer');
  if (isPassing(status)) return make('SOURCE_UNAVAILABLE', 'the source failed repeatedly', 'transient', 'nobody');
  if (status >= 500) return make('SOURCE_ERROR', 'the source cannot answer this', 'persistent', 'engineer');
  return make('SOURCE_REQUEST_REFUSED', 'the source refused the request', 'persistent', 'engineer');
}

/** Worth the same request again. 501 and 505 will not change by waiting. */
export const isPassing = (status: number): boolean =>
  status === 408 || status === 425 || (status >= 500 && status !== 501 && status !== 505);

export const throttled = (subject: string, status: number): SourceHttpError =>
  new SourceHttpError('the source throttles us, for longer than this run may wait', {
    code: 'SOURCE_THROTTLED',
    class: 'transient',
    actor: 'nobody',
    subject,
    status,
  });

/** Refused from the start: somebody must give a good one. Refused after it had worked: the next run resolves a fresh one. */
export const unauthorized = (subject: string, workedBefore: boolean, status: number): SourceHttpError =>
  workedBefore
    ? new SourceHttpError('the credential was accepted at first, then refused: expired or revoked meanwhile', {
        code: 'SOURCE_CREDENTIALS_EXPIRED',
        class: 'transient',
        actor: 'nobody',
        subject,
        status,
      })
    : new SourceHttpError('the source refused the credential', {
        code: 'SOURCE_CREDENTIALS_REFUSED',
        class: 'persistent',
        actor: 'customer',
        subject,
        status,
      });

/** An answer that is not what its API promises. `what` is fixed text. */
export const malformed = (what: string, subject: string): SourceError =>
  new SourceError(`the answer is not what the API promises: ${what}`, {
    code: 'SOURCE_MALFORMED_RESPONSE',
    class: 'persistent',
    actor: 'engineer',
    subject,
  });

export const tooLarge = (limit: number, subject: string): SourceError =>
  new SourceError(`the answer is larger than ${limit} bytes`, {
    code: 'SOURCE_RESPONSE_TOO_LARGE',
    class: 'persistent',
    actor: 'engineer',
    subject,
  });

export const offOrigin = (what: 'redirect' | 'link' | 'path', subject: string): SourceError =>
  new SourceError(`a ${what} leads away from the instance's own address`, {
    code: 'SOURCE_OFF_ORIGIN',
    class: 'persistent',
    actor: 'operator',
    subject,
  });

/** A failure below HTTP, by Node's error code. A name that does not exist and a bad certificate do not heal by waiting. */
export function networkError(code: string, subject: string): SourceError {
  if (code === 'ENOTFOUND') {
    return new SourceError('the host name does not exist', {
      code: 'SOURCE_HOST_NOT_FOUND',
      class: 'persistent',
      actor: 'customer',
      subject,
    });
  }
  if (/^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/.test(code)) {
    return new SourceError(`the TLS connection was refused (${code})`, {
      code: 'SOURCE_TLS_FAILED',
      class: 'persistent',
      actor: 'operator',
      subject,
    });
  }
  return new SourceError(`the source could not be reached (${code})`, {
    code: 'SOURCE_UNREACHABLE',
    class: 'transient',
    actor: 'nobody',
    subject,
  });
}
