/** What the tests of pages share: addresses, forms, and an application that answers or refuses. */
import { expect } from 'vitest';
import { appUnderTest, type Overrides } from '../api/app-under-test.ts';
import { administrationUnderTest } from '../support/administration.ts';
import { AWS_MAIN, AWS_SCOPE, id, RUN } from './records.ts';

export async function page(address: string, over: Overrides = {}): Promise<string> {
  const answer = await appUnderTest(over).app.request(address);
  expect([address, answer.status]).toEqual([address, 200]);
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
  return answer.text();
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' };

/** A form, as a browser sends it. */
export const post = (fields: string | readonly (readonly [string, string])[] | Readonly<Record<string, string>> = ''): RequestInit => ({
  method: 'POST',
  headers: FORM,
  body: new URLSearchParams(fields as Record<string, string>).toString(),
});

export const PAGES = [
  '/',
  '/operations/runs',
  `/operations/runs/${RUN}`,
  '/operations/findings',
  '/operations/findings?tenant=acme',
  `/operations/findings/acme/${id('finding 1')}`,
  `/operations/paths/acme/${id('path 1')}`,
  `/operations/chains/acme/${id('chain 1')}`,
  `/operations/entities/acme/${id('entity deployer')}`,
  '/operations/scopes',
  `/operations/scopes/${AWS_SCOPE}`,
  `/operations/new/scope?instance=${AWS_MAIN}`,
  '/operations/instances',
  `/operations/instances/${AWS_MAIN}`,
  '/operations/new/instance',
  '/operations/new/instance?tenant=acme&connector=aws',
  '/operations/tenants',
  '/operations/tenants/acme',
  '/operations/new/tenant',
  '/operations/audit',
  '/operations/audit?tenant=acme',
  '/operations/audit?tenant=acme&verify=yes',
];

export const OWN_SCRIPT = /<script src="\/assets\/help\.[0-9a-f]{16}\.js" type="module"><\/script>/;

export const SCOPE = `/operations/scopes/${AWS_SCOPE}`;

export const INSTANCE = `/operations/instances/${AWS_MAIN}`;

export const SECRET = 'a-secret-that-nobody-may-see-again';

/** The application whose administration refuses one thing. */
export function refusing(
  part: 'scopes' | 'instances' | 'tenants' | 'credentials' | 'findings',
  method: string,
  error: Error,
  over: Overrides = {},
) {
  const administration = administrationUnderTest([]);
  const broken = { ...administration, [part]: { ...administration[part], [method]: () => Promise.reject(error) } };
  return appUnderTest({ ...over, deps: { ...over.deps, administration: broken } }).app;
}

export const editFields = (over: Readonly<Record<string, string>> = {}): (readonly [string, string])[] => [
  ...Object.entries({ name: 'Only roles', budget: '600', cooldown_seconds: '0', status: 'active', version: '6', ...over }),
  ['categories', 'iam'],
  ['categories', 's3'],
  ['params.regions', 'eu-west-1\r\nus-east-1'],
];
