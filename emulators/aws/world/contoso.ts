/** The bank of the demo's second tenant: small, with one role that any of its repositories can take. */
import { CONTOSO, GITHUB_OIDC_ISSUER } from '../../story.ts';
import { DEMO_AWS_EXTERNAL_IDS, signerOf } from '../keys.ts';
import type { World } from '../types.ts';
import { document, WorldBuilder } from './builder.ts';
import { accountTrust, addAwsManagedPolicies, addScanningPrincipals, allow, LAMBDA_TRUST, NAMES, readObjects } from './common.ts';

const { account, ledgerBucket } = CONTOSO.aws;
const REGION = 'us-east-1';

export const CONTOSO_CANARIES = ['CANARY-aws-contoso-environment-1e88d4'] as const;

export function contoso(now: Date): World {
  const world = new WorldBuilder(account, now);
  addAwsManagedPolicies(world);
  addScanningPrincipals(world, DEMO_AWS_EXTERNAL_IDS[account]);
  world
    .oidcProvider(GITHUB_OIDC_ISSUER, ['sts.amazonaws.com'])
    .policy('ledger-read', document(readObjects(ledgerBucket, 'ReadLedger')))
    .role(
      'ci-anything',
      document({
        Effect: 'Allow',
        Principal: { Federated: world.arn(`oidc-provider/${GITHUB_OIDC_ISSUER}`) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${GITHUB_OIDC_ISSUER}:aud`]: 'sts.amazonaws.com' },
          StringLike: { [`${GITHUB_OIDC_ISSUER}:sub`]: `repo:${CONTOSO.github.organization}/*` },
        },
      }),
      { usedDaysAgo: 0, policies: ['ledger-read'] },
    )
    .role('auditor', accountTrust('arn:aws:iam::540987654321:role/audit', { StringEquals: { 'sts:ExternalId': 'contoso-audit-1' } }), {
      usedDaysAgo: 30,
      policies: ['aws:AmazonS3ReadOnlyAccess'],
      tags: { owner: 'internal-audit' },
    })
    .user('treasury-batch', { daysOld: 500, policies: ['ledger-read'], keys: [{ daysOld: 400, usedDaysAgo: 2 }] })
    .group('operators', { policies: ['aws:IAMUserChangePassword'] })
    .fn(REGION, 'ledger-close', {
      role: 'ledger-close',
      environment: { LEDGER_PASSWORD: 'CANARY-aws-contoso-environment-1e88d4' },
      source: `arn:aws:sqs:${REGION}:${account}:ledger-close`,
      tags: { owner: 'ledger-team' },
    })
    .role('ledger-close', LAMBDA_TRUST, {
      usedDaysAgo: 0,
      inline: { ledger: document(allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::${ledgerBucket}/*`)) },
    })
    .bucket(ledgerBucket, REGION, { 'data-classification': 'financial', owner: 'ledger-team' })
    .bucket('contoso-public-rates', REGION, { 'data-classification': 'public' });
  for (const [index, name] of NAMES.slice(0, 10).entries()) world.user(name, { groups: ['operators'], passwordUsedDaysAgo: index });
  for (const name of ['payments', 'cards', 'loans', 'fraud', 'rates', 'batch', 'letters', 'tax']) {
    world.role(`${name}-service`, LAMBDA_TRUST, {
      usedDaysAgo: name.length,
      policies: ['aws:AWSLambdaBasicExecutionRole'],
      tags: { owner: `${name}-team` },
    });
    world.fn(REGION, `${name}-service`, { role: `${name}-service` });
  }
  return world.build([signerOf(account, `arn:aws:iam::${account}:user/sv0-scanner`)]);
}
