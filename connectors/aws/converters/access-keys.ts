/** Access keys: which, since when, last used when. The secret half is shown by AWS once and never again, so it cannot be here. */
import type { AccessKeyLastUsed, AccessKeyMetadata } from '@aws-sdk/client-iam';
import type { Converted } from '../collector.ts';
import { identityRef, isoDate } from './refs.ts';

/** `lastUsed` is undefined when it could not be read; AWS says `N/A` for a service or region of a key that was never used. */
export function convertAccessKey(userArn: string, key: AccessKeyMetadata, lastUsed: AccessKeyLastUsed | undefined): Converted {
  const native_id = key.AccessKeyId ?? '';
  const status = key.Status ?? 'Unknown';
  return {
    entities: [
      {
        type: 'credential',
        subtype: 'iam_access_key',
        native_id,
        display_name: native_id,
        props: {
          status,
          enabled: status === 'Active',
          user_arn: userArn,
          created_at: isoDate(key.CreateDate),
          expires_at: null,
          last_used_at: isoDate(lastUsed?.LastUsedDate),
          last_used_service: named(lastUsed?.ServiceName),
          last_used_region: named(lastUsed?.Region),
          last_used_known: lastUsed !== undefined,
        },
        join_keys: [],
      },
    ],
    edges: [{ from: identityRef(userArn), to: { type: 'credential', native_id }, type: 'HAS_CREDENTIAL', props: {} }],
  };
}

const named = (value: string | undefined): string | null => (value === undefined || value === 'N/A' ? null : value);
