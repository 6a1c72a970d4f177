/** Every route of the application, as somebody would ask it for one tenant with the ids of another: out of the routes that are really registered. */
import { sha256 } from '../../domain/canonical.ts';
import { SHOWN } from '../e2e/seed.ts';
import { pack } from '../ui/records.ts';

/** Whose rows `test/e2e/seed.ts` puts there, and another of its tenants. */
export const THEIRS = SHOWN.tenant;
export const MINE = 'contoso';

export interface Route {
  readonly method: string;
  readonly path: string;
}

/** By the noun before the id; of a scope and its instance it is the same. */
const IDS: Readonly<Record<string, string>> = {
  'connector-instances': `${THEIRS}-aws`,
  'scan-scopes': `${THEIRS}-aws`,
  'scan-runs': SHOWN.run,
  findings: SHOWN.finding,
  'execution-chains': SHOWN.chain,
  chains: SHOWN.chain,
  'stitched-paths': SHOWN.path,
  paths: SHOWN.path,
  entities: SHOWN.entity,
  'evidence-packs': pack().digest,
  'intake-links': sha256('a link of theirs'),
};

/** The tenant stands in the body. */
const CREATES_INSTANCE = 'POST /api/v1/connector-instances';
const IN_A_MONTH = new Date(Date.now() + 30 * 86_400_000).toISOString();
const secret = { kind: 'aws_access_key', fields: { access_key_id: 'AKIAEXAMPLE1', secret_access_key: 'a-secret-of-mine' } };
/** By method and path: a route that takes a body and is not here fails the test. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /api/v1/ingest/normalized-graph': {},
  'POST /api/v1/scan-runs': { scope_id: `${THEIRS}-aws`, trigger: { type: 'manual_api' } },
  'POST /api/v1/connector-instances/:id/intake-links': { kind: 'aws_access_key' },
  'PATCH /api/v1/connector-instances/:id': { name: 'mine' },
  'PATCH /api/v1/scan-scopes/:id': { name: 'mine' },
  'PATCH /api/v1/tenants/:id': { name: 'mine' },
  'PUT /api/v1/scan-scopes/:id/schedule': { schedule: null },
  'POST /api/v1/scan-scopes/:id/pause': { note: 'mine' },
  'PUT /api/v1/connector-instances/:id/credential': secret,
  'PUT /api/v1/findings/:id/suppression': { reason: 'mine', until: IN_A_MONTH },
  [CREATES_INSTANCE]: {
    id: `${THEIRS}-aws`,
    tenant_id: MINE,
    connector: 'aws',
    name: 'mine',
    source_tenant: '123456789012',
    credentials_ref: { provider: 'store', ref: 'MAIN' },
  },
};
const FORMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /operations/findings/:tenant/:id/suppress': { reason: 'mine', until: IN_A_MONTH.slice(0, 10) },
  'POST /operations/findings/:tenant/:id/unsuppress': {},
};

/** By method and path. Nothing of two tenants can be mixed in them: the row alone says whose it is, for a super-admin; or no row is named. */
const ALONE: readonly RegExp[] = [
  /^GET \/(?:livez|healthz|readyz|metrics)?$/,
  /^GET \/assets\//,
  / \/operations(?:$|\/(?!.*:tenant))/,
  / \/api\/v1\/(?:explorer|openapi\.json|schedule-preview|apply|admin\/)/,
  /^(?:GET|POST) \/api\/v1\/tenants$/,
  /^GET \/api\/v1\/tenants\/(?::id|owner\/:kind\/:id)$/,
  // The instance's row decides.
  /^POST \/api\/v1\/scan-scopes$/,
];

export const isAlone = ({ method, path }: Route): boolean => ALONE.some((alone) => alone.test(`${method} ${path}`));

/** Lists of one's own: answered, and nothing of the other in them. */
export const isList = ({ method, path }: Route): boolean => method === 'GET' && !path.includes(':');

/** `tenant`: who asks. With the other's own name the same request is the counter-proof. */
export function requestOf(route: Route, tenant: string): { readonly address: string; readonly init: RequestInit } {
  const name = `${route.method} ${route.path}`;
  const form = FORMS[name];
  const json = BODIES[name];
  const headers = {
    accept: 'application/json',
    'if-match': '"1"',
    'sec-fetch-site': 'same-origin',
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const body = form === undefined ? json && JSON.stringify(json) : new URLSearchParams(form);
  const init: RequestInit = { method: route.method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) };
  return { address: addressOf(route, tenant), init };
}

function addressOf({ method, path }: Route, tenant: string): string {
  const [, noun = ''] = /\/([a-z-]+)(?:\/:tenant)?\/:id/.exec(path) ?? [];
  const filled = path.replace(':tenant', tenant).replace(':id', noun === 'tenants' ? THEIRS : (IDS[noun] ?? `no-id-is-known-of-${noun}`));
  const query = new URLSearchParams();
  if (path.startsWith('/api/') && `${method} ${path}` !== CREATES_INSTANCE) query.set('tenant_id', tenant);
  if (path.includes('/ingest/')) query.set('instance_id', `${THEIRS}-aws`);
  if (path.endsWith('/export')) query.set('format', 'json');
  if (path.endsWith('/outcome')) query.set('workflow_id', `scan/${THEIRS}-aws/any`);
  return `${filled}?${query}`;
}
