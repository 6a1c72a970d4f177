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

export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`${part(key)}=${part(value)}`],
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

/** `link` for an address on another server of ours: only http and https. */
export const httpLink = (address: string | null): string | null => (address !== null && /^https?:\/\//.test(address) ? address : null);
