/** What the protocols share: a request that is authenticated, and its answer. */
import type { Caller, Callers } from './callers.ts';
import type { Nastiness } from './nastiness.ts';
import { pageOf, type EmulatedPage } from './paging.ts';
import { identityAllows, sessionAllows } from './policy-evaluation.ts';
import { AwsRefusal } from './refusal.ts';
import type { World } from './types.ts';

export interface ServiceRequest {
  readonly method: string;
  /** Decoded path segments, without empty ones. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly region: string;
  readonly caller: Caller;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly type: 'xml' | 'json';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Emulation {
  readonly worlds: readonly World[];
  readonly callers: Callers;
  readonly nastiness: Nastiness;
  count(what: string): void;
}

export type Service = (emulation: Emulation, request: ServiceRequest) => ServiceAnswer;

/** Counts the call, lets the nastiness speak, and asks the caller's policies. `resource` is what their `Resource` is held against. */
export function permit(emulation: Emulation, request: ServiceRequest, action: string, resource = '*'): void {
  emulation.count(action);
  const { caller, region, path, query, body } = request;
  const named = resource.slice(resource.lastIndexOf(':') + 1);
  emulation.nastiness.check({
    account: caller.world.account,
    action,
    region,
    resource: named,
    identity: `${path.join('/')}?${query} ${body}`,
  });
  const context = { 'aws:principalarn': caller.principalArn, 'aws:requestedregion': region };
  const allowed =
    identityAllows(caller.world, caller.principalArn, action, resource, context) &&
    (caller.sessionPolicy === null || sessionAllows(caller.sessionPolicy, action, resource, context));
  if (!allowed) throw new AwsRefusal('AccessDenied', 403);
}

/** Whatever is not one of the emulated reads: counted, refused, and nothing changes. */
export function refuseWrite(emulation: Emulation, what: string): never {
  emulation.count('write_attempts');
  emulation.count(`refused:${what}`);
  throw new AwsRefusal('AccessDenied', 403);
}

export function paged<T>(emulation: Emulation, items: readonly T[], marker: string | null, asked: string | null): EmulatedPage<T> {
  return pageOf(items, marker, asked === null ? null : Number(asked), emulation.nastiness.options, (what) => emulation.count(what));
}
