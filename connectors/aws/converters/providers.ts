/** Identity providers that the account knows; what roles make of them is in trust.ts. */
import type { GetOpenIDConnectProviderResponse, SAMLProviderListEntry } from '@aws-sdk/client-iam';
import type { Converted } from '../collector.ts';
import { isoDate } from './refs.ts';

/** `details` is undefined when only the listing could be read. */
export function convertOidcProvider(arn: string, details: GetOpenIDConnectProviderResponse | undefined): Converted {
  const issuer = arn.split(':oidc-provider/')[1] ?? arn;
  return {
    entities: [
      {
        type: 'identity',
        subtype: 'oidc_provider',
        native_id: arn,
        display_name: issuer,
        props: {
          arn,
          issuer,
          client_ids: [...new Set(details?.ClientIDList ?? [])].sort(),
          thumbprint_count: details?.ThumbprintList?.length ?? null,
          created_at: isoDate(details?.CreateDate),
          details_read: details !== undefined,
        },
        join_keys: [],
      },
    ],
    edges: [],
  };
}

export function convertSamlProvider(provider: SAMLProviderListEntry): Converted {
  const arn = provider.Arn ?? '';
  const props = { arn, listed: true, created_at: isoDate(provider.CreateDate), valid_until: isoDate(provider.ValidUntil) };
  const display_name = arn.slice(arn.lastIndexOf('/') + 1);
  return { entities: [{ type: 'identity', subtype: 'saml_provider', native_id: arn, display_name, props, join_keys: [] }], edges: [] };
}
