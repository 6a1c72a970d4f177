/** What an outbound address says: where it leads, without what it may carry in its query, and which systems it names. */

export interface Endpoint {
  readonly host: string;
  /** Without query and fragment, which can hold keys (DATA-09). `${…}` placeholders stay. */
  readonly path: string;
}

/** `undefined` for what is no https or http URL with a fixed host: `${base}/x` is known when it runs only. */
export function readEndpoint(text: string | undefined): Endpoint | undefined {
  const match = /^https?:\/\/(?:[^/?#@]*@)?([A-Za-z0-9.-]+(?::\d{1,5})?)(\/[^?#]*)?(?:[?#].*)?$/s.exec(text?.trim() ?? '');
  if (match?.[1] === undefined) return undefined;
  return { host: match[1].toLowerCase(), path: match[2] ?? '/' };
}

export interface Dispatch {
  readonly host: string;
  /** `owner/repository` in lower case: the address leads there in any. */
  readonly repository: string;
  readonly workflow: string;
}

/** `POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches` (GitHub REST, "Create a workflow dispatch event"), also below `/api/v3` of an Enterprise Server. */
export function readDispatch(endpoint: Endpoint | undefined, method: string | undefined): Dispatch | undefined {
  if (endpoint === undefined || method?.toUpperCase() !== 'POST') return undefined;
  const match = /^(?:\/api\/v3)?\/repos\/([\w.-]+)\/([\w.-]+)\/actions\/workflows\/([\w.-]+\.ya?ml)\/dispatches\/?$/.exec(endpoint.path);
  return match === null
    ? undefined
    : { host: endpoint.host, repository: `${match[1]}/${match[2]}`.toLowerCase(), workflow: match[3] ?? '' };
}

/** Authorities of Entra, global and national, and their older names (Microsoft Learn, "National clouds"; the instance discovery of the sign-in hosts). */
const ENTRA_AUTHORITIES: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.microsoft.com',
  'login.windows.net',
  'sts.windows.net',
  'login.microsoftonline.us',
  'login.usgovcloudapi.net',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]);

/** An external tenant has a subdomain of its own (Microsoft Learn, "External tenants", endpoints). */
const isEntraAuthority = (host: string): boolean => ENTRA_AUTHORITIES.has(host) || /^[a-z0-9-]+\.ciamlogin\.com$/.test(host);

/** The directory that a token URL names by id. `common` or a domain name names none that could be compared. */
export function entraTenantOf(tokenUrl: string | undefined): string | undefined {
  const endpoint = readEndpoint(tokenUrl);
  if (endpoint === undefined || !isEntraAuthority(endpoint.host)) return undefined;
  return /^\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\/oauth2\//i.exec(endpoint.path)?.[1]?.toLowerCase();
}

/** GitHub's API host of an installation's token URL (`/app/installations/{id}/access_tokens`). */
export function githubHostOf(tokenUrl: string | undefined): string | undefined {
  const endpoint = readEndpoint(tokenUrl);
  return endpoint !== undefined && /^(?:\/api\/v3)?\/app\/installations\/[^/]+\/access_tokens\/?$/.test(endpoint.path)
    ? endpoint.host
    : undefined;
}
