/**
 * Connectors that sign in with a user name and a password as a person would (CONN-07). Their manifests are ours, so that the mapping of
 * credentials is; the executable that drives a browser is the host's, registered in its file of external connectors.
 */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';

function browserManifest(kind: string, title: string): ConnectorManifest {
  const prefix = kind.toUpperCase();
  return {
    kind,
    title,
    source_system: kind,
    version: '1.0.0',
    categories: [
      {
        name: 'account',
        title: 'The account that the credential signs in to, and what it reaches',
        entities: ['identity/account', 'resource/account_data'],
        edges: ['CAN_ACCESS'],
        permissions: ['the sign-in of the account itself: there is no lesser right'],
      },
    ],
    credential_kinds: [
      {
        kind: 'username_password',
        variables: {
          [`${prefix}_USERNAME`]: { field: 'username', required: true, secret: false },
          [`${prefix}_PASSWORD`]: { field: 'password', required: true },
        },
      },
    ],
    accepted_variants: {},
    capabilities: { auth: { required: true } },
    config: {},
    params: {},
  };
}

export const browserManifests: readonly ConnectorManifest[] = [
  browserManifest('amazon', 'Amazon'),
  browserManifest('chase', 'Chase'),
  browserManifest('reddit', 'Reddit'),
  browserManifest('usaa', 'USAA'),
];
