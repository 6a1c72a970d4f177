/**
 * AWS's failures in the pipeline's terms. The SDK's message is never used: it can quote what was sent.
 * Names: "Common error types" of each service's API reference, and the SDK's list of throttling codes.
 */
import { SourceError } from '../sdk/types.ts';

const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'UnauthorizedOperation', 'UnauthorizedAccess']);
const INVALID = new Set([
  'AuthFailure',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotSignedUp',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const GONE = new Set(['NoSuchBucket', 'NoSuchEntity', 'NoSuchEntityException', 'ResourceNotFoundException']);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);

export interface CallFacts {
  /** What the customer grants for the call: `iam:ListAccessKeys`. */
  readonly permission: string;
  /** Where it was made, when that matters: a region, a bucket. */
  readonly where?: string;
}

/** Rethrows nothing and hides nothing: an abort stays what it is, so that the SDK of connectors can call it a deadline. */
export function toSourceError(error: unknown, { permission, where }: CallFacts): unknown {
  const { name, status, network } = factsOf(error);
  if (error instanceof SourceError || name === 'AbortError') return error;
  const subject = where === undefined ? permission : `${permission} (${where})`;
  if (THROTTLING.has(name) || status === 429) {
    return new SourceError(`AWS kept throttling ${subject}`, { code: 'AWS_THROTTLED', class: 'transient', actor: 'nobody', subject });
  }
  if (EXPIRED.has(name)) {
    return new SourceError('the AWS session has expired', {
      code: 'AWS_CREDENTIALS_EXPIRED',
      class: 'persistent',
      actor: 'customer',
      subject,
    });
  }
  if (INVALID.has(name)) {
    return new SourceError('AWS does not accept the access key', {
      code: 'AWS_CREDENTIALS_INVALID',
      class: 'persistent',
      actor: 'customer',
      subject,
    });
  }
  if (name === 'RequestTimeTooSkewed') {
    return new SourceError('this host and AWS disagree about the time', {
      code: 'AWS_CLOCK_SKEW',
      class: 'persistent',
      actor: 'operator',
      subject,
    });
  }
  if (DENIED.has(name) || status === 403) {
    return new SourceError(`AWS refused ${subject}: grant it to the scanning principal`, {
      code: 'AWS_ACCESS_DENIED',
      class: 'persistent',
      actor: 'customer',
      subject,
    });
  }
  if (GONE.has(name)) {
    return new SourceError(`AWS does not know what ${subject} was asked about`, {
      code: 'AWS_NOT_FOUND',
      class: 'persistent',
      actor: 'engineer',
      subject,
    });
  }
  if (network || status >= 500) {
    return new SourceError(`AWS did not answer ${subject}`, { code: 'AWS_UNAVAILABLE', class: 'transient', actor: 'nobody', subject });
  }
  return new SourceError(`AWS gave an unexpected answer to ${subject}`, {
    code: 'AWS_UNEXPECTED',
    class: 'persistent',
    actor: 'engineer',
    subject,
  });
}

/** After these, every further call would fail the same way: a step stops instead of reporting each. */
export function endsEverything(error: unknown): boolean {
  return error instanceof SourceError && (error.code === 'AWS_CREDENTIALS_EXPIRED' || error.code === 'AWS_CREDENTIALS_INVALID');
}

function factsOf(error: unknown): { name: string; status: number; network: boolean } {
  if (typeof error !== 'object' || error === null) return { name: '', status: 0, network: false };
  const { name, code, $metadata } = error as { name?: unknown; code?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = typeof $metadata?.httpStatusCode === 'number' ? $metadata.httpStatusCode : 0;
  const network =
    name === 'TimeoutError' || (status === 0 && typeof code === 'string' && /^(?:E[A-Z_]+|UND_ERR_.*|ERR_SOCKET.*)$/.test(code));
  return { name: typeof name === 'string' ? name : '', status, network };
}
