/** Addresses of the pages. Every part is encoded; none is ever taken whole from a record. */
const part = (text: string): string => encodeURIComponent(text.toWellFormed());

export const homeLink = (): string => '/';
export const runLink = (run: string): string => `/operations/runs/${part(run)}`;
export const findingLink = (tenant: string, finding: string): string => `/operations/findings/${part(tenant)}/${part(finding)}`;
export const pathLink = (tenant: string, path: string): string => `/operations/paths/${part(tenant)}/${part(path)}`;
export const packFileLink = (tenant: string, digest: string): string =>
  `/api/v1/evidence-packs/${part(digest)}/file?tenant_id=${part(tenant)}`;
export const runsLink = (query: Readonly<Record<string, string | undefined>> = {}): string => withQuery('/operations/runs', query);
export const findingsLink = (query: Readonly<Record<string, string | undefined>> = {}): string => withQuery('/operations/findings', query);

type Query = Readonly<Record<string, string | undefined>>;
export const scopesLink = (query: Query = {}): string => withQuery('/operations/scopes', query);
export const scopeLink = (scope: string): string => `/operations/scopes/${part(scope)}`;
export const newScopeLink = (instance: string): string => withQuery('/operations/new/scope', { instance });
export const eventsLink = (query: Query = {}): string => withQuery('/operations/events', query);
export const schedulePreviewLink = (): string => '/operations/schedule-preview';
export const instancesLink = (query: Query = {}): string => withQuery('/operations/instances', query);
export const instanceLink = (instance: string): string => `/operations/instances/${part(instance)}`;
export const newInstanceLink = (query: Query = {}): string => withQuery('/operations/new/instance', query);
export const tenantsLink = (query: Query = {}): string => withQuery('/operations/tenants', query);
export const tenantLink = (tenant: string): string => `/operations/tenants/${part(tenant)}`;
export const newTenantLink = (): string => '/operations/new/tenant';
export const auditLink = (query: Query = {}): string => withQuery('/operations/audit', query);
export const auditFileLink = (query: Query): string => withQuery('/operations/audit.csv', query);
export const chainLink = (tenant: string, chain: string): string => `/operations/chains/${part(tenant)}/${part(chain)}`;
export const entityLink = (tenant: string, entity: string): string => `/operations/entities/${part(tenant)}/${part(entity)}`;

export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`${part(key)}=${part(value)}`],
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

/** `link` for an address on another server of ours: only http and https. */
export const httpLink = (address: string | null): string | null => (address !== null && /^https?:\/\//.test(address) ? address : null);
