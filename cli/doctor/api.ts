/** What the API of this host is told about what stands before it. Pure. */
import type { AppConfig } from '../config.ts';
import { type Check, ok, warning } from './types.ts';

/** We serve no TLS ourselves: who is reached by https is reached through a proxy. */
export function apiChecks({ oidc, trustedProxies }: Pick<AppConfig, 'oidc' | 'trustedProxies'>): readonly Check[] {
  if (oidc?.publicUrl?.protocol !== 'https:') return [];
  if (trustedProxies.length > 0) return [ok('api.proxies', trustedProxies.map(({ address, bits }) => `${address}/${bits}`).join(', '))];
  return [
    warning(
      'api.proxies',
      'SV0_PUBLIC_URL is reached through a proxy, and SV0_TRUSTED_PROXIES names none: all who sign in or hand over a credential share one limit, and one stranger can use it up',
    ),
  ];
}
