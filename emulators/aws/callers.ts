/** Who is calling: the keys of all worlds, and the sessions that `AssumeRole` gave out. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsRefusal } from './refusal.ts';
import { readAuthorization, type SignedBy, verifySignature } from './signature.ts';
import type { PolicyDocument, World } from './types.ts';

export interface Caller {
  readonly world: World;
  /** The user, the role or the root that the caller's permissions come from. */
  readonly principalArn: string;
  /** What `GetCallerIdentity` says: of a session the assumed-role ARN. */
  readonly arn: string;
  readonly sessionPolicy: PolicyDocument | null;
}

interface Key {
  readonly secret: string;
  readonly token: string | null;
  /** Milliseconds since 1970; null for a key that does not end. */
  readonly expiresAt: number | null;
  readonly caller: Caller;
}

export interface IssuedSession {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: string;
}

export class Callers {
  readonly #keys = new Map<string, Key>();
  readonly #clock: () => number;
  readonly #mark: string;

  constructor(worlds: readonly World[], clock: () => number, mark = '') {
    this.#clock = clock;
    this.#mark = mark;
    for (const world of worlds) {
      for (const { accessKeyId, secretAccessKey, principalArn } of world.signers) {
        const caller = { world, principalArn, arn: principalArn, sessionPolicy: null };
        this.#keys.set(accessKeyId, { secret: secretAccessKey, token: null, expiresAt: null, caller });
      }
    }
  }

  /** Throws as AWS answers unsigned, unknown, wrongly signed and expired requests. */
  authenticate(request: IncomingMessage, body: Buffer): { readonly caller: Caller; readonly by: SignedBy } {
    const by = readAuthorization(request);
    const key = this.#keys.get(by.accessKeyId);
    const token = request.headers['x-amz-security-token'] ?? null;
    if (key === undefined || key.token !== token) throw new AwsRefusal('InvalidClientTokenId', 403);
    verifySignature(request, body, by, key.secret);
    if (key.expiresAt !== null && key.expiresAt <= this.#clock()) throw new AwsRefusal('ExpiredToken', 403);
    return { caller: key.caller, by };
  }

  issue(caller: Caller, seconds: number): IssuedSession {
    const expiresAt = this.#clock() + seconds * 1000;
    const AccessKeyId = `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`;
    const SecretAccessKey = `${this.#mark}${randomBytes(30).toString('base64')}`;
    const SessionToken = `${this.#mark}${randomBytes(96).toString('base64')}`;
    this.#keys.set(AccessKeyId, { secret: SecretAccessKey, token: SessionToken, expiresAt, caller });
    return { AccessKeyId, SecretAccessKey, SessionToken, Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z/, 'Z') };
  }
}
