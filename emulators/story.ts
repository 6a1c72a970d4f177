/**
 * The identifiers that the emulators of different systems agree on: the demo's two tenants (domain.md, "The story that the
 * demo tells"). Everything else about a source is in its own emulator's folder.
 */
export const GITHUB_OIDC_ISSUER = 'token.actions.githubusercontent.com';

export const NORTHWIND = {
  aws: {
    account: '111122223333',
    /** Trusts the GitHub environment `production` of `deploy-infra`; reads `customerBucket` (join rule 4). */
    deployRole: 'arn:aws:iam::111122223333:role/github-deploy',
    /** Trusts the Entra service principal `customerSync` by its object id (join rule 5); reads `customerBucket`. */
    entraReaderRole: 'arn:aws:iam::111122223333:role/entra-customer-reader',
    customerBucket: 'northwind-customer-exports',
  },
  github: {
    organization: 'northwind-robotics',
    organizationId: 90010001,
    /** Pushes to main deploy with AWS directly: `release.yml`, environment `production`, `id-token: write`, `role-to-assume: deployRole`. */
    deployRepository: { name: 'deploy-infra', id: 70010001, workflow: 'release.yml', environment: 'production' },
    /** Dispatched by ServiceNow; on `main`, `id-token: write`, signs in to Entra as `customerSync`. */
    syncRepository: { name: 'customer-sync', id: 70010002, workflow: 'sync.yml' },
    appId: 424242,
    installationId: 5550001,
  },
  entra: {
    tenantId: '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11',
    customerSync: {
      appId: '5e0b9a54-8f2c-4b39-8f64-2d7a3c0e9b21',
      appObjectId: '2f3f2f7e-93aa-4c0f-9c39-8d1ef5a7c101',
      servicePrincipalId: '9a1f6a0c-3f0e-4f6f-9a55-0c1d2e3f4a51',
    },
    graphReporting: {
      appId: '7c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5',
      appObjectId: 'a4b5c6d7-e8f9-4a0b-9c1d-2e3f4a5b6c7d',
      servicePrincipalId: 'c0ffee00-1234-4abc-8def-0123456789ab',
    },
    /** Disabled: she left the company. Owns `customerSync`. */
    departedOwner: { id: 'd4d3d2d1-0000-4000-8000-00000000dada', upn: 'dana.reyes@northwind-robotics.example' },
  },
  servicenow: {
    host: 'northwind.service-now.com',
    catalogItem: { sys_id: '0c1a7e0e1b2c3d4e5f60718293a4b5c6', name: 'Refresh customer dashboard' },
  },
} as const;

export const CONTOSO = {
  aws: {
    account: '444455556666',
    /** Trusts `repo:contoso-bank/*` : any repository, any branch. */
    ciRole: 'arn:aws:iam::444455556666:role/ci-anything',
    ledgerBucket: 'contoso-ledger-archive',
  },
  github: {
    organization: 'contoso-bank',
    organizationId: 90020001,
    ledgerRepository: { name: 'ledger', id: 70020001, workflow: 'build.yml' },
  },
} as const;
